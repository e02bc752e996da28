/** Judges a line of a flows file: what becomes of its packet, and whether that is what is expected. */
import { type FlowResult, flowResult } from '../../kernel/flows.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Assumption, Decision, JointTrace, Verdict } from '../../kernel/trace.ts';
import { verdicts } from '../../kernel/trace.ts';
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import { type Answer, answering, sequenceAnswerOf } from '../answer/answer.ts';
import { tablePrefix } from '../answer/answerResult.ts';
import { type AssumeWords, Assuming } from '../answer/assumed.ts';
import { type DecidableAssumption, withOptions } from '../answer/assumptionOptions.ts';
import { notDecidedHere } from '../journey/asSent.ts';
import type { LegResult } from '../journey/legResult.ts';
import { narrate } from '../narrative/narrate.ts';
import { type Expectation, expectationText, otherwise } from './expectation.ts';
import { readLine } from './flowLine.ts';

/** What holds for every line; a line's own expectation counts before it. */
export interface EveryLine {
  readonly assume: readonly AssumeWords[];
  readonly expect: Expectation | null;
}

/** What is expected of a line, and whether it came. */
interface Held {
  /** `forward` */
  readonly expected: string;
  /** In half a sentence (`it ends otherwise (drop)`); null where it is as expected. */
  readonly otherwise: string | null;
}

export type Judged =
  | {
      readonly kind: 'answer';
      readonly id: unknown;
      readonly flow: Flow;
      readonly result: FlowResult & Pick<LegResult, 'notDecidedHere'>;
      /** Null where nothing is expected. */
      readonly held: Held | null;
      /** How each outcome ends. */
      readonly ends: readonly Verdict[];
      readonly decisions: readonly Decision[];
      /** What becomes of it, in the sentence of the terminal and the panel; of a sequence how its packets end. */
      told(): string;
    }
  | { readonly kind: 'error'; readonly id: unknown; readonly field: string | null; readonly message: string };

/** `Expected forward: it ends otherwise (drop). Dropped by rule 3 of INPUT.` Null where it is as expected, or nothing is. */
export function unexpectedWords(judged: Judged): string | null {
  if (judged.kind === 'error' || judged.held === null || judged.held.otherwise === null) return null;
  const { expected, otherwise: how } = judged.held;
  return `Expected ${expected}: ${how}. ${judged.told()}`;
}

/** Answers one line. A line that makes no sense is an error; so is a packet of a family that the rules do not have. */
export function* judging(line: string, analysis: Analysis, every: EveryLine): Steps<Judged> {
  const reading = readLine(line, analysis);
  if (reading.kind === 'error') return reading;
  const { id, flow } = reading;
  const assume = [...reading.assume, ...every.assume];
  const assuming = new Assuming(assume);
  for (;;) {
    const { decisions } = assuming;
    const found = flow.then
      ? sequenceAnswerOf(analysis, flow, { decisions })
      : yield* answering(analysis, flow, { decisions });
    if (found === null) {
      return error(id, 'family', `There are no IPv${flow.family} rules here to trace it through.`);
    }
    const isOpen = assume.length > 0 && assuming.take(found.assumptions.map(decidable));
    if (assuming.problem !== null) return error(id, 'assume', `--assume: ${assuming.problem}`);
    if (isOpen) continue;
    const undecided = notDecidedHere(flow, analysis);
    const ends: readonly Verdict[] = undecided === null ? endsOf(found) : ['unknown'];
    const expect = reading.expect ?? every.expect;
    return {
      kind: 'answer',
      id,
      flow,
      result: {
        ...flowResult(flow, found, tablePrefix(analysis.sources, flow)),
        ...(undecided === null ? {} : { notDecidedHere: undecided }),
      },
      held: expect === null ? null : heldTo(expect, ends),
      ends,
      decisions,
      told: () => undecided ?? toldOf(found, flow, analysis, decisions),
    };
  }
}

function toldOf(
  found: Answer | JointTrace,
  flow: Flow,
  analysis: Analysis,
  decisions: readonly Decision[],
): string {
  return 'joint' in found ? jointWords(found) : narrate(found, flow, analysis, decisions).headline;
}

function heldTo(expect: Expectation, ends: readonly Verdict[]): Held {
  return {
    expected: expectationText(expect),
    otherwise: otherwise(expect, ends),
  };
}

/** Of a sequence, of every packet in every course. */
function endsOf(found: Answer | JointTrace): readonly Verdict[] {
  if (!('joint' in found)) return found.outcomes.map(({ verdict }) => verdict);
  return found.joint.flatMap(({ results }) => results.map(verdictOf));
}

/** `forward 10.244.1.39:8080` */
function verdictOf(result: string): Verdict {
  const word = result.split(' ')[0];
  return verdicts.find((each) => each === word) ?? 'unknown';
}

const MOST_COURSES = 3;

function jointWords({ joint }: JointTrace): string {
  const courses = joint.slice(0, MOST_COURSES).map(({ results }) => results.join(', then '));
  const rest = joint.length - courses.length;
  return [...courses, ...(rest > 0 ? [`${rest} other ways`] : [])].join('; or ');
}

function decidable(assumption: Assumption | DecidableAssumption): DecidableAssumption {
  return 'options' in assumption ? assumption : withOptions(assumption);
}

function error(id: unknown, field: string | null, message: string): Judged {
  return { kind: 'error', id, field, message };
}
