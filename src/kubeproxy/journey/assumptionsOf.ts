import type { Narrative, NarrativeAssumption, NarrativeContinuation } from '../narrative/narrative.ts';

/** What a packet's telling takes for granted or asks, on every node that it was followed to. */
export function assumptionsOf({
  narrative,
  continuations,
}: {
  readonly narrative: Narrative | null;
  readonly continuations: readonly NarrativeContinuation[];
}): readonly NarrativeAssumption[] {
  return [...(narrative?.assumptions ?? []), ...continuations.flatMap(assumptionsOf)];
}
