import type { Rule } from '../../iptables/nodes.ts';
import { ChainGraph, type Edge } from './chainGraph.ts';
import type { RelatedPlace } from './problem.ts';
import { refusedOnlyBy, type TableScope } from './tableScope.ts';

/** `Too many links`: nf_tables enters chains at most this many jumps deep (NFT_JUMP_STACK_SIZE − 1, measured). */
const DEEPEST_JUMP = 15;

/** Reports loops and chains nested too deeply; gives the built-in chains from which each chain is reached. */
export function checkGraph(scope: TableScope, graph: ChainGraph): ReadonlyMap<string, ReadonlySet<string>> {
  const visited = new Set<string>();
  const postorder: string[] = [];
  const starts = [...scope.builtIn];
  const loops = graph.loopsFrom(starts, visited, postorder);
  for (const loop of loops) reportLoop(scope, graph, loop, true);
  for (const loop of graph.loopsFrom(graph.chains, visited)) reportLoop(scope, graph, loop, false);
  if (loops.length === 0) reportDepth(scope, graph, postorder);
  return hooksOfChains(graph, starts);
}

function reportLoop(scope: TableScope, graph: ChainGraph, loop: readonly Edge[], reached: boolean): void {
  const closing = loop.at(-1);
  const closingTarget = closing?.rule.target;
  if (closing === undefined || closingTarget === null || closingTarget === undefined) return;
  const names = [closing.to, ...loop.map((edge) => edge.to)];
  const path = names.length <= 8 ? names : [...names.slice(0, 6), '…', ...names.slice(-1)];
  const entry = reached
    ? ([...scope.builtIn].find((hook) => graph.reachedFrom([hook]).has(closing.to)) ?? null)
    : null;
  const related = loop.slice(0, -1).slice(0, 20).flatMap(relatedJump);
  scope.reporter.report(
    'chain-loop',
    closingTarget.name,
    { path: path.join(' → '), reached: entry },
    { severity: reached ? 'error' : 'warning', related },
  );
}

function relatedJump(edge: Edge): RelatedPlace[] {
  const { target } = edge.rule;
  return target === null ? [] : [{ span: target.name, message: `${edge.from} jumps to ${edge.to} here.` }];
}

/** Reports the first jump of every path that goes deeper than the nf_tables kernel follows. */
function reportDepth(scope: TableScope, graph: ChainGraph, postorder: readonly string[]): void {
  const depths = new Map<string, number>();
  for (const chain of postorder.toReversed()) {
    const depth = depths.get(chain) ?? 0;
    for (const edge of graph.edgesFrom(chain)) {
      if ((depths.get(edge.to) ?? 0) >= depth + 1) continue;
      depths.set(edge.to, depth + 1);
      if (depth === DEEPEST_JUMP) reportDeep(scope, edge.rule, edge.to);
    }
  }
}

function reportDeep(scope: TableScope, rule: Rule, chain: string): void {
  if (scope.backend === 'legacy' || rule.target === null) return;
  const severity = refusedOnlyBy(scope, 'nf_tables');
  scope.reporter.report('jump-too-deep', rule.target.name, { chain, limit: DEEPEST_JUMP }, { severity });
}

function hooksOfChains(
  graph: ChainGraph,
  builtIn: readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const hooks = new Map<string, Set<string>>();
  for (const hook of builtIn) {
    for (const chain of graph.reachedFrom([hook])) {
      const known = hooks.get(chain);
      if (known === undefined) hooks.set(chain, new Set([hook]));
      else known.add(hook);
    }
  }
  return hooks;
}
