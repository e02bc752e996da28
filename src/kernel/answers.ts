/** What a match says of a packet: yes, no, "that is not known", or "with this chance". */
import type { Fact } from './facts.ts';

/** A question that the snapshot leaves open. */
export interface Question {
  readonly kind: 'question';
  /** The same question in one trace has the same key; a negated match asks the positive question. */
  readonly key: string;
  readonly code: string;
  /** One sentence in plain text. */
  readonly message: string;
  /** What "yes" says: "the set contains 10.0.0.1". */
  readonly claim: string;
  /** The match is the question's negation. */
  readonly negated: boolean;
  /** The answer to take for granted, where exploring both would help nobody; null = explore both. */
  readonly presumed: boolean | null;
  /** Each is so exactly when the claim is. */
  readonly is: readonly Fact[];
  /** Each is so where the claim is, and may be so without it. */
  readonly needs: readonly Fact[];
  /** It is about what the packet's header is when it is asked: once rules have changed that, it is another question. */
  readonly ofHeader: boolean;
}

/** What a claim says of things that other questions are about, too. */
export interface Meaning {
  readonly is?: readonly (Fact | null)[];
  readonly needs?: readonly (Fact | null)[];
}

/** True with a known probability, independently of everything else. */
interface Chance {
  readonly kind: 'chance';
  readonly probability: number;
}

export type Answer = boolean | Question | Chance;

/** The answer of a match behind a `!`. */
export function negateIf(negated: boolean, answer: Answer): Answer {
  if (!negated) return answer;
  if (typeof answer === 'boolean') return !answer;
  if (answer.kind === 'chance') return { kind: 'chance', probability: 1 - answer.probability };
  return { ...answer, negated: !answer.negated };
}

/** A question whose both answers are explored. */
export function question(
  key: string,
  code: string,
  message: string,
  claim: string,
  meaning: Meaning = {},
): Question {
  return asking(null, key, code, message, claim, meaning);
}

const NO_FACTS: readonly Fact[] = [];

function facts(list: readonly (Fact | null)[] | undefined): readonly Fact[] {
  if (list === undefined) return NO_FACTS;
  return isWhole(list) ? list : list.filter((each) => each !== null);
}

function isWhole(list: readonly (Fact | null)[]): list is readonly Fact[] {
  return !list.includes(null);
}

/** A question that is taken to be answered by `presumed`, unless the caller decides it otherwise. */
export function presume(
  presumed: boolean,
  key: string,
  code: string,
  message: string,
  claim: string,
  meaning: Meaning = {},
): Question {
  return asking(presumed, key, code, message, claim, meaning);
}

/** HOT PATH: written out, since a copy of one object into another costs more than all the rest of a question. */
function asking(
  presumed: boolean | null,
  key: string,
  code: string,
  message: string,
  claim: string,
  { is, needs }: Meaning,
): Question {
  return {
    kind: 'question',
    key,
    code,
    message,
    claim,
    negated: false,
    presumed,
    ofHeader: false,
    is: facts(is),
    needs: facts(needs),
  };
}
