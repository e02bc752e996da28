/** Where the ways to all frontends end in two states: those of one class are traced once in each, and of those that end alike nothing is kept. */
import { Budget } from '../../../kernel/budget.ts';
import type { Family } from '../../../kernel/flow.ts';
import { append } from '../../../text/lists.ts';
import type { Steps } from '../../../values/steps.ts';
import type { Analysis } from '../../analysis.ts';
import { type ClassesOfBoth, classesOfBoth } from '../../ways/classes/classesOfBoth.ts';
import type { Member } from '../../ways/classes/members.ts';
import {
  EFFORT,
  endsInOwn,
  keepsServices,
  largestFirst,
  type TracedFrontend,
  tracing,
} from '../../ways/everyWay.ts';
import type { FamilyDifference } from '../familyDifference.ts';
import { endsOfMember, everyEnd, noEnds, put, type StateEnds } from './frontendEnds.ts';

export interface EndsOfBoth {
  readonly old: StateEnds;
  readonly now: StateEnds;
}

/** Whether some way ends otherwise. */
type Differ = (was: ReturnType<typeof endsOfMember>, is: ReturnType<typeof endsOfMember>) => boolean;

export function* endsOfBoth(
  states: States,
  families: readonly Family[],
  differences: readonly FamilyDifference[],
  differ: Differ,
): Steps<EndsOfBoth> {
  const ends = { old: noEnds(), now: noEnds() };
  const budgets = { old: new Budget(EFFORT), now: new Budget(EFFORT) };
  for (const family of families) {
    const difference = differences.find((each) => each.family === family);
    const both = difference === undefined ? null : yield* classesOfDifference(difference);
    if (both !== null) yield* new Tracing(states, ends, budgets, differ).all(both);
    else {
      yield* everyEnd(family, states.before, ends.old, budgets.old);
      yield* everyEnd(family, states.after, ends.now, budgets.now);
    }
  }
  return ends;
}

/** Null where a state has them elsewhere than in chains, or classes of its own. */
export function* classesOfDifference({
  family,
  before,
  after,
  difference,
}: FamilyDifference): Steps<ClassesOfBoth | null> {
  const areInChains = [before, after].every(
    ({ analysis }) => keepsServices(family, analysis) && !OTHER_MODES.has(analysis.mode[family].mode),
  );
  if (!areInChains) return null;
  const changed = new Map(
    [...difference].map(([table, { pairs }]) => {
      const names = pairs.filter((pair) => !pair.alike || pair.before === null || pair.after === null);
      return [table, new Set(names.map(({ name }) => name))] as const;
    }),
  );
  return yield* classesOfBoth(before, after, family, changed);
}

const OTHER_MODES: ReadonlySet<string | null> = new Set(['nftables', 'ipvs']);

interface States {
  readonly before: Analysis;
  readonly after: Analysis;
}

interface Traced {
  readonly was: TracedFrontend | null;
  readonly is: TracedFrontend | null;
}

class Tracing {
  readonly #states: States;
  readonly #ends: EndsOfBoth;
  readonly #budgets: Readonly<Record<keyof EndsOfBoth, Budget>>;
  readonly #differ: Differ;

  constructor(
    states: States,
    ends: EndsOfBoth,
    budgets: Readonly<Record<keyof EndsOfBoth, Budget>>,
    differ: Differ,
  ) {
    this.#states = states;
    this.#ends = ends;
    this.#budgets = budgets;
    this.#differ = differ;
  }

  *all({ classes, alone, gone, come }: ClassesOfBoth): Steps<void> {
    const open = [...alone];
    for (const members of largestFirst(classes)) {
      const [first] = members;
      if (first === undefined) continue;
      const traced = yield* this.#traced(first);
      if (endsInOwn(traced.was) || endsInOwn(traced.is)) append(open, members);
      else if (this.#isOtherwise(first, traced)) for (const member of members) this.#put(member, traced);
      yield;
    }
    for (const member of open) this.#put(member, yield* this.#traced(member));
    const { before, after } = this.#states;
    for (const member of come)
      put(this.#ends.now, member, yield* tracing(member, after, this.#budgets.now), after);
    for (const member of gone)
      put(this.#ends.old, member, yield* tracing(member, before, this.#budgets.old), before);
  }

  *#traced(member: Member): Steps<Traced> {
    const was = yield* tracing(member, this.#states.before, this.#budgets.old);
    return { was, is: yield* tracing(member, this.#states.after, this.#budgets.now) };
  }

  #isOtherwise(member: Member, { was, is }: Traced): boolean {
    if (was === null || is === null) return true;
    const { before, after } = this.#states;
    return this.#differ(endsOfMember(member, was, before), endsOfMember(member, is, after));
  }

  #put(member: Member, { was, is }: Traced): void {
    put(this.#ends.old, member, was, this.#states.before);
    put(this.#ends.now, member, is, this.#states.after);
  }
}
