/** The way down the Rules tree to a chain, found from the rules: no row is opened to search for it. */
import type { Ruleset, Table } from '../../iptables/nodes.ts';
import type { Family } from '../../netfilter/flow.ts';
import type { Analysis } from '../analysis.ts';
import type { ServicePort } from '../catalog/catalog.ts';
import { jumpsTo } from '../references.ts';
import { tableNamed } from '../rulesets.ts';
import type { Tree, TreeOrder } from '../tree.ts';
import { chainId } from './hookRows.ts';

/** A row on the way, and its place among its siblings, from 0. */
export interface TreeStep {
  readonly id: string;
  readonly index: number;
}

export interface ChainPlace {
  readonly family: Family;
  readonly table: string;
  readonly chain: string;
}

type Parts = Pick<Analysis, 'rulesets' | 'catalog'> & { readonly tree: Tree };

const ALL = Number.MAX_SAFE_INTEGER;

/** The rows from the top down to a chain's first row, that row last; empty where the order has no row for it. */
export function rowsTo(parts: Parts, order: TreeOrder, place: ChainPlace): readonly TreeStep[] {
  const ids = order === 'hook' ? hookIds(parts, place) : serviceIds(parts, place);
  const steps: TreeStep[] = [];
  let parent: string | null = null;
  for (const id of ids) {
    const index = ruleIndex(id) ?? indexOf(parts.tree, order, parent, id);
    if (index < 0) return [];
    steps.push({ id, index });
    parent = id;
  }
  return steps;
}

function indexOf(tree: Tree, order: TreeOrder, parent: string | null, id: string): number {
  return tree.rows(order, parent, 0, ALL).items.findIndex((row) => row.id === id);
}

/** `r:4:nat:PREROUTING:0.12` → 12: a rule's row stands where the rule does. */
function ruleIndex(id: string): number | null {
  const index = /^r:[46]:[^:]*:[^:]*:(?:\d+\.)*(\d+)$/.exec(id)?.[1];
  return index === undefined ? null : Number(index);
}

function hookIds({ rulesets }: Parts, { family, table: name, chain }: ChainPlace): readonly string[] {
  const ruleset = rulesets[family];
  const table = tableNamed(ruleset, name);
  if (ruleset === null || table === null) return [];
  const groups = rulesets[4] !== null && rulesets[6] !== null ? [`g:${family}`] : [];
  const way = shortestWay(ruleset, table, chain);
  if (way === null) return [...groups, `u:${family}`, chainId(family, name, chain)];
  const top = chainId(family, name, way.base);
  const rules = way.indexes.map((_, depth) => `${top}:${way.indexes.slice(0, depth + 1).join('.')}`);
  return [...groups, `h:${family}:${way.base}`, top, ...rules];
}

interface Way {
  /** The built-in chain that it begins in. */
  readonly base: string;
  /** The rule that jumps on, in each chain. */
  readonly indexes: readonly number[];
}

/** The fewest jumps from a built-in chain to `chain`; null where none leads there. */
function shortestWay(ruleset: Ruleset, table: Table, chain: string): Way | null {
  const ways = new Map<string, readonly number[]>([[chain, []]]);
  // A Map lists what is added while it is walked: nearest first.
  for (const [name, indexes] of ways) {
    if (table.chains.get(name)?.declaration?.policy != null) return { base: name, indexes };
    for (const { from, rule } of jumpsTo(ruleset, table, name)) {
      if (!ways.has(from.name)) ways.set(from.name, [from.rules.indexOf(rule), ...indexes]);
    }
  }
  return null;
}

function serviceIds({ catalog }: Parts, { family, chain }: ChainPlace): readonly string[] {
  const owner = catalog.ofChain(chain, family);
  if (owner === null) return [];
  const { port, endpoint } = owner;
  const service = catalog.services.find(({ ports }) => ports.includes(port));
  if (service === undefined) return [];
  const above = [`n:${service.namespace ?? ''}`, `s:${service.id}`, `p:${port.id}`];
  return endpoint === null
    ? above
    : [...above, `e:${port.id}`, endpointId(port, port.endpoints.indexOf(endpoint))];
}

function endpointId(port: ServicePort, index: number): string {
  return `e:${port.id}#${index}`;
}
