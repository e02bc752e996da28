/** kube-proxy's table of one family, with what is worked out of it once. */
import type { Family } from '../../../kernel/flow.ts';
import { chainsOf, type PlacedChain } from '../../../rules/nftables/chains.ts';
import type { MatchStatement, Rule } from '../../../rules/nftables/statements.ts';
import type { Ruleset } from '../../../rules/nftables/nodes.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import { setNamed } from '../../../rules/nftables/sets.ts';
import { reachedFrom } from '../../../rules/nftables/ways.ts';
import { type Address, normalAddress, parseAddress } from '../../../values/address.ts';
import { type Balance, balanceOf } from './balance.ts';
import { type Dispatches, dispatchesIn } from './dispatches.ts';
import { type PortChain, readPortChain } from './names.ts';

export class ProxyTable {
  readonly family: Family;
  readonly name: string;
  readonly ruleset: Ruleset;
  readonly chains: ReadonlyMap<string, PlacedChain>;
  #dispatches: Dispatches | null = null;
  #portChains: ReadonlyMap<PlacedChain, PortChain> | null = null;
  #reached: ReadonlySet<PlacedChain> | null = null;
  #hairpins: ReadonlySet<string> | null = null;
  #clusterIps: ReadonlySet<string> | null = null;
  #taken: readonly Address[] | null = null;
  readonly #balances = new Map<PlacedChain, Balance>();

  constructor(ruleset: Ruleset, family: Family) {
    this.ruleset = ruleset;
    this.family = family;
    this.name = tableOf(family);
    this.chains = chainsOf(ruleset).get(this.name) ?? new Map<string, PlacedChain>();
  }

  /** Its chains that are of a Service port, each with what its name says. */
  get portChains(): ReadonlyMap<PlacedChain, PortChain> {
    if (this.#portChains === null) {
      const found = new Map<PlacedChain, PortChain>();
      for (const chain of this.chains.values()) {
        const read = readPortChain(chain.name);
        if (read !== null) found.set(chain, read);
      }
      this.#portChains = found;
    }
    return this.#portChains;
  }

  get dispatches(): Dispatches {
    return (this.#dispatches ??= dispatchesIn(this.ruleset, this.bases));
  }

  /** Whether packets for a Service come to a chain. */
  isReached(chain: PlacedChain): boolean {
    this.#reached ??= reachedFrom(
      this.ruleset,
      this.bases.filter(({ base }) => base?.type.text === 'nat'),
    );
    return this.#reached.has(chain);
  }

  balance(chain: PlacedChain): Balance {
    let found = this.#balances.get(chain);
    if (found === undefined) {
      found = balanceOf(this.ruleset, chain);
      this.#balances.set(chain, found);
    }
    return found;
  }

  /** Since 1.36 a set has the connections from an endpoint of this node to itself: of all others it says nothing. Before, there is none. */
  hairpinOf(address: string, port: number | null, protocol: string): boolean | null {
    this.#hairpins ??= this.#findHairpins();
    if (this.#hairpins.size === 0) return false;
    return this.#hairpins.has(`${normalAddress(address)} ${protocol} ${port}`) ? true : null;
  }

  /** Since 1.30 they stand in a set of their own. */
  isClusterIp(address: string): boolean {
    this.#clusterIps ??= new Set(
      (setNamed(this.ruleset, this.name, 'cluster-ips')?.elements ?? []).map(({ key }) =>
        normalAddress(printExpression(key)),
      ),
    );
    return this.#clusterIps.has(normalAddress(address));
  }

  /** Whether the table has a set of cluster IPs. */
  get listsClusterIps(): boolean {
    return setNamed(this.ruleset, this.name, 'cluster-ips') !== null;
  }

  /**
   * How many bits an address begins with as a cluster IP does that the table is known to have by the chain behind it: cluster IPs are
   * of one network, which no other address of a Service is of.
   */
  nearness(address: string): number {
    this.#taken ??= this.dispatches.dispatches.flatMap(({ place, chain }) => {
      const kind = chain === null ? null : readPortChain(chain.name)?.kind;
      const isOwn = place.address !== null && (kind === 'service' || kind === 'local');
      return isOwn ? (parseAddress(place.address) ?? []) : [];
    });
    const own = parseAddress(address);
    return own === null ? 0 : this.#taken.reduce((most, other) => Math.max(most, sharedBits(own, other)), 0);
  }

  /** In words, where the rule of a map takes node ports: `192.168.0.2`, `every address`. */
  scopeOf(conditions: readonly MatchStatement[]): string {
    const words = conditions.flatMap(({ left, operator, right }) => {
      if (left.kind === 'fib') return ['every address'];
      if (left.kind !== 'payload' || left.field !== 'daddr') return [];
      const addresses = this.#addressesOf(right);
      return operator === '!=' ? [`not ${addresses}`] : [addresses];
    });
    return words.join(', ') || 'every address';
  }

  #addressesOf(right: MatchStatement['right']): string {
    if (right.kind !== 'reference') return printExpression(right);
    const elements = setNamed(this.ruleset, this.name, right.name)?.elements ?? [];
    return elements.map(({ key }) => printExpression(key)).join(', ');
  }

  /** Its chains that a hook calls. */
  get bases(): readonly PlacedChain[] {
    return [...this.chains.values()].filter(({ base }) => base !== null);
  }

  #findHairpins(): ReadonlySet<string> {
    const found = new Set<string>();
    for (const chain of this.chains.values()) {
      if (readPortChain(chain.name) !== null) continue;
      for (const rule of chain.rules) {
        for (const [source, target, protocol, port] of this.#pairsOf(rule))
          if (source !== undefined && source === target)
            found.add(`${source} ${protocol ?? ''} ${port ?? ''}`);
      }
    }
    return found;
  }

  /** Source, destination, protocol and port of the connections that a rule masquerades. */
  #pairsOf(rule: Rule): readonly (readonly string[])[] {
    if (!rule.statements.some(({ kind }) => kind === 'masquerade')) return [];
    return rule.statements.flatMap((each) => {
      if (each.kind !== 'match' || each.left.kind !== 'concat' || each.right.kind !== 'reference') return [];
      const elements = setNamed(this.ruleset, this.name, each.right.name)?.elements ?? [];
      return elements.flatMap(({ key }) =>
        key.kind === 'concat' ? [key.parts.map((part) => normalAddress(printExpression(part)))] : [],
      );
    });
  }
}

function sharedBits(one: Address, other: Address): number {
  const bits = one.family === 4 ? 32 : 128;
  return one.family === other.family
    ? bits - (one.value ^ other.value).toString(2).replace(/^0$/, '').length
    : 0;
}

/** `ip kube-proxy` */
export function tableOf(family: Family): string {
  return family === 4 ? 'ip kube-proxy' : 'ip6 kube-proxy';
}
