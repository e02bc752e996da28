/**
 * The kernel's forwarding information base: policy rules in order of priority, each with a table in which the longest
 * prefix wins (net/core/fib_rules.c, net/ipv4/fib_trie.c, net/ipv6/ip6_fib.c). Built once for a node and family.
 */
import { type Family, formatAddress } from '../../values/address.ts';
import type { FibQuery } from './fibQuery.ts';
import { ownRoute } from './localTable.ts';
import type { Nexthop, Node, Route, RoutingRule } from './node.ts';
import { askWhetherMatches, hasTos, holdsSource, policyRulesOf, ruleMatches } from './policyRules.ts';
import { flagSysctl } from './sysctls.ts';
import { groupBy } from '../../text/groupBy.ts';

export type FibAnswer =
  /** `hops`: one, or several that the kernel chooses from. */
  | { readonly kind: 'found'; readonly route: Route; readonly hops: readonly Nexthop[] }
  | {
      readonly kind: 'none';
      readonly type: 'NONE' | 'UNREACHABLE' | 'BLACKHOLE' | 'PROHIBIT';
      readonly reason: string;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

const NO_LOCAL_TABLE = 'which addresses are the node’s own is not known: the routes lack the table local';

const NONE: FibAnswer = { kind: 'none', type: 'NONE', reason: 'no route' };

interface Bucket {
  readonly length: number;
  readonly mask: bigint;
  readonly byPrefix: ReadonlyMap<bigint, readonly Route[]>;
}

/** The longest prefixes first. */
type Table = readonly Bucket[];

export class Fib {
  readonly #node: Node;
  readonly #family: Family;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #rules: readonly RoutingRule[];
  /** Policy rules beyond the three that every node has. Without them IPv4 keeps the tables local and main as one. */
  readonly hasCustomRules: boolean;
  /** A local route that a user added: IPv4 then checks every source against the tables. */
  readonly hasCustomLocalRoutes: boolean;
  /** Routes, or policy rules, with a realm: sources are then checked for it (fib_num_tclassid_users). */
  readonly hasRealms: boolean;
  /** Tables that only policy rules which are not known could lead to. */
  readonly #outOfReach: readonly string[];
  /** Whether the table local is whole; if not, an address that is not in it may be the node's own all the same. */
  readonly #knowsLocal: boolean;

  constructor(node: Node, family: Family, routes: readonly Route[]) {
    this.#node = node;
    this.#family = family;
    const rules = policyRulesOf(node, family);
    this.#rules = rules.rules;
    this.hasCustomRules = rules.custom;
    this.hasCustomLocalRoutes = routes.some((route) => route.type === 'LOCAL' && route.protocol !== 'kernel');
    this.hasRealms =
      routes.some(({ realm }) => realm !== null) || rules.rules.some(({ givesRealms }) => givesRealms);
    this.#knowsLocal = node.localTable[family] !== null;
    const merged = family === 4 && !rules.custom && this.#knowsLocal;
    const tables = groupBy(routes, (route) => (merged && route.table === 'local' ? 'main' : route.table));
    this.#tables = new Map([...tables].map(([name, list]) => [name, tableOf(list)]));
    const known = new Set(['local', 'main', 'default']);
    this.#outOfReach = rules.known ? [] : [...tables.keys()].filter((name) => !known.has(name));
  }

  /** What the policy rules and their tables say. */
  lookup(query: FibQuery): FibAnswer {
    const answer = this.#fromRule(0, query);
    if (this.#outOfReach.length === 0 || (answer.kind === 'found' && answer.route.type === 'LOCAL'))
      return answer;
    return {
      kind: 'unknown',
      reason: `the policy rules are not known, and there are routes in table ${this.#outOfReach.join(', ')}`,
    };
  }

  /** The best route of one table; null where the table has none. With IPv4's default rules `local` is part of `main`. */
  lookupTable(table: string, query: FibQuery): FibAnswer | null {
    const answer = this.#inTable(this.#tables.get(table) ?? this.#mergedWith(table), query);
    return answer === 'again' ? null : answer;
  }

  #mergedWith(table: string): Table {
    return (
      (table === 'local' &&
        this.#family === 4 &&
        this.#knowsLocal &&
        !this.hasCustomRules &&
        this.#tables.get('main')) ||
      []
    );
  }

  #fromRule(start: number, query: FibQuery): FibAnswer {
    for (let index = start; index < this.#rules.length; index++) {
      const rule = this.#rules[index];
      if (rule === undefined) break;
      const matches = ruleMatches(rule, query, this.#node);
      if (matches === false) continue;
      if (matches === null) return this.#fromOpenRule(rule, index, query);
      const answer = this.#byRule(rule, index, query);
      if (answer !== 'again') return answer;
    }
    return NONE;
  }

  /** Of a rule that may or may not apply: nobody is asked where both ways lead to the same. */
  #fromOpenRule(rule: RoutingRule, index: number, query: FibQuery): FibAnswer {
    const quiet: FibQuery = { ...query, traffic: { ...query.traffic, ask: () => null } };
    const without = this.#fromRule(index + 1, quiet);
    const answer = this.#byRule(rule, index, quiet);
    if (answer === 'again' ? without.kind !== 'unknown' : sameAnswer(answer, without)) return without;
    const applies = askWhetherMatches(rule, query, this.#node);
    if (applies === null) {
      const reason = `it is not known whether the policy rule of priority ${rule.priority} applies`;
      return { kind: 'unknown', reason };
    }
    const found = applies ? this.#byRule(rule, index, query) : 'again';
    return found === 'again' ? this.#fromRule(index + 1, query) : found;
  }

  #byRule(rule: RoutingRule, index: number, query: FibQuery): FibAnswer | 'again' {
    switch (rule.action.kind) {
      case 'nop':
        return 'again';
      case 'goto':
        return this.#goTo(rule.action.priority, index, query);
      case 'table':
        return this.#suppressed(rule, this.#inNamedTable(rule.action.table, rule.priority, query));
      case 'vrf':
        return { kind: 'unknown', reason: 'the table of the VRF is not known' };
      default:
        return byPolicyRule(rule, rule.action.kind);
    }
  }

  #inNamedTable(table: string, priority: number, query: FibQuery): FibAnswer | 'again' {
    const found = this.#inTable(this.#tables.get(table) ?? [], query);
    if (found !== 'again' || table !== 'local' || this.#knowsLocal) return found;
    const route = ownRoute(query.destination);
    const isOwn = query.traffic.ask({ kind: 'own', address: query.destination }, priority);
    if (isOwn === null || route === null) return { kind: 'unknown', reason: NO_LOCAL_TABLE };
    return isOwn ? { kind: 'found', route, hops: [route] } : 'again';
  }

  #goTo(priority: number, index: number, query: FibQuery): FibAnswer | 'again' {
    const target = this.#rules.findIndex((rule, at) => at > index && rule.priority === priority);
    return target === -1 ? 'again' : this.#fromRule(target, query);
  }

  #inTable(table: Table, query: FibQuery): FibAnswer | 'again' {
    for (const bucket of table) {
      const routes = bucket.byPrefix.get(query.destination.value & bucket.mask);
      if (routes === undefined) continue;
      const answer = this.#family === 4 ? this.#choose(routes, query) : this.#chooseIPv6(routes, query);
      if (answer !== null) return answer;
    }
    return 'again';
  }

  /** fib_table_lookup: the first alias of the prefix that fits. */
  #choose(routes: readonly Route[], query: FibQuery): FibAnswer | 'again' | null {
    for (const route of routes) {
      if (!hasTos(route.tos, query)) continue;
      const refusal = refusalOf(route);
      if (refusal !== null) return refusal;
      const hops = this.#usableHops(route, query).filter(
        (hop) => query.outputInterface === null || hop.interface === query.outputInterface,
      );
      if (hops.length > 0) {
        const all = query.isSent === true && query.outputInterface === null ? defaultsOf(routes, route) : [];
        return this.#mayBeDown(route) ?? { kind: 'found', route, hops: all.length > 1 ? all : hops };
      }
      if (route.partial && query.outputInterface !== null) {
        const reason = `whether the route to ${prefixText(route)} goes by ${query.outputInterface} too is not known`;
        return { kind: 'unknown', reason };
      }
    }
    return null;
  }

  /**
   * find_rr_leaf: the best of the lowest metric; when none of those is usable, the best of all the others, of whatever
   * metric. Routes for one source prefix stand before those for any.
   */
  #chooseIPv6(routes: readonly Route[], query: FibQuery): FibAnswer | 'again' | null {
    const fitting = routes.filter((route) => route.from === null || holdsSource(route.from, query.source));
    const [first] = fitting;
    if (first === undefined) return null;
    const mask = first.from?.mask;
    const group = fitting.filter((route) => route.from?.mask === mask);
    const lowest = query.isReverse === true ? group : group.filter((route) => route.metric === first.metric);
    return (
      this.#bestIPv6(lowest, query) ??
      this.#bestIPv6(group.slice(lowest.length), query) ??
      this.#chooseIPv6(fitting.slice(group.length), query)
    );
  }

  /** rt6_score_route: the first through the wanted interface, else, unless `strict`, the first that is usable. */
  #bestIPv6(routes: readonly Route[], query: FibQuery): FibAnswer | 'again' | null {
    const wanted = (hop: Nexthop): boolean => query.through === null || hop.interface === query.through;
    let found: FibAnswer | 'again' | null = null;
    for (const route of routes) {
      const usable = this.#usableHops(route, query);
      const best = usable.filter(wanted);
      if (best.length > 0) {
        // fib6_select_path: the hash of the packet then takes any of the route's next hops.
        const hops = query.strict ? best : usable;
        return refusalOf(route) ?? this.#mayBeDown(route) ?? { kind: 'found', route, hops };
      }
      if (usable.length > 0 && !query.strict)
        found ??= refusalOf(route) ?? { kind: 'found', route, hops: usable };
    }
    return found;
  }

  /** /proc does not tell which links are down, which matters only where routes over such are ignored. */
  #mayBeDown(route: Route): FibAnswer | null {
    if (!route.partial || route.type !== 'UNICAST') return null;
    const hops = route.nexthops.length > 0 ? route.nexthops : [route];
    const name = hops.find((hop) => this.#ignoresLinkdown(hop))?.interface;
    if (name === undefined) return null;
    const reason = `the link of ${name} may be down, and routes over such are ignored there`;
    return { kind: 'unknown', reason };
  }

  #usableHops(route: Route, { isReverse = false }: FibQuery): readonly Nexthop[] {
    const hops = route.nexthops.length > 0 ? route.nexthops : [route];
    return hops.filter((hop) => {
      if (!hop.flags.includes('linkdown')) return !hop.flags.includes('dead');
      if (isReverse) return this.#node.interfaces?.get(hop.interface ?? '')?.up !== false;
      return !hop.flags.includes('dead') && !this.#ignoresLinkdown(hop);
    });
  }

  /** fib4_rule_suppress: "every route but those with a prefix this short", and those that leave by such an interface. */
  #suppressed(rule: RoutingRule, answer: FibAnswer | 'again'): FibAnswer | 'again' {
    if (answer === 'again' || answer.kind !== 'found') return answer;
    const { suppressPrefixLength, suppressGroup } = rule;
    if (suppressPrefixLength !== null && answer.route.prefixLength <= suppressPrefixLength) return 'again';
    if (suppressGroup === null) return answer;
    const name = (answer.route.nexthops[0] ?? answer.route).interface ?? '';
    const group = this.#node.interfaces?.get(name)?.group ?? null;
    if (group === null) return { kind: 'unknown', reason: `the group of ${name} is not known` };
    return group === suppressGroup ? 'again' : answer;
  }

  #ignoresLinkdown(hop: Nexthop): boolean {
    const name = 'ignore_routes_with_linkdown';
    return flagSysctl(this.#node, this.#family, hop.interface ?? '', name, 'own') === true;
  }
}

const caches: Readonly<Record<Family, WeakMap<Node, Fib>>> = { 4: new WeakMap(), 6: new WeakMap() };

/** The tables of a family; null where the snapshot has no routes of it. */
export function fibOf(node: Node, family: Family): Fib | null {
  const known = caches[family].get(node);
  if (known !== undefined) return known;
  const routes = node.routes[family];
  if (routes === null) return null;
  const fib = new Fib(node, family, routes);
  caches[family].set(node, fib);
  return fib;
}

/** `10.0.0.0/24` */
export function prefixText(route: Route): string {
  return `${formatAddress({ family: route.family, value: route.destination.value })}/${route.prefixLength}`;
}

function tableOf(routes: readonly Route[]): Table {
  const lengths = groupBy(routes, (route) => route.prefixLength);
  return [...lengths]
    .toSorted(([a], [b]) => b - a)
    .map(([length, list]) => ({
      length,
      mask: list[0]?.destination.mask ?? 0n,
      byPrefix: new Map(
        [...groupBy(list, (route) => route.destination.value)].map(([prefix, same]) => [
          prefix,
          same.toSorted(byPreference),
        ]),
      ),
    }));
}

/** Source-specific, then TOS-specific routes first; the table local before main; then the lower metric; else as listed. */
function byPreference(a: Route, b: Route): number {
  const [aMask, bMask] = [a.from?.mask ?? 0n, b.from?.mask ?? 0n];
  const source = Number(bMask > aMask) - Number(aMask > bMask);
  const table = Number(b.table === 'local') - Number(a.table === 'local');
  return source || table || b.tos - a.tos || a.metric - b.metric;
}

/**
 * fib_select_default: where the node sends by a default route, it takes that one of the equal default routes behind which
 * the neighbour answers, or each in turn while none is known to. Routes are equal, too, that differ in their TOS.
 */
function defaultsOf(routes: readonly Route[], chosen: Route): readonly Nexthop[] {
  if (chosen.prefixLength > 0 || chosen.type !== 'UNICAST' || chosen.nexthops.length > 0) return [];
  const equal: Route[] = [];
  let last = { metric: chosen.metric, tos: 0 };
  for (const route of routes) {
    if (route.table !== chosen.table || (route.tos !== 0 && route.tos !== chosen.tos)) continue;
    if (route.metric > last.metric && route.tos === last.tos) {
      if (last.tos !== 0) continue;
      break;
    }
    if (route.flags.includes('dead')) continue;
    last = route;
    const isLike = route.scope === chosen.scope && route.type === 'UNICAST' && route.gateway !== null;
    if (!isLike) continue;
    if (equal.length === 0 && route !== chosen) break;
    equal.push(route);
  }
  return equal;
}

function refusalOf(route: Route): FibAnswer | 'again' | null {
  switch (route.type) {
    case 'THROW':
      return 'again';
    case 'BLACKHOLE':
    case 'PROHIBIT':
    case 'UNREACHABLE':
      return { kind: 'none', type: route.type, reason: `a route of type ${route.type.toLowerCase()}` };
    default:
      return null;
  }
}

const REFUSALS = { blackhole: 'BLACKHOLE', prohibit: 'PROHIBIT', unreachable: 'NONE' } as const;

function byPolicyRule(rule: RoutingRule, action: keyof typeof REFUSALS): FibAnswer {
  const reason = `the policy rule of priority ${rule.priority} says ${action}`;
  return { kind: 'none', type: REFUSALS[action], reason };
}

function sameAnswer(a: FibAnswer, b: FibAnswer): boolean {
  if (a.kind === 'found' && b.kind === 'found') return a.route === b.route;
  return a.kind === 'none' && b.kind === 'none' && a.type === b.type;
}
