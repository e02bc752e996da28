/** The rules of one chain in two states: which came, went, and stand elsewhere among the others. */
import { diffArrays } from 'diff';
import type { Rule } from '../../rules/iptables/nodes.ts';

/** A rule that stands for itself, or (`rule` null) a stretch of rules whose own order means nothing. */
export interface Entry {
  /** Equal where the rules do the same. */
  readonly meaning: string;
  readonly rule: Rule | null;
}

/** A rule as each state has it. */
export interface RulePair {
  readonly before: Rule;
  readonly after: Rule;
}

export interface ChainDifference {
  readonly added: readonly Rule[];
  readonly removed: readonly Rule[];
  readonly moved: readonly RulePair[];
  /** Those that kept their place among the others. */
  readonly stayed: readonly RulePair[];
}

/** Longer ways from one list to the other are not looked for: then nothing has kept its place. */
const MOST_EDITS = 2_000;

export function compareEntries(before: readonly Entry[], after: readonly Entry[]): ChainDifference {
  const steps = diffArrays(
    before.map(({ meaning }) => meaning),
    after.map(({ meaning }) => meaning),
    { maxEditLength: MOST_EDITS },
  ) ?? [
    { count: before.length, removed: true, added: false },
    { count: after.length, removed: false, added: true },
  ];
  const gone: Entry[] = [];
  const come: Entry[] = [];
  const stayed: RulePair[] = [];
  let old = 0;
  let now = 0;
  for (const { count, added, removed } of steps) {
    for (let each = 0; each < count; each++) {
      const [left, right] = [added ? undefined : before[old++], removed ? undefined : after[now++]];
      if (left?.rule && right?.rule) stayed.push({ before: left.rule, after: right.rule });
      else if (left?.rule && removed) gone.push(left);
      else if (right?.rule && added) come.push(right);
    }
  }
  return { ...pairedUp(gone, come), stayed };
}

/** What went from one place and came to another has moved. */
function pairedUp(gone: readonly Entry[], come: readonly Entry[]): Omit<ChainDifference, 'stayed'> {
  const waiting = new Map<string, Rule[]>();
  for (const { meaning, rule } of gone.toReversed()) {
    if (rule === null) continue;
    const list = waiting.get(meaning);
    if (list === undefined) waiting.set(meaning, [rule]);
    else list.push(rule);
  }
  const moved: RulePair[] = [];
  const added: Rule[] = [];
  for (const { meaning, rule } of come) {
    if (rule === null) continue;
    const before = waiting.get(meaning)?.pop();
    if (before === undefined) added.push(rule);
    else moved.push({ before, after: rule });
  }
  const found = new Set(moved.map((pair) => pair.before));
  const removed = gone.flatMap(({ rule }) => (rule === null || found.has(rule) ? [] : [rule]));
  return { added, removed, moved };
}
