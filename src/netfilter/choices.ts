/**
 * Explores every way in which one deterministic program can go on at its choices: the program is run again and again,
 * each time following a recorded prefix of answers and then the first answer of whatever is new. Simple programs stay
 * straight-line code this way; no state is ever copied.
 */

/** One answer given in a run: what was answered and how likely that answer was (one half at an unknown). */
interface Taken {
  readonly value: boolean;
  readonly probability: number;
  readonly before: Taken | null;
  readonly depth: number;
}

/** The choices of one run. */
export class Choices {
  readonly #prefix: readonly Taken[];
  readonly #pending: Pending[];
  #last: Taken | null = null;
  #probability = 1;

  constructor(prefix: readonly Taken[], pending: Pending[]) {
    this.#prefix = prefix;
    this.#pending = pending;
  }

  /** The product of the probabilities of all answers so far. */
  get probability(): number {
    return this.#probability;
  }

  /** The answers so far, the first one first: `true` sorts before `false`. */
  get answers(): readonly boolean[] {
    return listOf(this.#last).map((taken) => taken.value);
  }

  /** Answers a question that is true with `probability`; certain ones (0 and 1) are no choice. */
  choose(probability: number): boolean {
    if (probability >= 1) return true;
    if (probability <= 0) return false;
    const depth = this.#last === null ? 0 : this.#last.depth + 1;
    const recorded = this.#prefix[depth];
    if (recorded !== undefined) {
      this.#take(recorded.value, recorded.probability);
      return recorded.value;
    }
    const other: Taken = { value: false, probability: 1 - probability, before: this.#last, depth };
    this.#pending.push({ last: other, weight: this.#probability * (1 - probability) });
    this.#take(true, probability);
    return true;
  }

  #take(value: boolean, probability: number): void {
    const depth = this.#last === null ? 0 : this.#last.depth + 1;
    this.#last = { value, probability, before: this.#last, depth };
    this.#probability *= probability;
  }
}

interface Pending {
  readonly last: Taken;
  readonly weight: number;
}

export interface Explored<T> {
  /** In the order of a depth-first walk that takes `true` first. */
  readonly results: readonly T[];
  /** The probability of what was left out because of the limit; 0 when nothing was. */
  readonly leftOut: number;
}

/** Runs `program` for every combination of answers, the likeliest first, at most `limit` times. */
export function explore<T>(program: (choices: Choices) => T, limit: number): Explored<T> {
  const pending: Pending[] = [];
  const found: { readonly result: T; readonly answers: readonly boolean[] }[] = [];
  let prefix: readonly Taken[] = [];
  for (;;) {
    const choices = new Choices(prefix, pending);
    const result = program(choices);
    found.push({ result, answers: choices.answers });
    if (pending.length === 0 || found.length >= limit) break;
    prefix = listOf(takeHeaviest(pending).last);
  }
  found.sort((one, other) => compareAnswers(one.answers, other.answers));
  const leftOut = pending.reduce((sum, entry) => sum + entry.weight, 0);
  return { results: found.map((entry) => entry.result), leftOut };
}

function takeHeaviest(pending: Pending[]): Pending {
  let best = 0;
  for (let index = 1; index < pending.length; index++) {
    if ((pending[index]?.weight ?? 0) > (pending[best]?.weight ?? 0)) best = index;
  }
  const [entry] = pending.splice(best, 1);
  if (entry === undefined) throw new RangeError('takeHeaviest: nothing is pending');
  return entry;
}

function listOf(last: Taken | null): readonly Taken[] {
  const list: Taken[] = [];
  for (let taken = last; taken !== null; taken = taken.before) list.push(taken);
  return list.toReversed();
}

function compareAnswers(one: readonly boolean[], other: readonly boolean[]): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    if (one[index] !== other[index]) return one[index] === true ? -1 : 1;
  }
  return one.length - other.length;
}
