import { type AnswerResult, answerResult } from '../answer/answerResult.ts';
import type { Narrative } from '../narrative/narrative.ts';
import { notDecidedHere } from './asSent.ts';
import type { Leg } from './journey.ts';

/** The outcomes are those of the leg's own node; what is said on top is true over all nodes that the packet was followed to. */
export interface LegResult extends AnswerResult, Pick<Narrative, 'verdict' | 'headline'> {
  /** Why the outcomes, which are those of a packet as it is asked for, are no answer to its sender; absent where they are one. */
  readonly notDecidedHere?: string;
}

/** The answer to one packet as JSON. */
export function legResult({ flow, analysis, answer, narrative }: Leg): LegResult {
  const { verdict, headline } = narrative;
  const { id, ...found } = answerResult(flow, answer, analysis.sources);
  const undecided = notDecidedHere(flow, analysis);
  return { id, verdict, headline, ...found, ...(undecided === null ? {} : { notDecidedHere: undecided }) };
}
