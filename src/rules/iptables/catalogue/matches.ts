import { byEveryName } from './byName.ts';
import type { MatchDefinition } from './definitions.ts';
import { connectionMatches } from './connectionMatches.ts';
import { generalMatches } from './generalMatches.ts';
import { packetMatches } from './packetMatches.ts';
import { rateMatches } from './rateMatches.ts';
import { transportMatches } from './transportMatches.ts';

/** Every match extension of iptables 1.8.9 and newer. */
export const matchDefinitions: readonly MatchDefinition[] = [
  ...generalMatches,
  ...rateMatches,
  ...transportMatches,
  ...connectionMatches,
  ...packetMatches,
];

const matchesByName = byEveryName(matchDefinitions);

/** The match extension of `-m name`; null for one that is not in the catalogue. */
export function findMatch(name: string): MatchDefinition | null {
  return matchesByName.get(name) ?? null;
}
