/** HOT PATH: which rules jump to a chain, for whole tables at once. */
import { builtInChains } from '../rules/iptables/builtInChains.ts';
import { CompactRuleset } from '../rules/iptables/compact/compactRuleset.ts';
import { CompactTable } from '../rules/iptables/compact/compactTable.ts';
import type { Chain, Rule, Ruleset, Table } from '../rules/iptables/nodes.ts';
import { KeptByPart } from '../text/kept.ts';
import { type Jump, LineJumps } from './lineJumps.ts';
import { LineTargets } from './lineTargets.ts';
import { hasNamedJump } from './namedJumps.ts';
import { targetNameOf } from './words/ruleView.ts';

/** The rules of `table` that jump to `chain`, in file order. The index is made once per table and kept with the rules. */
export function jumpsTo(ruleset: Ruleset, table: Table, chain: string): readonly Jump[] {
  const byLine = lineJumpsOf(ruleset, table);
  return byLine !== null && table.chains.has(chain)
    ? byLine.to(chain)
    : (ruleset.kept.of(jumpIndexes).of(table).get(chain) ?? []);
}

/** How many these are, and the first `most` of them: of tens of thousands no more are made. */
export function firstJumpsTo(
  ruleset: Ruleset,
  table: Table,
  chain: string,
  most: number,
): { readonly count: number; readonly first: readonly Jump[] } {
  const byLine = lineJumpsOf(ruleset, table);
  if (byLine !== null && table.chains.has(chain))
    return { count: byLine.countTo(chain), first: byLine.to(chain, most) };
  const jumps = jumpsTo(ruleset, table, chain);
  return { count: jumps.length, first: jumps.slice(0, most) };
}

/** Whether a rule of `table` jumps to `chain`. */
export function isJumpedTo(ruleset: Ruleset, table: Table, chain: string): boolean {
  const named =
    ruleset instanceof CompactRuleset && table instanceof CompactTable && !ruleset.hasByLine(LineTargets)
      ? hasNamedJump(ruleset, table, chain)
      : null;
  return named ?? jumpsTo(ruleset, table, chain).length > 0;
}

/** As `jumpsTo`, where it is known already to which chain each line jumps; else null. */
export function knownJumpsTo(ruleset: Ruleset, table: Table, chain: string): readonly Jump[] | null {
  const isKnown = ruleset instanceof CompactRuleset && ruleset.hasByLine(LineTargets);
  return isKnown ? jumpsTo(ruleset, table, chain) : null;
}

/** Makes the index. */
export function prepareJumps(ruleset: Ruleset, table: Table): void {
  if (lineJumpsOf(ruleset, table) === null) ruleset.kept.of(jumpIndexes).of(table);
}

/** Null where lines are not all that there is. */
function lineJumpsOf(ruleset: Ruleset, table: Table): LineJumps | null {
  return ruleset instanceof CompactRuleset && table instanceof CompactTable
    ? ruleset.kept.of(lineJumps).of(table)
    : null;
}

function lineJumps(ruleset: Ruleset): KeptByPart<CompactTable, LineJumps | null> {
  return new KeptByPart((table) =>
    ruleset instanceof CompactRuleset ? new LineJumps(ruleset, table) : null,
  );
}

function jumpIndexes(ruleset: Ruleset): KeptByPart<Table, ReadonlyMap<string, readonly Jump[]>> {
  return new KeptByPart((table) => indexOf(ruleset, table));
}

/** The chains that no built-in chain leads to, however many jumps away; in file order. Looked for once per table and kept with the rules. */
export function unreachedChains(ruleset: Ruleset, table: Table): readonly Chain[] {
  return ruleset.kept.of(unreached).of(table);
}

function unreached(ruleset: Ruleset): KeptByPart<Table, readonly Chain[]> {
  return new KeptByPart((table) => {
    const open = hookNames.flatMap((name) => table.chains.get(name) ?? []).filter(isBuiltIn);
    return lineJumpsOf(ruleset, table)?.unreachedFrom(open) ?? findUnreached(ruleset, table, open);
  });
}

function findUnreached(ruleset: Ruleset, table: Table, open: Chain[]): readonly Chain[] {
  const reached = new Set(open.map((chain) => chain.name));
  for (let chain = open.pop(); chain !== undefined; chain = open.pop()) {
    for (const rule of chain.rules) {
      const target = targetOf(ruleset, rule);
      if (target === null || reached.has(target)) continue;
      reached.add(target);
      const next = table.chains.get(target);
      if (next !== undefined) open.push(next);
    }
  }
  return [...table.chains.values()].filter((chain) => !reached.has(chain.name));
}

const hookNames = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] as const;

/** Whether the kernel calls the chain: one with a policy, or of a text that does not say policies one that is built in. */
export function isBuiltIn({ name, table, declaration, rules }: Chain): boolean {
  if (declaration !== null) return declaration.policy !== null;
  return rules.length > 0 && builtInChains.get(table)?.has(name) === true;
}

function indexOf(ruleset: Ruleset, table: Table): ReadonlyMap<string, readonly Jump[]> {
  const index = new Map<string, Jump[]>();
  for (const from of table.chains.values()) {
    for (const rule of from.rules) {
      const target = targetOf(ruleset, rule);
      if (target === null) continue;
      const jumps = index.get(target);
      if (jumps === undefined) index.set(target, [{ from, rule }]);
      else jumps.push({ from, rule });
    }
  }
  return index;
}

function targetOf(ruleset: Ruleset, rule: Rule): string | null {
  return targetInLine(ruleset.text.slice(rule.start, rule.end)) ?? targetNameOf(rule);
}

const DASH = 45;
const JUMP = ' -j ';

/**
 * `… -j KUBE-SEP-X`, `… -j DNAT --to-destination …` → the target, where no quote stands behind the last `-j` of the
 * line, which could otherwise be part of a comment; null to have the rule read.
 */
function targetInLine(line: string): string | null {
  const at = line.lastIndexOf(JUMP);
  if (at < 0 || line.includes('"', at) || line.includes("'", at) || line.includes('\\', at)) return null;
  // `--comment -j` has a comment, `--rsource -j` a jump.
  if (line.charCodeAt(line.lastIndexOf(' ', at - 1) + 1) === DASH) return null;
  const start = at + JUMP.length;
  const end = line.indexOf(' ', start);
  return (end < 0 ? line.slice(start) : line.slice(start, end)).trim();
}
