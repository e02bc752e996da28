/** Which values of a packet anything on the node can tell apart, but for the rules that are a Service's own. */
import type { Family } from '../../../kernel/flow.ts';
import { inferArrival } from '../../../kernel/arrival.ts';
import { lookupRoute } from '../../../kernel/node/routing.ts';
import { textsOf } from '../../../rules/iptables/compact/compactTable.ts';
import type { Chain, Ruleset } from '../../../rules/iptables/nodes.ts';
import { parseAddress } from '../../../values/address.ts';
import type { Analysis } from '../../analysis.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { tableNamed, tablesOf } from '../../rulesets.ts';
import { MARKED, readMark } from './markRule.ts';
import type { Members } from './members.ts';
import { nodeValues } from './nodeValues.ts';
import { type Range, RangeClasses } from './ranges.ts';
import { textValues, valuesIn, wordsOfRule } from './ruleValues.ts';

export class Landmarks {
  readonly #analysis: Analysis;
  readonly #family: Family;
  readonly #addresses: RangeClasses;
  readonly #ports: RangeClasses;
  readonly #pods: ReadonlySet<string>;
  readonly #known = new Map<string, string | null>();

  private constructor(analysis: Analysis, family: Family, addresses: RangeClasses, ports: RangeClasses) {
    this.#analysis = analysis;
    this.#family = family;
    this.#addresses = addresses;
    this.#ports = ports;
    const pods = (analysis.objects?.pods ?? []).filter(({ hostNetwork }) => !hostNetwork);
    this.#pods = new Set(pods.flatMap(({ ips }) => ips));
  }

  /** Null where some rule asks what is no matter of addresses and ports, or there are too many of them. */
  static of(analysis: Analysis, family: Family, ruleset: Ruleset, members: Members): Landmarks | null {
    const ofRules = rulesValues(ruleset, family, members);
    if (ofRules === null) return null;
    const ofNode = nodeValues(analysis, family, ofRules.asksSets);
    if (ofNode === null) return null;
    const addresses = RangeClasses.of([...ofRules.addresses, ...ofNode.addresses]);
    const ports = RangeClasses.of([...ofRules.ports, ...ofNode.ports]);
    return addresses === null || ports === null ? null : new Landmarks(analysis, family, addresses, ports);
  }

  /** The same for addresses that nothing tells apart; null for what is no address of the family. */
  addressClass(text: string): string | null {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const found = this.#classOf(text);
    this.#known.set(text, found);
    return found;
  }

  portClass(port: number): number {
    return this.#ports.of(BigInt(port));
  }

  /** Whether packets of the address come in as those of a pod of this node. */
  isLocalPod(text: string): boolean {
    const address = parseAddress(text);
    return address !== null && inferArrival(this.#analysis.node, this.#family, address).kind === 'pod';
  }

  #classOf(text: string): string | null {
    const address = parseAddress(text);
    if (address === null || address.family !== this.#family) return null;
    const pod = this.#pods.has(text) ? 'pod' : '';
    const source = this.#family === 6 ? this.#sourceTo(address) : '';
    return `${this.#addresses.of(address.value)}${pod}${source}`;
  }

  /** In IPv6 the source address is chosen by how many bits it shares with the destination. */
  #sourceTo(destination: NonNullable<ReturnType<typeof parseAddress>>): string {
    const found = lookupRoute(this.#analysis.node, 6, {
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

interface RulesValues {
  readonly addresses: readonly Range[];
  readonly ports: readonly Range[];
  readonly asksSets: boolean;
}

/** Of all rules but those that hand packets on, and chains that are as kube-proxy writes them. */
function rulesValues(ruleset: Ruleset, family: Family, { linesOf, networks }: Members): RulesValues | null {
  const addresses: Range[] = [];
  const ports: Range[] = [];
  let asksSets = false;
  const { regular, podNetworks } = regularChains(ruleset, tableNamed(ruleset, 'nat'));
  for (const text of [...networks, ...podNetworks.keys()]) {
    const found = textValues(text, family);
    if (found === 'unclear') return null;
    for (const range of found.addresses) addresses.push(range);
  }
  for (const table of tablesOf(ruleset)) {
    const isChain = (name: string): boolean => table.chains.has(name);
    for (const chain of table.chains.values()) {
      if (regular.has(chain)) continue;
      for (const line of linesBesides(ruleset, chain, linesOf.get(chain))) {
        const words = wordsOfRule(line);
        // Its address is a Service's own, its network is none's.
        const mark = line.endsWith(MARKED) ? readMark(words) : null;
        const found = mark === null ? valuesIn(words, family, isChain) : textValues(mark.who, family);
        if (found === 'unclear') return null;
        for (const range of found.addresses) addresses.push(range);
        for (const range of found.ports) ports.push(range);
        asksSets ||= words.includes(' -m set ');
      }
    }
  }
  return { addresses, ports, asksSets };
}

function linesBesides(
  ruleset: Ruleset,
  chain: Chain,
  own: ReadonlySet<number> | undefined,
): readonly string[] {
  const lines = textsOf(ruleset, chain);
  return own === undefined ? lines : lines.filter((_, index) => !own.has(index));
}
