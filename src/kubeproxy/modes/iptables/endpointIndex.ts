/**
 * HOT PATH, written for speed: two indexes over every endpoint chain of a family (50,000 and more). Only the end of a
 * rule's line is looked at, in the text; reading the rules' words would take ten times as long. For the first questions
 * only chains are looked at that hold the word in question: that gives the same, at a tenth of the cost of an index.
 * What is found here is used to look up the real rules, never as an answer.
 */
import { normalAddress } from '../../../values/address.ts';
import { readHostPort } from '../../../values/hostPort.ts';
import type { Steps } from '../../../values/steps.ts';
import type { Chain, Rule, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { targetNameOf, targetOption, valueOf } from '../../words/ruleView.ts';
import { ChainPlaces } from './chainPlaces.ts';
import { readFamilyChain } from './roles.ts';

const CHAIN = 'KUBE-SEP-';
const JUMP = ` -j ${CHAIN}`;
const CHAIN_START = ' -j '.length;
const DESTINATION = '--to-destination ';

/** What is asked of the endpoint chains of one family's table nat. */
export class EndpointIndex {
  readonly #owners: Questions<string>;
  readonly #chains: Questions<readonly string[]>;

  constructor(ruleset: Ruleset, nat: Table | null) {
    const { text } = ruleset;
    this.#owners = new Questions(text, nat, isBalancing, (chains) => ownersOfEndpoints(text, chains));
    this.#chains = new Questions(text, nat, isEndpoint, (chains) => endpointChainsByAddress(text, chains));
  }

  /** The suffix of the Service port that balances to an endpoint chain; null where none does. */
  ownerOf(chain: string): string | null {
    return this.#owners.of(chain) ?? null;
  }

  /** The endpoint chains that translate to an address, in one spelling per address. */
  chainsAt(address: string): readonly string[] {
    return this.#chains.of(address) ?? [];
  }

  /** Makes both indexes, each in its turn. */
  *prepare(): Steps<void> {
    this.#owners.prepare();
    yield;
    this.#chains.prepare();
  }
}

function isBalancing(chain: string): boolean {
  return chain.startsWith('KUBE-SV') || chain.startsWith('KUBE-XLB-');
}

function isEndpoint(chain: string): boolean {
  return chain.startsWith(CHAIN);
}

/** From so many different questions on an index of everything is cheaper. */
const MOST_NARROW = 24;

/** One index of chains, not made before it pays: the first answers are read in the chains that hold the word alone. */
class Questions<Answer> {
  readonly #text: string;
  readonly #nat: Table | null;
  readonly #isAsked: (chain: string) => boolean;
  readonly #make: (chains: readonly Chain[]) => ReadonlyMap<string, Answer>;
  readonly #narrow = new Map<string, Answer | undefined>();
  #places: ChainPlaces | null = null;
  #all: ReadonlyMap<string, Answer> | null = null;

  constructor(
    text: string,
    nat: Table | null,
    isAsked: (chain: string) => boolean,
    make: (chains: readonly Chain[]) => ReadonlyMap<string, Answer>,
  ) {
    this.#text = text;
    this.#nat = nat;
    this.#isAsked = isAsked;
    this.#make = make;
  }

  of(word: string): Answer | undefined {
    if (this.#all !== null) return this.#all.get(word);
    if (this.#narrow.has(word)) return this.#narrow.get(word);
    if (this.#narrow.size >= MOST_NARROW) return this.prepare().get(word);
    this.#places ??= new ChainPlaces(this.#text, this.#asked());
    const chains = this.#places.holding(word);
    if (chains === null) return this.prepare().get(word);
    const answer = this.#make(chains).get(word);
    this.#narrow.set(word, answer);
    return answer;
  }

  prepare(): ReadonlyMap<string, Answer> {
    this.#all ??= this.#make(this.#asked());
    this.#narrow.clear();
    this.#places = null;
    return this.#all;
  }

  #asked(): readonly Chain[] {
    const chains: Chain[] = [];
    for (const chain of this.#nat?.chains.values() ?? []) {
      if (this.#isAsked(chain.name)) chains.push(chain);
    }
    return chains;
  }
}

/** Endpoint chain → the suffixes of the Service ports that balance to it; kube-proxy makes it exactly one. */
function ownersOfEndpoints(text: string, chains: readonly Chain[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const chain of chains) {
    const suffix = readFamilyChain(chain.name)?.suffix;
    if (suffix === undefined) continue;
    for (const rule of chain.rules) {
      const line = text.slice(rule.start, rule.end);
      const at = line.lastIndexOf(JUMP);
      if (at < 0 && !line.includes(CHAIN)) continue;
      const target = at < 0 ? (targetNameOf(rule) ?? '') : wordAt(line, at + CHAIN_START);
      if (!owners.has(target)) owners.set(target, suffix);
    }
  }
  return owners;
}

/** Address → the endpoint chains that translate to it. */
function endpointChainsByAddress(
  text: string,
  chains: readonly Chain[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name, rules } of chains) {
    for (const rule of rules) {
      const line = text.slice(rule.start, rule.end);
      const at = line.lastIndexOf(DESTINATION);
      const word = at < 0 ? destinationOf(line, rule) : wordAt(line, at + DESTINATION.length);
      if (word === null) continue;
      const address = normalAddress(readHostPort(word).address);
      const known = found.get(address);
      if (known === undefined) found.set(address, [name]);
      else if (known.at(-1) !== name) known.push(name);
    }
  }
  return found;
}

/** Of a rule in another spelling than iptables-save's. */
function destinationOf(line: string, rule: Rule): string | null {
  return line.includes('DNAT') ? valueOf(targetOption(rule, '--to-destination')) : null;
}

function wordAt(line: string, start: number): string {
  const end = line.indexOf(' ', start);
  return (end < 0 ? line.slice(start) : line.slice(start, end)).trim();
}
