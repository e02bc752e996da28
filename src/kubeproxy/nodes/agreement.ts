/** Which of several nodes of a cluster have the same Services in their rules, and which have something else. */
import { groupBy } from '../../text/groupBy.ts';
import type { Analysis } from '../analysis.ts';
import { either } from '../narrative/words.ts';
import type { ServicePort } from '../services/catalog.ts';

/** Service port → what the rules have of it, as a number that differs where that does. */
type PortStates = ReadonlyMap<string, number>;

/** What is compared of one node. */
export interface NodeState {
  readonly ports: PortStates;
  /** Of all of it. */
  readonly all: number;
}

export interface Difference {
  /** `lacks`: the rules have nothing of it. `more`: most nodes have nothing of it. `other`: other frontends or endpoints. */
  readonly kind: 'lacks' | 'more' | 'other';
  /** `shop/web:http` */
  readonly ports: readonly string[];
  readonly nodes: readonly string[];
}

/**
 * Null where the rules of a node are not those of kube-proxy in iptables mode. What may rightly differ by node is left out:
 * endpoints by a Local policy, by hints and by zones.
 */
export function stateOfNode({ catalog, mode }: Pick<Analysis, 'catalog' | 'mode'>): NodeState | null {
  if (!([4, 6] as const).some((family) => mode[family].inRules && mode[family].mode === 'iptables'))
    return null;
  const ports = new Map<string, number>();
  for (const port of catalog.ports) {
    if (port.evidence !== null && !port.leftOver) ports.set(port.name, hashOf(wordsOf(port)));
  }
  const all = [...ports].map(([name, state]) => `${name} ${state}`).sort();
  return { ports, all: hashOf(all.join('\n')) };
}

function wordsOf({ frontends, endpoints, listed, object }: ServicePort): string {
  const isByNode =
    object?.trafficDistribution != null ||
    (listed ?? []).some(({ endpoint }) => endpoint.hintZones.length > 0 || endpoint.hintNodes.length > 0);
  const at = frontends
    .filter(({ kind }) => kind !== 'nodePort')
    .map(({ kind, address, port, protocol }) => `${kind} ${address ?? ''} ${port} ${protocol}`);
  const to = endpoints
    .filter(({ balanced }) => balanced.cluster && !isByNode)
    .map(({ address, port }) => `${address} ${port ?? ''}`);
  return [...new Set([...at, ...to])].sort().join('\n');
}

/** 53 bits (cyrb53): two texts that differ have one number once in some 10^15. */
function hashOf(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}

interface Group {
  /** Null for nodes of which only the number of all is known, until one comes of which more is. */
  ports: PortStates | null;
  readonly nodes: string[];
}

/** Holds what nodes that are alike have in common once, so that thousands of them cost little. */
export class Agreement {
  readonly #groups = new Map<number, Group>();

  /** `ports` null where only `all` is known, as of a node that was asked before. */
  add(node: string, { all, ports }: { readonly all: number; readonly ports: PortStates | null }): void {
    const group = this.#groups.get(all) ?? { ports, nodes: [] };
    group.ports ??= ports;
    group.nodes.push(node);
    this.#groups.set(all, group);
  }

  /** How many were compared. */
  get compared(): number {
    return this.#known.reduce((sum, { nodes }) => sum + nodes.length, 0);
  }

  /** Of each port what most nodes have is right; of two states that as many have, the one that has more of it. */
  differences(): readonly Difference[] {
    const groups = this.#known;
    const [only, ...others] = groups;
    if (only === undefined || others.length === 0) return [];
    const names = new Set(groups.flatMap(({ ports }) => [...(ports ?? new Map()).keys()]));
    const single = [...names].flatMap((name) => differencesOf(name, groups));
    const alike = groupBy(single, ({ kind, nodes }) => `${kind} ${nodes.join(' ')}`).values();
    return [...alike].flatMap((all) => {
      const [first] = all;
      return first === undefined ? [] : [{ ...first, ports: all.flatMap(({ ports }) => ports).sort(byText) }];
    });
  }

  get #known(): readonly Group[] {
    return [...this.#groups.values()].filter(({ ports }) => ports !== null);
  }
}

function differencesOf(name: string, groups: readonly Group[]): readonly Difference[] {
  const states = [...groupBy(groups, ({ ports }) => ports?.get(name))].map(([state, of]) => ({
    state,
    nodes: of.flatMap(({ nodes }) => nodes).sort(byText),
  }));
  if (states.length < 2) return [];
  const usual = states.reduce((most, each) => {
    const more = each.nodes.length - most.nodes.length;
    return more > 0 || (more === 0 && most.state === undefined) ? each : most;
  });
  return states.flatMap((each): readonly Difference[] => {
    if (each === usual) return [];
    const kind = each.state === undefined ? 'lacks' : usual.state === undefined ? 'more' : 'other';
    return [{ kind, ports: [name], nodes: each.nodes }];
  });
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const verbs: Readonly<Record<Difference['kind'], readonly [one: string, many: string]>> = {
  lacks: ['lacks', 'lack'],
  more: ['alone has', 'alone have'],
  other: ['has other addresses or endpoints of', 'have other addresses or endpoints of'],
};

/** `node-7, node-9 lack shop/web:http`: a clause. */
function differenceWords({ kind, ports, nodes }: Difference): string {
  const [one, many] = verbs[kind];
  return `${someOf(nodes)} ${nodes.length === 1 ? one : many} ${someOf(ports)}`;
}

/** `41 of 43 nodes agree; node-7, node-9 lack shop/web:http`; empty where fewer than two were compared. */
export function agreementWords(agreement: Agreement): string {
  const { compared } = agreement;
  if (compared < 2) return '';
  const differences = agreement.differences();
  const odd = new Set(differences.flatMap(({ nodes }) => nodes)).size;
  if (odd === 0) return `All ${compared} nodes that were compared have the same Services.`;
  return `${compared - odd} of ${compared} nodes agree; ${differences.slice(0, MOST_TOLD).map(differenceWords).join('; ')}${differences.length > MOST_TOLD ? `; ${differences.length - MOST_TOLD} more differences` : ''}.`;
}

const MOST_TOLD = 12;
const MOST_NAMED = 8;

/** The first of them, and how many there are besides. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED);
  const more = names.length - shown.length;
  return either(more > 0 ? [...shown, `${more} more`] : shown, 'and');
}
