/**
 * Explores every way in which one deterministic program can go on at its choices: the program is run again and again,
 * each time following a recorded prefix of answers and then the first answer of whatever is new. Simple programs stay
 * straight-line code this way; no state is ever copied.
 */
import { finish, type Steps } from '../values/steps.ts';
import { Budget } from './budget.ts';

/** One answer given in a run: what was answered and how likely that answer was (one half at an unknown). */
interface Taken {
  /** Which of the possible answers, from 0. */
  readonly value: number;
  readonly probability: number;
  readonly before: Taken | null;
  readonly depth: number;
  /** How many of the answers up to this one are to questions whose odds nobody knows. */
  readonly open: number;
}

/** What a run follows: an answer of an earlier run, or the bare answer. */
type Recorded = Taken | number;

/** The choices of one run. */
export class Choices {
  readonly #prefix: readonly Recorded[];
  readonly #pending: PendingHeap;
  #last: Taken | null = null;
  #probability = 1;

  constructor(prefix: readonly Recorded[], pending: PendingHeap) {
    this.#prefix = prefix;
    this.#pending = pending;
  }

  /** The choices of a run that is repeated: `answers` are those that it gave. */
  static again(answers: readonly number[]): Choices {
    return new Choices(answers, new PendingHeap());
  }

  /** The product of the probabilities of all answers so far. */
  get probability(): number {
    return this.#probability;
  }

  /** The answers so far, the first one first. */
  get answers(): readonly number[] {
    return listOf(this.#last).map((taken) => taken.value);
  }

  /** Answers a question that is true with `probability`; certain ones (0 and 1) are no choice. */
  choose(probability: number): boolean {
    if (probability >= 1) return true;
    if (probability <= 0) return false;
    return this.#choose([probability, 1 - probability], false) === 0;
  }

  /** Answers a question of which nothing is known. */
  guess(): boolean {
    return this.#choose([0.5, 0.5], true) === 0;
  }

  /** One of several things with these probabilities, whose sum is 1. */
  pick(probabilities: readonly number[]): number {
    return this.#choose(probabilities, false);
  }

  #choose(probabilities: readonly number[], open: boolean): number {
    const before = this.#last;
    const depth = before === null ? 0 : before.depth + 1;
    const recorded = this.#prefix[depth];
    if (typeof recorded === 'object') {
      this.#take(recorded);
      return recorded.value;
    }
    const opened = (before?.open ?? 0) + (open ? 1 : 0);
    if (recorded !== undefined) {
      const probability = probabilities[recorded] ?? 0;
      this.#take({ value: recorded, probability, before, depth, open: opened });
      return recorded;
    }
    const taken = probabilities.findIndex((probability) => probability > 0);
    for (let value = taken + 1; value < probabilities.length; value++) {
      const probability = probabilities[value] ?? 0;
      if (probability <= 0) continue;
      this.#pending.push(
        { value, probability, before, depth, open: opened },
        this.#probability * probability,
      );
    }
    this.#take({ value: taken, probability: probabilities[taken] ?? 0, before, depth, open: opened });
    return taken;
  }

  #take(taken: Taken): void {
    this.#last = taken;
    this.#probability *= taken.probability;
  }
}

interface Pending {
  readonly last: Taken;
  readonly weight: number;
}

/** Answers that were not taken yet, as a binary heap with the likeliest on top. */
class PendingHeap {
  readonly #entries: Pending[] = [];
  #dropped = 0;

  /** The sum of all weights, also of what was dropped. */
  get weight(): number {
    return this.#entries.reduce((sum, entry) => sum + entry.weight, this.#dropped);
  }

  push(last: Taken, weight: number): void {
    let at = this.#entries.length;
    this.#entries.push({ last, weight });
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#weightAt(parent) >= weight) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Takes the likeliest out; null when there is none. */
  take(): Taken | null {
    const [top] = this.#entries;
    const last = this.#entries.pop();
    if (top === undefined || last === undefined) return null;
    if (this.#entries.length > 0) {
      this.#entries[0] = last;
      this.#sink(0);
    }
    return top.last;
  }

  /** Takes out the likeliest for which `holds`; those that are likelier are dropped. Null when there is none. */
  takeWhere(holds: (taken: Taken) => boolean): Taken | null {
    for (;;) {
      const [top] = this.#entries;
      const taken = this.take();
      if (top === undefined || taken === null) return null;
      if (holds(taken)) return taken;
      this.#dropped += top.weight;
    }
  }

  #sink(start: number): void {
    let at = start;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.#weightAt(left + 1) > this.#weightAt(left) ? left + 1 : left;
      if (this.#weightAt(child) <= this.#weightAt(at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #weightAt(at: number): number {
    return this.#entries[at]?.weight ?? -1;
  }

  #swap(one: number, other: number): void {
    const a = this.#entries[one];
    const b = this.#entries[other];
    if (a === undefined || b === undefined) return;
    this.#entries[one] = b;
    this.#entries[other] = a;
  }
}

export interface Explored<T> {
  /** In the order of a depth-first walk that takes `true`, or the first of several, first. */
  readonly results: readonly T[];
  /** The answers that each result stands behind, with which `Choices.again` repeats its run. */
  readonly ways: readonly (readonly number[])[];
  /** The probability of what was left out because of the limit; 0 when nothing was. */
  readonly leftOut: number;
}

export interface Limits {
  /** Runs at most. */
  readonly all: number;
  /** From this many runs on, ways behind more than a few open questions are left out: nobody can say which matter. */
  readonly open: number;
}

/**
 * Runs `program` for every combination of answers, the likeliest first, as far as the limits and the budget allow: the
 * program spends of it what each run costs. There is always one result; a later run that overspends is left out. Pauses
 * between runs.
 */
export function* exploring<T>(
  program: (choices: Choices) => T,
  limits: Limits,
  budget: Budget,
): Steps<Explored<T>> {
  const pending = new PendingHeap();
  const found: { readonly result: T; readonly answers: readonly number[] }[] = [];
  let leftOut = 0;
  let prefix: readonly Taken[] = [];
  for (;;) {
    const choices = new Choices(prefix, pending);
    const result = program(choices);
    if (budget.left < 0 && found.length > 0) leftOut = choices.probability;
    else found.push({ result, answers: choices.answers });
    const next = budget.left <= 0 ? null : takeNext(pending, found.length, limits);
    if (next === null) break;
    prefix = listOf(next);
    yield;
  }
  found.sort((one, other) => compareAnswers(one.answers, other.answers));
  return {
    results: found.map(({ result }) => result),
    ways: found.map(({ answers }) => answers),
    leftOut: leftOut + pending.weight,
  };
}

/** As `exploring`, at once. */
export function explore<T>(
  program: (choices: Choices) => T,
  limits: Limits,
  budget: Budget = new Budget(),
): Explored<T> {
  return finish(exploring(program, limits, budget));
}

/** So many open questions do not make too many ways. */
const FEW_QUESTIONS = 3;

function takeNext(pending: PendingHeap, runs: number, limits: Limits): Taken | null {
  if (runs >= limits.all) return null;
  if (runs < limits.open) return pending.take();
  return pending.takeWhere((taken) => taken.open <= FEW_QUESTIONS);
}

function listOf(last: Taken | null): readonly Taken[] {
  const list: Taken[] = [];
  for (let taken = last; taken !== null; taken = taken.before) list.push(taken);
  return list.toReversed();
}

function compareAnswers(one: readonly number[], other: readonly number[]): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}
