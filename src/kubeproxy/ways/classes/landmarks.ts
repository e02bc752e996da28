/** Which values of a packet anything on the node can tell apart, but for the rules that are a Service's own. */
import type { Family } from '../../../kernel/flow.ts';
import { inferArrival } from '../../../kernel/arrival.ts';
import { lookupRoute } from '../../../kernel/node/routing.ts';
import { textsOf } from '../../../rules/iptables/compact/compactTable.ts';
import type { Chain, Ruleset } from '../../../rules/iptables/nodes.ts';
import { parseAddress, quadNumber } from '../../../values/address.ts';
import { append } from '../../../text/lists.ts';
import type { Analysis } from '../../analysis.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { tableNamed, tablesOf } from '../../rulesets.ts';
import { MARKED, readMark } from './markRule.ts';
import type { Members } from './members.ts';
import { nodeValues } from './nodeValues.ts';
import { type Range, RangeClasses, Ranges } from './ranges.ts';
import { NOTHING_OWN, nativeValues, type Own } from './nativeValues.ts';
import { type RuleValues, textValues, valuesIn, wordsOfRule } from './ruleValues.ts';

export class Landmarks {
  /** Of one state, or of two in which the same must be told apart. */
  readonly #states: readonly Analysis[];
  readonly #family: Family;
  readonly #addresses: RangeClasses;
  readonly #ports: RangeClasses;
  /** Of each state that knows some. */
  readonly #pods: readonly ReadonlySet<string>[];
  /** Of IPv4, by the number of the class. */
  readonly #words: string[] = [];
  /** Of IPv6. */
  readonly #known = new Map<string, string | null>();
  readonly #local = new Map<string, boolean>();

  private constructor(
    states: readonly Analysis[],
    family: Family,
    addresses: RangeClasses,
    ports: RangeClasses,
  ) {
    this.#states = states;
    this.#family = family;
    this.#addresses = addresses;
    this.#ports = ports;
    this.#pods = states.map(podsOf).filter(({ size }) => size > 0);
  }

  /** Null where some rule asks what is no matter of addresses and ports, or there are too many of them. */
  static of(analysis: Analysis, family: Family, ruleset: Ruleset, members: Members): Landmarks | null {
    const ofRules = rulesValues(ruleset, family, members);
    return ofRules === null ? null : Landmarks.#of([analysis], family, ofRules, NOTHING_OWN);
  }

  /** Of two states; `others`: the rules of the second one that the first has not. */
  static ofBoth(
    states: readonly [Analysis, Analysis],
    family: Family,
    rules: readonly [Ruleset, Ruleset],
    members: readonly [Members, Members],
    others: (table: string, chain: string) => boolean,
  ): Landmarks | null {
    const own = rulesValues(rules[0], family, members[0]);
    const theirs = own === null ? null : rulesValues(rules[1], family, members[1], others);
    if (own === null || theirs === null) return null;
    const addresses = [...own.addresses, ...theirs.addresses];
    const ports = [...own.ports, ...theirs.ports];
    const asksSets = own.asksSets || theirs.asksSets;
    return Landmarks.#of(states, family, { addresses, ports, asksSets }, NOTHING_OWN);
  }

  /** Where Services are in native tables; `named`: what their own rules name besides. */
  static ofNative(analysis: Analysis, family: Family, named: readonly Range[], own: Own): Landmarks | null {
    const ruleset = analysis.sources.followed(family)?.ruleset ?? null;
    const besides: RulesValues = { addresses: named, ports: [], asksSets: false };
    if (ruleset === null) return Landmarks.#of([analysis], family, besides, own);
    const ofRules = rulesValues(ruleset, family, NO_MEMBERS);
    if (ofRules === null) return null;
    const addresses = [...ofRules.addresses, ...named];
    return Landmarks.#of([analysis], family, { ...ofRules, addresses }, own);
  }

  static #of(states: readonly Analysis[], family: Family, ofRules: RulesValues, own: Own): Landmarks | null {
    const addresses = [...ofRules.addresses];
    const ports = [...ofRules.ports];
    for (const analysis of states) {
      const found = valuesBesides(analysis, family, ofRules.asksSets, own);
      if (found === null) return null;
      append(addresses, found.addresses);
      append(ports, found.ports);
    }
    const [ofAddresses, ofPorts] = [RangeClasses.of(addresses), RangeClasses.of(ports)];
    return ofAddresses === null || ofPorts === null
      ? null
      : new Landmarks(states, family, ofAddresses, ofPorts);
  }

  /** HOT PATH. The same for addresses that nothing tells apart; null for what is no address of the family. */
  addressClass(text: string): string | null {
    const quad = this.#family === 4 ? quadNumber(text) : null;
    if (quad !== null) {
      const of = this.#addresses.ofSmall(quad);
      const words = (this.#words[of] ??= `${of}`);
      return this.#pods.length > 0 ? words + this.#podWords(text) : words;
    }
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const found = this.#classOf(text);
    this.#known.set(text, found);
    return found;
  }

  portClass(port: number): number {
    return this.#ports.ofSmall(port);
  }

  /** Whether packets of the address, which is of the class `of`, come in as those of a pod of this node, in any state. */
  isLocalPod(text: string, of: string): boolean {
    // All of a class come in by one way.
    const known = this.#local.get(of);
    if (known !== undefined) return known;
    const address = parseAddress(text);
    const found =
      address !== null &&
      this.#states.some(({ node }) => inferArrival(node, this.#family, address).kind === 'pod');
    this.#local.set(of, found);
    return found;
  }

  #classOf(text: string): string | null {
    const address = parseAddress(text);
    if (address === null || address.family !== this.#family) return null;
    const sources = this.#states.map((state) => this.#sourceTo(address, state)).join('');
    return `${this.#addresses.of(address.value)}${this.#podWords(text)}${sources}`;
  }

  /** Whether each state knows a pod of the address. */
  #podWords(text: string): string {
    let words = '';
    for (const pods of this.#pods) words += pods.has(text) ? 'pod' : '-';
    return words;
  }

  /** In IPv6 the source address is chosen by how many bits it shares with the destination. */
  #sourceTo(destination: NonNullable<ReturnType<typeof parseAddress>>, { node }: Analysis): string {
    const found = lookupRoute(node, 6, {
      destination,
      source: null,
      inputInterface: null,
      outputInterface: null,
      mark: 0,
      tos: 0,
    });
    return found.kind === 'found' ? `,${found.source?.value ?? ''}` : '';
  }
}

function podsOf({ objects }: Analysis): ReadonlySet<string> {
  const pods = (objects?.pods ?? []).filter(({ hostNetwork }) => !hostNetwork);
  return new Set(pods.flatMap(({ ips }) => ips));
}

/** What native tables and the node tell apart; null where that is not clear. */
function valuesBesides(
  analysis: Analysis,
  family: Family,
  asksSets: boolean,
  own: Own,
): { readonly addresses: readonly Range[]; readonly ports: readonly Range[] } | null {
  // Virtual servers take packets by whatever they are called with.
  if (analysis.modes.ipvs !== null) return null;
  const { nft } = analysis.sources;
  const native = nft === null ? NO_VALUES : nativeValues(nft.ruleset, family, own);
  const ofNode = native === null ? null : nodeValues(analysis, family, asksSets);
  if (native === null || ofNode === null) return null;
  return {
    addresses: [...native.addresses, ...ofNode.addresses],
    ports: [...native.ports, ...ofNode.ports],
  };
}

const NO_MEMBERS: Members = { members: [], linesOf: new Map(), networks: new Set() };
const NO_VALUES: RuleValues = { addresses: [], ports: [] };

interface RulesValues {
  readonly addresses: readonly Range[];
  readonly ports: readonly Range[];
  readonly asksSets: boolean;
}

/** Of all rules but those that hand packets on, and chains that are as kube-proxy writes them; `asked`: of these chains alone. */
function rulesValues(
  ruleset: Ruleset,
  family: Family,
  { linesOf, networks }: Members,
  asked: ((table: string, chain: string) => boolean) | null = null,
): RulesValues | null {
  const addresses = new Ranges();
  const ports = new Ranges();
  let asksSets = false;
  const regular = asked === null ? regularChains(ruleset, tableNamed(ruleset, 'nat')) : null;
  for (const text of [...networks, ...(regular?.podNetworks.keys() ?? [])]) {
    const found = textValues(text, family);
    if (found === 'unclear') return null;
    for (const range of found.addresses) if (!addresses.add(range)) return null;
  }
  for (const table of tablesOf(ruleset)) {
    const isChain = (name: string): boolean => table.chains.has(name);
    for (const chain of table.chains.values()) {
      if (asked === null ? regular?.regular.has(chain) : !asked(table.name, chain.name)) continue;
      for (const line of linesBesides(ruleset, chain, linesOf.get(chain))) {
        const words = wordsOfRule(line);
        // Its address is a Service's own, its network is none's.
        const mark = line.endsWith(MARKED) ? readMark(words) : null;
        const found = mark === null ? valuesIn(words, family, isChain) : textValues(mark.who, family);
        if (found === 'unclear') return null;
        for (const range of found.addresses) if (!addresses.add(range)) return null;
        for (const range of found.ports) if (!ports.add(range)) return null;
        asksSets ||= words.includes(' -m set ');
      }
    }
  }
  return { addresses: addresses.all, ports: ports.all, asksSets };
}

function linesBesides(
  ruleset: Ruleset,
  chain: Chain,
  own: ReadonlySet<number> | undefined,
): readonly string[] {
  const lines = textsOf(ruleset, chain);
  return own === undefined ? lines : lines.filter((_, index) => !own.has(index));
}
