/**
 * Which chain leads to which, and what follows from it: where packets can come from, loops, depth. Every walk is
 * iterative: a dump may nest 50,000 chains.
 */
import type { Rule } from '../../iptables/nodes.ts';

/** A jump; of several from one chain to the same other, the first. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly rule: Rule;
}

export class ChainGraph {
  readonly #edges = new Map<string, Map<string, Edge>>();

  addJump(from: string, to: string, rule: Rule): void {
    let edges = this.#edges.get(from);
    if (edges === undefined) {
      edges = new Map();
      this.#edges.set(from, edges);
    }
    if (!edges.has(to)) edges.set(to, { from, to, rule });
  }

  edgesFrom(chain: string): readonly Edge[] {
    return [...(this.#edges.get(chain)?.values() ?? [])];
  }

  get chains(): Iterable<string> {
    return this.#edges.keys();
  }

  /** The chains that a packet can be in when it entered at one of `starts`, those included. */
  reachedFrom(starts: Iterable<string>): ReadonlySet<string> {
    const reached = new Set(starts);
    const open = [...reached];
    for (let chain = open.pop(); chain !== undefined; chain = open.pop()) {
      for (const { to } of this.edgesFrom(chain)) {
        if (reached.has(to)) continue;
        reached.add(to);
        open.push(to);
      }
    }
    return reached;
  }

  /**
   * The circles that a walk from `starts` closes, each as its jumps in order; `visited` keeps what was walked, so that a
   * second call finds only what the first did not reach. `postorder` receives every chain after all that it leads to.
   */
  loopsFrom(starts: Iterable<string>, visited: Set<string>, postorder: string[] = []): Edge[][] {
    const loops: Edge[][] = [];
    for (const start of starts) {
      if (!visited.has(start)) this.#walk(start, visited, postorder, loops);
    }
    return loops;
  }

  #walk(start: string, visited: Set<string>, postorder: string[], loops: Edge[][]): void {
    const path: { chain: string; edges: readonly Edge[]; next: number }[] = [];
    const depthOf = new Map<string, number>();
    const enter = (chain: string): void => {
      visited.add(chain);
      depthOf.set(chain, path.length);
      path.push({ chain, edges: this.edgesFrom(chain), next: 0 });
    };
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const edge = top.edges[top.next++];
      if (edge === undefined) {
        postorder.push(top.chain);
        depthOf.delete(top.chain);
        path.pop();
        continue;
      }
      const depth = depthOf.get(edge.to);
      if (depth !== undefined) {
        const steps = path.slice(depth).flatMap((each) => each.edges[each.next - 1] ?? []);
        loops.push(steps);
      } else if (!visited.has(edge.to)) enter(edge.to);
    }
  }
}
