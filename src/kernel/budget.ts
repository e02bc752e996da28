/**
 * What one answer may cost, over all of its ways, its replies and what is told of it. Counted in effort, of which one unit
 * is about what holding a packet against one simple match takes (0.1 to 0.3 µs), so that the same question is always
 * given up at the same point, on whatever machine.
 */

/** The whole of one answer, with its replies: about a second. A third of nine tenths of it is more than one way may cost. */
const ANSWER = 3_600_000;

/** More than any kernel would do for one packet: one way is given up there, and the answer says so. */
export const MOST_EFFORT_OF_A_WAY = 1_000_000;

/** What is dearer than a match. */
export const efforts = {
  /** To begin one way, and to tell its outcome. */
  way: 100,
  /** To ask what is not known, and to remember the answer. */
  question: 25,
  /** To note what a rule that matched did. */
  step: 3,
} as const;

export class Budget {
  readonly #whole: Budget | null;
  #left: number;

  constructor(effort: number = ANSWER, whole: Budget | null = null) {
    this.#left = effort;
    this.#whole = whole;
  }

  /** What is left; below 0 when more was spent than was there. */
  get left(): number {
    return this.#left;
  }

  spend(effort: number): void {
    this.#left -= effort;
    this.#whole?.spend(effort);
  }

  /** A budget of this share of what is left, from 0 to 1. What it spends is spent here, what it leaves is left here. */
  part(share: number): Budget {
    return new Budget(Math.floor(Math.max(0, this.#left) * share), this);
  }
}
