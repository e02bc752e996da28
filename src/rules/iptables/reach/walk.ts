/**
 * Which rules of a table no packet can match: all packets that a hook may see are led through the chains as sets. A set is rather too large than
 * too small, so that what is called dead is proved, and what is not named may be either.
 */
import type { Family } from '../../../values/address.ts';
import { append } from '../../../text/lists.ts';
import type { Steps } from '../../../values/steps.ts';
import { builtInChains } from '../builtInChains.ts';
import { endsWalk } from '../covers.ts';
import { isStateful } from '../meaning.ts';
import { canonicalName } from '../names.ts';
import type { Chain, Rule, Table } from '../nodes.ts';
import { type Asked, packetsOf, type Space, spaceOf } from './asked.ts';
import { type Cube, difference, everything, limited, meet } from './cube.ts';
import { Interfaces, NO_INTERFACE } from './interfaces.ts';
import { only } from './ranges.ts';

export interface Placed {
  readonly chain: Chain;
  readonly rule: Rule;
}

/** A rule that no packet can match. */
export interface DeadRule extends Placed {
  /** The rules that took the packets which it asks for, in the order in which packets meet them; none where nothing like that is led to it. */
  readonly takers: readonly Placed[];
}

export interface Walked {
  readonly dead: readonly DeadRule[];
  /** The chains that were looked through. */
  readonly chains: ReadonlySet<Chain>;
}

export interface WalkOptions {
  /** Chains that are not looked into: what is led there may come back or not. */
  readonly isClosed?: (chain: Chain) => boolean;
  /** Rules of tables before this one that take packets from a hook. */
  readonly before?: (hook: string) => readonly Taker[];
}

/** Null where the table has too many ways to follow. */
export function* walkTable(
  table: Table,
  family: Family,
  { isClosed = () => false, before = () => [] }: WalkOptions = {},
): Steps<Walked | null> {
  const walk = new Walk(table, family, isClosed);
  for (const hook of builtInChains.get(table.name) ?? []) {
    const chain = table.chains.get(hook);
    if (chain === undefined || isClosed(chain)) continue;
    yield* walk.fromHook(chain, startOf(hook), before(hook));
    if (walk.isTooMuch) return null;
  }
  return walk.result();
}

/** What a hook may see: a packet that leaves has come in by no interface, one that has just come leaves by none. */
export function startOf(hook: string): Cube {
  if (hook === 'OUTPUT') return limited(everything, 'input', only(NO_INTERFACE));
  if (hook === 'PREROUTING' || hook === 'INPUT') return limited(everything, 'output', only(NO_INTERFACE));
  return everything;
}

/** Sets of one rule; where they would be more, what a rule takes is not taken away. */
const MOST_CUBES = 48;
/** Sets that are worked out for one table. */
const MOST_WORK = 200_000;
const WORK_PER_STEP = 2_000;
const DEEPEST = 40;
/** Takers that are looked through for what a dead rule asks for, and those that are kept. */
const MOST_TAKERS = 500;
const MOST_KEPT = 5;

/** A rule with the packets that it takes. */
export interface Taker extends Placed {
  readonly packets: readonly Cube[];
  /** What it would take if no rule had been before; absent where that is not known. */
  readonly asked?: Cube;
}

/** Whether what the rule matches comes back to no chain. */
function isEnd({ target }: Rule): boolean {
  return target?.definition?.terminal === true && canonicalName(target) !== 'RETURN';
}

interface Seen extends Placed {
  mayMatch: boolean;
  readonly takers: Set<Placed>;
}

class Walk {
  readonly #table: Table;
  readonly #space: Space;
  readonly #isClosed: (chain: Chain) => boolean;
  readonly #seen = new Map<Rule, Seen>();
  readonly #chains = new Set<Chain>();
  readonly #asked = new Map<Rule, Asked>();
  /** Those of this hook that packets meet before. */
  #takers: Taker[] = [];
  /** What would be led to the chain that is walked if no rule took any of it; null for nothing. */
  #led: Cube | null = everything;
  #depth = 0;
  #work = 0;
  #paused = 0;

  constructor(table: Table, family: Family, isClosed: (chain: Chain) => boolean) {
    const open = [...table.chains.values()].filter((chain) => !isClosed(chain));
    this.#table = table;
    this.#space = spaceOf(table.name, family, new Interfaces(open.flatMap(({ rules }) => rules)));
    this.#isClosed = isClosed;
  }

  get isTooMuch(): boolean {
    return this.#work > MOST_WORK;
  }

  result(): Walked {
    const dead = [...this.#seen.values()].filter(({ mayMatch }) => !mayMatch);
    return {
      dead: dead.map(({ chain, rule, takers }) => ({ chain, rule, takers: [...takers] })),
      chains: this.#chains,
    };
  }

  *fromHook(chain: Chain, packets: Cube, before: readonly Taker[]): Steps<void> {
    this.#takers = [...before];
    this.#led = packets;
    let start: readonly Cube[] = [packets];
    for (const taken of before.flatMap((taker) => taker.packets))
      start = this.#without(start, taken) ?? start;
    yield* this.#through(chain, start);
  }

  /** Which of the packets come out at the chain's end; those that RETURN there as well. */
  *#through(chain: Chain, packets: readonly Cube[]): Steps<readonly Cube[]> {
    this.#chains.add(chain);
    this.#depth++;
    const before = this.#takers.length;
    let here = packets;
    const back: Cube[] = [];
    for (const rule of chain.rules) {
      if (this.isTooMuch) break;
      if (this.#work > this.#paused) {
        this.#paused = this.#work + WORK_PER_STEP;
        yield;
      }
      const { cube, exact } = this.#askedBy(rule);
      const matched = cube === null ? [] : this.#meet(here, cube);
      this.#see({ chain, rule }, cube, matched.length > 0);
      if (matched.length === 0 || cube === null) continue;
      const returned = yield* this.#goOn(rule, matched);
      const leaves = endsWalk(rule);
      if (leaves) append(back, returned);
      const isAll = exact && !isStateful(rule);
      if (isAll && leaves) this.#take({ chain, rule, packets: matched }, cube);
      if (isAll && rule.target !== null && (leaves || this.#opened(rule) !== null)) {
        const rest = this.#without(here, cube);
        here = rest === null ? here : leaves ? rest : [...rest, ...returned];
      }
    }
    this.#depth--;
    this.#giveBack(chain, before);
    return [...here, ...back];
  }

  /** What only leaves a chain takes nothing from who led packets there; a rule that accepts or drops does, and so do those that a goto leads to. */
  #giveBack(chain: Chain, before: number): void {
    const own = this.#takers.splice(before);
    append(
      this.#takers,
      own.filter((taker) => taker.chain !== chain || isEnd(taker.rule)),
    );
  }

  /** What of the packets that a rule matches comes back to its chain, or for `RETURN` and goto to the one before. */
  *#goOn(rule: Rule, matched: readonly Cube[]): Steps<readonly Cube[]> {
    const { target } = rule;
    if (target === null) return matched;
    const chain = this.#opened(rule);
    if (chain !== null) return yield* this.#into(chain, rule, matched);
    return isEnd(rule) ? [] : matched;
  }

  *#into(chain: Chain, rule: Rule, packets: readonly Cube[]): Steps<readonly Cube[]> {
    const led = this.#led;
    this.#led = this.#wanted(this.#askedBy(rule).cube);
    const returned = yield* this.#through(chain, packets);
    this.#led = led;
    return returned;
  }

  /** Which of the packets that would be led here a rule asks for. */
  #wanted(cube: Cube | null): Cube | null {
    return cube === null || this.#led === null ? null : meet(this.#led, cube);
  }

  /** The chain that the rule leads to, if it is looked into. */
  #opened({ target }: Rule): Chain | null {
    if (target === null || target.definition !== null || this.#depth >= DEEPEST) return null;
    const chain = this.#table.chains.get(target.name.text);
    return chain === undefined || this.#isClosed(chain) ? null : chain;
  }

  #meet(packets: readonly Cube[], cube: Cube): readonly Cube[] {
    this.#work += packets.length;
    return packets.flatMap((each) => meet(each, cube) ?? []);
  }

  /** Null where too many sets would be left. */
  #without(packets: readonly Cube[], taken: Cube): readonly Cube[] | null {
    const left: Cube[] = [];
    for (const each of packets) {
      const rest = difference(each, taken, this.#space.domain);
      this.#work += rest.length + 1;
      append(left, rest);
      if (left.length > MOST_CUBES) return null;
    }
    return left;
  }

  #askedBy(rule: Rule): Asked {
    this.#work++;
    const asked = this.#asked.get(rule) ?? packetsOf(rule, this.#space);
    this.#asked.set(rule, asked);
    return asked;
  }

  #take(taker: Taker, cube: Cube): void {
    const asked = this.#wanted(cube);
    if (this.#takers.length < MOST_TAKERS) this.#takers.push(asked === null ? taker : { ...taker, asked });
  }

  #see({ chain, rule }: Placed, cube: Cube | null, mayMatch: boolean): void {
    const seen = this.#seen.get(rule) ?? { chain, rule, mayMatch: false, takers: new Set() };
    this.#seen.set(rule, seen);
    seen.mayMatch ||= mayMatch;
    const wanted = mayMatch ? null : this.#wanted(cube);
    if (wanted === null) return;
    for (const taker of this.#takersOf(wanted)) {
      if (seen.takers.size < MOST_KEPT) seen.takers.add(taker);
    }
  }

  /** Who takes some of these packets; the one who takes all of them, or all that the others left, where there is one. */
  #takersOf(cube: Cube): readonly Taker[] {
    const some = this.#takers.filter(({ packets }) => packets.some((each) => meet(each, cube) !== null));
    const all =
      some.find(({ packets }) => this.#isWithin(cube, packets)) ??
      some.find(({ asked }) => asked !== undefined && this.#isWithin(cube, [asked]));
    return all === undefined ? some : [all];
  }

  #isWithin(cube: Cube, packets: readonly Cube[]): boolean {
    const { domain } = this.#space;
    let left: readonly Cube[] = [cube];
    for (const each of packets) {
      left = left.flatMap((rest) => difference(rest, each, domain));
      this.#work += left.length + 1;
      if (left.length > MOST_CUBES) return false;
    }
    return left.length === 0;
  }
}
