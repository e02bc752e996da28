import { byEveryName } from './byName.ts';
import type { MatchDefinition } from './definitions.ts';
import { matches } from './matchData.ts';

/** Every match extension of iptables 1.8.9 and newer. */
export const matchDefinitions: readonly MatchDefinition[] = matches;

const matchesByName = byEveryName(matchDefinitions);

/** The match extension of `-m name`; null for one that is not in the catalogue. */
export function findMatch(name: string): MatchDefinition | null {
  return matchesByName.get(name) ?? null;
}
