/**
 * HOT PATH: which chain leads to which, and what follows from it: where packets can come from, loops, depth. Chains and
 * jumps are numbers in flat lists here, since a large dump has 60,000 chains and 120,000 jumps, and every walk is
 * iterative, since a dump may nest 50,000 chains.
 */
import type { Rule } from '../../rules/iptables/nodes.ts';

/** A jump from one chain to another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly rule: Rule;
}

/** What chains are called that the graph knows by their numbers, and which rules make its jumps. */
export interface ChainNaming {
  /** The number of the chain; -1 for one that is not known. */
  find(name: string): number;
  nameOf(chain: number): string;
  ruleOf(rule: number): Rule;
}

const NONE = -1;

export class ChainGraph {
  readonly #naming: ChainNaming;
  /** Chains have the numbers from 0 up to this. */
  readonly size: number;
  // By chain.
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  // By jump.
  #jumps = 0;
  #next = new Int32Array(1024);
  #to = new Int32Array(1024);
  #rules = new Int32Array(1024);

  constructor(naming: ChainNaming, size: number) {
    this.#naming = naming;
    this.size = size;
    this.#first = new Int32Array(size).fill(NONE);
    this.#last = new Int32Array(size).fill(NONE);
  }

  /** `rule`: the number of the rule that jumps. */
  addJump(source: number, target: number, rule: number): void {
    const jump = this.#jumps++;
    if (jump === this.#to.length) this.#grow();
    this.#to[jump] = target;
    this.#rules[jump] = rule;
    this.#next[jump] = NONE;
    const last = this.#last[source] ?? NONE;
    if (last === NONE) this.#first[source] = jump;
    else this.#next[last] = jump;
    this.#last[source] = jump;
  }

  #grow(): void {
    this.#to = longer(this.#to);
    this.#rules = longer(this.#rules);
    this.#next = longer(this.#next);
  }

  /** The chain's first jump; -1 where it has none. */
  firstJump(chain: number): number {
    return this.#first[chain] ?? NONE;
  }

  /** The jump of the same chain after this one; -1 after the last. */
  nextJump(jump: number): number {
    return this.#next[jump] ?? NONE;
  }

  /** The chain that a jump leads to. */
  targetOf(jump: number): number {
    return this.#to[jump] ?? NONE;
  }

  /** A jump of `chain` with the names; null for a number that is none. */
  edge(chain: number, jump: number): Edge | null {
    const to = this.#to[jump];
    const rule = this.#rules[jump];
    if (to === undefined || rule === undefined || jump >= this.#jumps) return null;
    const naming = this.#naming;
    return { from: naming.nameOf(chain), to: naming.nameOf(to), rule: naming.ruleOf(rule) };
  }

  /**
   * For every chain the set of `roots` from which packets get to it, as bits in the order of `roots` (of which there are
   * at most five).
   */
  originsOf(roots: readonly number[]): Uint8Array {
    const origins = new Uint8Array(this.size);
    for (const [bit, root] of roots.entries()) origins[root] = (origins[root] ?? 0) | (1 << bit);
    // In the order in which they are met, so that most chains have all their bits when they are looked at.
    const open = [...roots];
    const isOpen = new Uint8Array(this.size);
    for (let index = 0; index < open.length; index++) {
      const chain = open[index] ?? 0;
      isOpen[chain] = 0;
      this.#spread(chain, origins, open, isOpen);
    }
    return origins;
  }

  #spread(chain: number, origins: Uint8Array, open: number[], isOpen: Uint8Array): void {
    const bits = origins[chain] ?? 0;
    for (let jump = this.firstJump(chain); jump !== NONE; jump = this.nextJump(jump)) {
      const to = this.targetOf(jump);
      const known = origins[to] ?? 0;
      if ((known | bits) === known) continue;
      origins[to] = known | bits;
      if (isOpen[to] === 1) continue;
      isOpen[to] = 1;
      open.push(to);
    }
  }

  /**
   * The circles that a walk from `starts` closes, each once and as its jumps in order. `visited` keeps what was walked,
   * so that a second call finds only what the first did not reach; `postorder` receives every chain after all that it
   * leads to.
   */
  loopsFrom(starts: Iterable<number>, visited: Uint8Array, postorder: number[]): Edge[][] {
    const walk: Walk = {
      visited,
      postorder,
      depths: new Int32Array(this.size).fill(NONE),
      loops: [],
      closed: new Set(),
    };
    for (const start of starts) {
      if (visited[start] === 0) this.#walk(start, walk);
    }
    return walk.loops;
  }

  #walk(start: number, { visited, postorder, depths, loops, closed }: Walk): void {
    const path: number[] = [];
    // The jump that each chain of the path is left by, or to be left by next.
    const jumps: number[] = [];
    const enter = (chain: number): void => {
      visited[chain] = 1;
      depths[chain] = path.length;
      path.push(chain);
      jumps.push(this.firstJump(chain));
    };
    const goOn = (): void => {
      const top = jumps.length - 1;
      if (top >= 0) jumps[top] = this.nextJump(jumps[top] ?? NONE);
    };
    enter(start);
    for (let top = 0; top >= 0; top = path.length - 1) {
      const chain = path[top] ?? 0;
      const jump = jumps[top] ?? NONE;
      if (jump === NONE) {
        postorder.push(chain);
        depths[chain] = NONE;
        path.pop();
        jumps.pop();
        goOn();
        continue;
      }
      const to = this.targetOf(jump);
      const depth = depths[to] ?? NONE;
      if (depth === NONE && visited[to] === 0) {
        enter(to);
        continue;
      }
      if (depth !== NONE && isNew(closed, `${chain} ${to}`)) {
        loops.push(
          path.slice(depth).flatMap((each, index) => this.edge(each, jumps[depth + index] ?? NONE) ?? []),
        );
      }
      goOn();
    }
  }
}

function longer(list: Int32Array): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(list.length * 2);
  copy.set(list);
  return copy;
}

/** What a walk keeps: how deep each chain of the path lies, and which jumps closed a circle already. */
interface Walk {
  readonly visited: Uint8Array;
  readonly postorder: number[];
  readonly depths: Int32Array;
  readonly loops: Edge[][];
  readonly closed: Set<string>;
}

function isNew(known: Set<string>, key: string): boolean {
  const before = known.size;
  return known.add(key).size > before;
}
