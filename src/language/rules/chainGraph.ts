/**
 * HOT PATH: which chain leads to which, and what follows from it: where packets can come from, loops, depth. Chains are
 * numbers here, since a large dump has 80,000 of them, and every walk is iterative, since a dump may nest 50,000.
 */
import type { Rule } from '../../iptables/nodes.ts';

/** A jump; of several from one chain to the same other, the first. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly rule: Rule;
}

interface ChainNode {
  readonly name: string;
  readonly builtIn: boolean;
  readonly declaredAt: number;
  readonly to: number[];
  readonly rules: Rule[];
}

/** Beyond this many jumps of one chain a set remembers where they lead. */
const FEW = 8;

export class ChainGraph {
  readonly #nodes: ChainNode[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #many = new Map<number, Set<number>>();

  /** Makes a chain known; `declaredAt`: the offset from which on the kernel has it. Gives its number, from 0. */
  add(chain: string, builtIn: boolean, declaredAt: number): number {
    const number = this.#nodes.length;
    this.#numbers.set(chain, number);
    this.#nodes.push({ name: chain, builtIn, declaredAt, to: [], rules: [] });
    return number;
  }

  /** The chain's number; -1 for one that is not known. */
  find(chain: string): number {
    return this.#numbers.get(chain) ?? -1;
  }

  isBuiltIn(chain: number): boolean {
    return this.#nodes[chain]?.builtIn === true;
  }

  /** Infinite for a chain that is not declared, negative for a built-in one. */
  declaredAt(chain: number): number {
    return this.#nodes[chain]?.declaredAt ?? Number.POSITIVE_INFINITY;
  }

  addJump(source: number, target: number, rule: Rule): void {
    const node = this.#nodes[source];
    if (node === undefined || this.#has(source, node, target)) return;
    node.to.push(target);
    node.rules.push(rule);
    this.#many.get(source)?.add(target);
  }

  #has(source: number, node: ChainNode, target: number): boolean {
    if (node.to.length < FEW) return node.to.includes(target);
    let many = this.#many.get(source);
    if (many === undefined) {
      many = new Set(node.to);
      this.#many.set(source, many);
    }
    return many.has(target);
  }

  get size(): number {
    return this.#nodes.length;
  }

  nameOf(chain: number): string {
    return this.#nodes[chain]?.name ?? '';
  }

  /** Where the chain's jumps lead. */
  jumpsOf(chain: number): readonly number[] {
    return this.#nodes[chain]?.to ?? [];
  }

  edge(chain: number, jump: number): Edge | null {
    const node = this.#nodes[chain];
    const to = node?.to[jump];
    const rule = node?.rules[jump];
    if (node === undefined || to === undefined || rule === undefined) return null;
    return { from: node.name, to: this.nameOf(to), rule };
  }

  /**
   * For every chain the set of `roots` from which packets get to it, as bits in the order of `roots` (of which there are
   * at most five).
   */
  originsOf(roots: readonly number[]): Uint8Array {
    const origins = new Uint8Array(this.size);
    for (const [bit, root] of roots.entries()) this.#spread(root, 1 << bit, origins);
    return origins;
  }

  #spread(root: number, bit: number, origins: Uint8Array): void {
    const open = [root];
    origins[root] = (origins[root] ?? 0) | bit;
    for (let chain = open.pop(); chain !== undefined; chain = open.pop()) {
      for (const to of this.jumpsOf(chain)) {
        const known = origins[to] ?? 0;
        if ((known & bit) !== 0) continue;
        origins[to] = known | bit;
        open.push(to);
      }
    }
  }

  /**
   * The circles that a walk from `starts` closes, each as its jumps in order. `visited` keeps what was walked, so that a
   * second call finds only what the first did not reach; `postorder` receives every chain after all that it leads to.
   */
  loopsFrom(starts: Iterable<number>, visited: Uint8Array, postorder: number[]): Edge[][] {
    const loops: Edge[][] = [];
    const depths = new Int32Array(this.size).fill(-1);
    for (const start of starts) {
      if (visited[start] === 0) this.#walk(start, visited, depths, postorder, loops);
    }
    return loops;
  }

  #walk(start: number, visited: Uint8Array, depths: Int32Array, postorder: number[], loops: Edge[][]): void {
    const path: number[] = [];
    const next: number[] = [];
    const enter = (chain: number): void => {
      visited[chain] = 1;
      depths[chain] = path.length;
      path.push(chain);
      next.push(0);
    };
    enter(start);
    for (let top = path.length - 1; top >= 0; top = path.length - 1) {
      const chain = path[top] ?? 0;
      const jump = next[top] ?? 0;
      const to = this.jumpsOf(chain)[jump];
      next[top] = jump + 1;
      if (to === undefined) {
        postorder.push(chain);
        depths[chain] = -1;
        path.pop();
        next.pop();
        continue;
      }
      const depth = depths[to] ?? -1;
      if (depth >= 0) loops.push(this.#edgesAlong(path.slice(depth), next.slice(depth)));
      else if (visited[to] === 0) enter(to);
    }
  }

  #edgesAlong(path: readonly number[], next: readonly number[]): Edge[] {
    return path.flatMap((chain, index) => this.edge(chain, (next[index] ?? 1) - 1) ?? []);
  }
}
