/** Which rules set, clear and read which bits of a packet's mark, or of its connection's. */
import { CompactRuleset } from '../../rules/iptables/compact/compactRuleset.ts';
import { CompactTable } from '../../rules/iptables/compact/compactTable.ts';
import { canonicalName } from '../../rules/iptables/names.ts';
import type { Match, Rule, Ruleset } from '../../rules/iptables/nodes.ts';
import { readMarkChange } from '../../rules/iptables/values/markChange.ts';
import { type MaskedNumber, readMark } from '../../values/marks.ts';
import { MAX_32, readNumber } from '../../values/numbers.ts';
import { regularChains } from '../modes/iptables/regular.ts';
import { guessOwner, ownerOfGuestRule, ownerOfRule } from '../owners.ts';
import { tablesOf } from '../rulesets.ts';
import { matchOption, targetNameOf, targetOption, valueOf } from '../words/ruleView.ts';
import { MarkLines } from './markLines.ts';

/** `flips`: turns round what is there, as `--set-xmark 0x4000/0x0` does, which clears a bit that is set. */
export type MarkVerb = 'sets' | 'clears' | 'flips' | 'reads' | 'saves' | 'restores';

/** One thing that one rule does with some bits of a mark. */
export interface MarkUse {
  readonly verb: MarkVerb;
  /** Of the connection's mark, not the packet's. */
  readonly connection: boolean;
  /** As an unsigned 32-bit number, never 0. */
  readonly bits: number;
  /** The whole mark is compared or written over: `bits` are those of the value then, or all others that are cleared. */
  readonly whole: boolean;
  /** Null where nothing tells whose rule it is. */
  readonly owner: string | null;
  readonly table: string;
  readonly chain: string;
  readonly rule: Rule;
}

/** All uses of marks, in the order of the rules. Worked out once for each ruleset. */
export function markUsesOf(ruleset: Ruleset): readonly MarkUse[] {
  return ruleset.kept.of(usesIn);
}

function usesIn(ruleset: Ruleset): readonly MarkUse[] {
  return tablesOf(ruleset).flatMap((table) => {
    if (ruleset instanceof CompactRuleset && table instanceof CompactTable)
      return usesInLines(ruleset, table);
    // Which only jump to KUBE-MARK-MASQ.
    const { regular } = regularChains(ruleset, table);
    return [...table.chains.values()].flatMap((chain) =>
      regular.has(chain) ? [] : chain.rules.flatMap((rule) => usesOfRule(table.name, chain.name, rule)),
    );
  });
}

/** As rule by rule: in the order of chains. */
function usesInLines(ruleset: CompactRuleset, table: CompactTable): readonly MarkUse[] {
  const { lines } = ruleset.source;
  const { start, end } = table.section;
  return ruleset
    .byLine(MarkLines, () => new MarkLines(ruleset))
    .lines.filter((line) => line > start && line <= end)
    .sort((one, other) => lines.chainOf(one) - lines.chainOf(other) || one - other)
    .flatMap((line) =>
      usesOfRule(table.name, table.chains.at(lines.chainOf(line)).name, ruleset.nodes.rule(line)),
    );
}

function usesOfRule(table: string, chain: string, rule: Rule): readonly MarkUse[] {
  const uses = usesOf(rule);
  if (uses.length === 0) return [];
  const owner = asOne(guessOwner(table, chain)?.name ?? ownerOfGuestRule(table, rule));
  return uses.map((use) => ({ ...use, owner, table, chain, rule }));
}

type BareUse = Pick<MarkUse, 'verb' | 'connection' | 'bits' | 'whole'>;

/** Whose a rule about marks is. */
export function markOwner(table: string, chain: string, rule: Rule): string | null {
  return asOne(ownerOfRule(table, chain, rule));
}

/** What the kubelet and kube-proxy do with marks they do for each other: they are one. */
function asOne(owner: string | null): string | null {
  return owner !== null && /^kube(?:let|-proxy)\b/.test(owner) ? 'kube-proxy' : owner;
}

function usesOf(rule: Rule): readonly BareUse[] {
  const uses = [...rule.matches.flatMap((match) => readBy(match)), ...changedBy(rule)];
  return uses.filter(({ bits }) => bits !== 0);
}

function readBy(match: Match): readonly BareUse[] {
  const name = canonicalName(match);
  if (name !== 'mark' && name !== 'connmark') return [];
  const reading = readMark(valueOf(matchOption(match, '--mark')) ?? '');
  if (reading.kind !== 'value') return [];
  const { value, mask } = reading.value;
  const whole = mask === MAX_32;
  return [
    { verb: 'reads', connection: name === 'connmark', bits: whole && value !== 0 ? value : mask, whole },
  ];
}

function changedBy(rule: Rule): readonly BareUse[] {
  const name = targetNameOf(rule);
  if (rule.target === null || name === null) return [];
  if (name === 'MARK') return changes(readMarkChange(rule.target), false);
  if (name === 'TPROXY') return changes(tproxyMark(rule), false);
  if (name !== 'CONNMARK') return [];
  const [verb] = (['--save-mark', '--restore-mark'] as const).filter(
    (option) => targetOption(rule, option) !== null,
  );
  if (verb === undefined) return changes(readMarkChange(rule.target), true);
  const bits = maskOf(rule, '--nfmask');
  return [
    { verb: verb === '--save-mark' ? 'saves' : 'restores', connection: false, bits, whole: bits === MAX_32 },
  ];
}

/** `--tproxy-mark 0x1/0x1`: as `--set-mark` (xt_TPROXY.c). */
function tproxyMark(rule: Rule): MaskedNumber | null {
  const reading = readMark(valueOf(targetOption(rule, '--tproxy-mark')) ?? '');
  return reading.kind === 'value' ? reading.value : null;
}

function changes(change: MaskedNumber | null, connection: boolean): readonly BareUse[] {
  if (change === null) return [];
  const { value, mask } = change;
  const whole = mask === MAX_32;
  const use = (verb: MarkVerb, bits: number): BareUse => ({ verb, connection, bits: bits >>> 0, whole });
  return [use('sets', value & mask), use('flips', value & ~mask), use('clears', mask & ~value)];
}

function maskOf(rule: Rule, name: string): number {
  const text = valueOf(targetOption(rule, name)) ?? valueOf(targetOption(rule, '--mask'));
  const reading = text === null ? null : readNumber(text, MAX_32);
  return reading?.kind === 'value' ? reading.value : MAX_32;
}
