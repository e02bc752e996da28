/** The way down the Rules tree to a chain, found from the rules: no row is opened to search for it. */
import type { Chain, Ruleset, Table } from '../../rules/iptables/nodes.ts';
import type { SourceId } from '../../kernel/ruleAt.ts';
import type { Analysis } from '../analysis.ts';
import type { CatalogService } from '../services/catalog.ts';
import { jumpsTo } from '../references.ts';
import { tableNamed } from '../rulesets.ts';
import type { Tree, TreeOrder } from './tree.ts';
import { chainId } from './hookRows.ts';
import { endpointIds } from './portRows.ts';
import { ruleIdsOf } from './ruleIds.ts';

/** A row on the way, and its place among its siblings, from 0. */
export interface TreeStep {
  readonly id: string;
  readonly index: number;
}

export interface ChainPlace {
  readonly source: SourceId;
  readonly table: string;
  readonly chain: string;
}

type Parts = Pick<Analysis, 'sources' | 'catalog' | 'iptables'> & { readonly tree: Tree };

const ALL = Number.MAX_SAFE_INTEGER;

/** The rows from the top down to a chain's first row, that row last; empty where the order has no row for it. */
export function rowsTo(parts: Parts, order: TreeOrder, place: ChainPlace): readonly TreeStep[] {
  return found(parts, order, order === 'hook' ? hookSteps(parts, place) : serviceSteps(parts, place));
}

/** The rows down to a Service's own; empty where there is none. */
export function rowsToService(parts: Parts, service: string): readonly TreeStep[] {
  const known = parts.catalog.serviceNamed(service);
  return known === null ? [] : found(parts, 'service', aboveOf(parts, known));
}

/** A row on the way; `index` where it is known without a look at the others. */
interface Step {
  readonly id: string;
  readonly index?: number;
}

function found(parts: Parts, order: TreeOrder, way: readonly Step[]): readonly TreeStep[] {
  const steps: TreeStep[] = [];
  let parent: string | null = null;
  for (const { id, index: known } of way) {
    const index: number = known ?? indexOf(parts.tree, order, parent, id);
    if (index < 0) return [];
    steps.push({ id, index });
    parent = id;
  }
  return steps;
}

function indexOf(tree: Tree, order: TreeOrder, parent: string | null, id: string): number {
  return tree.rows(order, parent, 0, ALL).items.findIndex((row) => row.id === id);
}

function hookSteps({ sources }: Parts, { source, table: name, chain }: ChainPlace): readonly Step[] {
  const family = sources.familyOf(source);
  const ruleset = sources.get(source)?.ruleset ?? null;
  const table = tableNamed(ruleset, name);
  if (family === null || ruleset === null || table === null) return [];
  const groups = sources.followed(4) !== null && sources.followed(6) !== null ? [{ id: `g:${family}` }] : [];
  const way = shortestWay(ruleset, table, chain);
  if (way === null) return [...groups, { id: `u:${family}` }, { id: chainId(family, name, chain) }];
  const top = chainId(family, name, way.base);
  const ids = way.rules.map(({ from, index }) => ruleIdsOf(ruleset, from).ids[index] ?? '');
  const rules = way.rules.map(({ index }, depth) => ({
    id: `${top}:${ids.slice(0, depth + 1).join('.')}`,
    index,
  }));
  return [...groups, { id: `h:${family}:${way.base}` }, { id: top }, ...rules];
}

interface Way {
  /** The built-in chain that it begins in. */
  readonly base: string;
  /** The rule that jumps on, in each chain; it stands at `index`. */
  readonly rules: readonly { readonly from: Chain; readonly index: number }[];
}

/** The fewest jumps from a built-in chain to `chain`; null where none leads there. */
function shortestWay(ruleset: Ruleset, table: Table, chain: string): Way | null {
  const ways = new Map<string, Way['rules']>([[chain, []]]);
  // A Map lists what is added while it is walked: nearest first.
  for (const [name, rules] of ways) {
    if (table.chains.get(name)?.declaration?.policy != null) return { base: name, rules };
    for (const { from, rule } of jumpsTo(ruleset, table, name)) {
      if (!ways.has(from.name)) ways.set(from.name, [{ from, index: from.rules.indexOf(rule) }, ...rules]);
    }
  }
  return null;
}

function serviceSteps(parts: Parts, { source, chain }: ChainPlace): readonly Step[] {
  const { catalog, iptables, sources } = parts;
  const family = sources.familyOf(source);
  const owner = family === null ? null : iptables.ofChain(chain, family);
  if (owner === null) return [];
  const { port, endpoint } = owner;
  const service = catalog.services.find(({ ports }) => ports.includes(port));
  if (service === undefined) return [];
  const above = [...aboveOf(parts, service), { id: `p:${port.id}`, index: service.ports.indexOf(port) }];
  if (endpoint === null) return above;
  const index = port.endpoints.indexOf(endpoint);
  return [...above, { id: `e:${port.id}` }, { id: endpointIds(port)[index] ?? '', index }];
}

/** Their places are those in the catalog: to ask for the rows would work out the badges of all of them. */
function aboveOf({ catalog }: Parts, service: CatalogService): readonly Step[] {
  const namespaces = new Set(catalog.services.map((each) => each.namespace));
  const beside = catalog.services.filter((each) => each.namespace === service.namespace);
  return [
    { id: `n:${service.namespace ?? ''}`, index: [...namespaces].indexOf(service.namespace) },
    { id: `s:${service.id}`, index: beside.indexOf(service) },
  ];
}
