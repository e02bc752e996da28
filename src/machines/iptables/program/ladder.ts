import type { CompiledRule } from './compileRule.ts';

/**
 * Rules in a row that match by chance alone, as in a KUBE-SVC chain of thousands of endpoints: one choice among all of
 * them instead of one for each.
 */
export interface Ladder {
  /** For each rung the probability that the packet takes it; last, that it takes none. */
  readonly shares: readonly number[];
  /** For each rung the chance of its own rule. */
  readonly chances: readonly number[];
}

/** Rules in a row worth a ladder. */
const SHORTEST = 3;

/** The ladder that begins at `start`; null where the rules there are no such row. */
export function ladderAt(rule: (position: number) => CompiledRule | null, start: number): Ladder | null {
  const shares: number[] = [];
  const chances: number[] = [];
  let rest = 1;
  for (let position = start; rest > 0; position++) {
    const chance = rule(position)?.chance ?? null;
    if (chance === null) break;
    shares.push(rest * chance);
    chances.push(chance);
    rest *= 1 - chance;
  }
  return shares.length < SHORTEST ? null : { shares: [...shares, rest], chances };
}
