/** Marks that one owner of rules sets for itself, and another one's rule takes away, or takes for its own. */
import type { Outcome, Step } from '../../kernel/trace.ts';
import { markOwner, type MarkUse, markUsesOf } from '../marks/markUses.ts';
import { jumpsTo } from '../references.ts';
import { tableNamed } from '../rulesets.ts';
import { hex } from '../words/clauses.ts';
import type { Context } from './context.ts';
import { capitalized, markNames, placeWords } from './words.ts';

type RuleStep = Extract<Step, { readonly kind: 'rule' }>;

/** A sentence for each mark that is taken away on the way before its owner has read it, or masquerades though it was another's. */
export function markClashes(outcomes: readonly Outcome[], context: Context): readonly string[] {
  return [...new Set(outcomes.flatMap((outcome) => clashesOf(outcome, context)))];
}

function clashesOf(outcome: Outcome, context: Context): readonly string[] {
  const setters = new Map<number, RuleStep>();
  const found: string[] = [];
  outcome.steps.forEach((step, index) => {
    if (step.kind !== 'rule' || step.effect.kind !== 'mark') return;
    const { was, is } = step.effect;
    for (const bit of bitsOf((was & ~is) >>> 0)) {
      const setter = setters.get(bit);
      setters.delete(bit);
      const sentence = setter && clash(setter, step, bit, () => outcome.steps.slice(index), context);
      if (sentence) found.push(sentence + consequence(bit, setter, step, outcome, context));
    }
    for (const bit of bitsOf((is & ~was) >>> 0)) setters.set(bit, step);
  });
  return found;
}

/** Null where both are one's own, where nothing tells, or where the owner reads the mark no more. */
function clash(
  setter: RuleStep,
  remover: RuleStep,
  bit: number,
  behind: () => readonly Step[],
  context: Context,
): string | null {
  const [own, other] = [ownerOf(setter, context), ownerOf(remover, context)];
  if (own === null || own === other) return null;
  const who = other === null ? '' : ` (${other})`;
  if (other === 'kube-proxy' && (bit & context.iptables.masqueradeMark) !== 0) {
    return `${capitalRule(setter)} (${own}) sets ${hex(bit)} for itself, which is kube-proxy's masquerade mark`;
  }
  const reader = readerBehind(own, bit, behind(), context);
  if (reader === null) return null;
  const name = markNames(bit, context.iptables, context.dropMark)[0];
  const mark = name === undefined ? `the mark ${hex(bit)}` : `the ${name} ${hex(bit)}`;
  return `${capitalRule(remover)}${who} takes ${mark} away that ${own} set, before ${placeWords({ ...reader, index: reader.rule.index })} reads it`;
}

function consequence(
  bit: number,
  setter: RuleStep | undefined,
  remover: RuleStep,
  { masqueraded }: Outcome,
  context: Context,
): string {
  if ((bit & context.iptables.masqueradeMark) === 0) return '.';
  if (ownerOf(remover, context) === 'kube-proxy')
    return masqueraded ? ': so the packet is masqueraded.' : '.';
  const lost = setter !== undefined && ownerOf(setter, context) === 'kube-proxy' && !masqueraded;
  return lost ? ': so the packet is not masqueraded.' : '.';
}

function capitalRule({ at }: RuleStep): string {
  return capitalized(placeWords(at));
}

/** Whose rule it is; of KUBE-MARK-MASQ it is kube-proxy's, whoever jumps there. */
function ownerOf({ at }: RuleStep, context: Context): string | null {
  const found = context.ruleAt(at);
  return found && markOwner(at.table, at.chain, found.rule);
}

/** The first rule of this owner that reads the bit in a hook that is still to come. */
function readerBehind(owner: string, bit: number, behind: readonly Step[], context: Context): MarkUse | null {
  const ruleset = context.analysis.rulesets[context.family];
  if (ruleset === null) return null;
  const readers = markUsesOf(ruleset).filter(
    (use) => use.verb === 'reads' && !use.connection && use.owner === owner && (use.bits & bit) !== 0,
  );
  for (const step of behind) {
    if (step.kind !== 'hook') continue;
    const reader = readers.find((use) => use.table === step.table && leadsTo(step.hook, use, context));
    if (reader !== undefined) return reader;
  }
  return null;
}

/** Whether packets of a hook may get to the chain of a rule. Each chain is looked at once. */
function leadsTo(hook: string, { table, chain }: MarkUse, { analysis, family }: Context): boolean {
  const ruleset = analysis.rulesets[family];
  const own = tableNamed(ruleset, table);
  if (ruleset === null || own === null) return false;
  const seen = new Set([chain]);
  for (const each of seen) {
    if (each === hook) return true;
    for (const { from } of jumpsTo(ruleset, own, each)) seen.add(from.name);
  }
  return false;
}

function bitsOf(value: number): readonly number[] {
  return Array.from({ length: 32 }, (_, index) => (1 << index) >>> 0).filter((bit) => (value & bit) !== 0);
}
