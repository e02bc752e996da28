import type { ChainGraph, ChainNaming, Edge } from './chainGraph.ts';
import type { RelatedWords } from './reporter.ts';
import { refusedOnlyBy, type TableScope } from './tableScope.ts';

/** `Too many links`: nf_tables enters chains at most this many jumps deep (NFT_JUMP_STACK_SIZE − 1, measured). */
const DEEPEST_JUMP = 15;

/** How much of a long loop a message and its related places show. */
const SHOWN_CHAINS = 8;
const SHOWN_PLACES = 20;

/** From which built-in chains a chain is reached. */
export interface Reach {
  /** By the number of the chain, the built-in chains as bits. */
  readonly origins: Uint8Array;
  readonly hooksOf: (chain: string) => readonly string[];
  /** The bits of these built-in chains. */
  bitsOfHooks(hooks: readonly string[]): number;
}

/** What `origins` say of the chains that `find` knows. */
export function reachOf(scope: TableScope, origins: Uint8Array, find: ChainNaming['find']): Reach {
  const starts = [...scope.builtIn];
  return {
    origins,
    hooksOf: (chain) => {
      const bits = origins[find(chain)] ?? 0;
      return bits === 0 ? [] : starts.filter((_, bit) => (bits & (1 << bit)) !== 0);
    },
    bitsOfHooks: (hooks) =>
      starts.reduce((bits, start, bit) => (hooks.includes(start) ? bits | (1 << bit) : bits), 0),
  };
}

/** Reports loops and chains nested too deeply; gives from where each chain is reached. `find`: of the chains of `graph`. */
export function checkGraph(scope: TableScope, graph: ChainGraph, find: ChainNaming['find']): Reach {
  const roots = [...scope.builtIn].map(find);
  const reach = reachOf(scope, graph.originsOf(roots), find);
  const visited = new Uint8Array(graph.size);
  const postorder: number[] = [];
  const loops = graph.loopsFrom(roots, visited, postorder);
  for (const loop of loops) reportLoop(scope, loop, reach.hooksOf);
  if (loops.length === 0) reportDepth(scope, graph, postorder);
  for (const loop of graph.loopsFrom(visited.keys(), visited, [])) reportLoop(scope, loop, reach.hooksOf);
  return reach;
}

function reportLoop(
  scope: TableScope,
  loop: readonly Edge[],
  hooksOf: (chain: string) => readonly string[],
): void {
  const closing = loop.at(-1);
  if (closing === undefined || closing.rule.target === null) return;
  const names = [closing.to, ...loop.map((edge) => edge.to)];
  const path =
    names.length <= SHOWN_CHAINS ? names : [...names.slice(0, SHOWN_CHAINS - 2), '…', ...names.slice(-1)];
  const reached = hooksOf(closing.to)[0] ?? null;
  scope.reporter.report(
    'chain-loop',
    closing.rule.target.name,
    { path: path.join(' → '), reached },
    {
      severity: reached === null ? 'warning' : 'error',
      related: loop.slice(0, -1).slice(0, SHOWN_PLACES).flatMap(relatedJump),
    },
  );
}

function relatedJump(edge: Edge): RelatedWords[] {
  const { target } = edge.rule;
  return target === null ? [] : [{ span: target.name, message: `${edge.from} jumps to ${edge.to} here.` }];
}

/** Reports the jumps with which a path becomes deeper than the nf_tables kernel follows. */
function reportDepth(scope: TableScope, graph: ChainGraph, postorder: readonly number[]): void {
  if (scope.backend === 'legacy') return;
  const depths = new Int32Array(graph.size);
  for (let index = postorder.length - 1; index >= 0; index--) {
    const chain = postorder[index] ?? 0;
    const depth = depths[chain] ?? 0;
    for (let jump = graph.firstJump(chain); jump >= 0; jump = graph.nextJump(jump)) {
      const to = graph.targetOf(jump);
      if (depth === DEEPEST_JUMP) reportDeep(scope, graph.edge(chain, jump));
      if ((depths[to] ?? 0) < depth + 1) depths[to] = depth + 1;
    }
  }
}

function reportDeep(scope: TableScope, edge: Edge | null): void {
  if (edge === null || edge.rule.target === null) return;
  const severity = refusedOnlyBy(scope, 'nf_tables');
  const details = { chain: edge.to, limit: DEEPEST_JUMP };
  scope.reporter.report('jump-too-deep', edge.rule.target.name, details, { severity });
}
