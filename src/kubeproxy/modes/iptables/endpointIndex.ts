/** Whose the endpoint chains of a family are (50,000 and more), and which of them translate to an address. Each index is made when it is first asked for. */
import type { Steps } from '../../../values/steps.ts';
import type { Chain, Rule, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { protocolOf, targetNameOf, targetOption, valueOf } from '../../words/ruleView.ts';
import { knownJumpsTo } from '../../references.ts';
import { byEndpoint, bySuffix } from './filedBy.ts';
import { endpointSuffix } from './hashes.ts';
import { familyChainName, readFamilyChain } from './roles.ts';
import { type FoundRule, RuleIndex } from './ruleIndex.ts';
import { rulesWith } from './rulesWith.ts';
import { endpointChainIn } from './serviceLines.ts';

/** What is asked of the endpoint chains of one family's table nat. */
export class EndpointIndex {
  readonly #ruleset: Ruleset;
  readonly #text: string;
  readonly #nat: Table | null;
  readonly #namesOf: (owner: string) => readonly string[];
  readonly #owners = new Map<string, string | null>();
  readonly #chainsAt = new Map<string, readonly string[]>();
  #jumps: RuleIndex | null = null;
  #searched = 0;
  #destinations: RuleIndex | null = null;

  /** `namesOf`: how the Service port of a suffix may be spelled, `default/web:http`. */
  constructor(ruleset: Ruleset, nat: Table | null, namesOf: (owner: string) => readonly string[]) {
    this.#ruleset = ruleset;
    this.#text = ruleset.text;
    this.#nat = nat;
    this.#namesOf = namesOf;
  }

  /**
   * The suffix of the Service port that balances to an endpoint chain; null where none does. Of several it is the one
   * whose hash the chain has, else the first.
   */
  ownerOf(chain: string): string | null {
    let owner = this.#owners.get(chain);
    if (owner === undefined) {
      owner = this.#ownerByJumps(chain);
      this.#owners.set(chain, owner);
    }
    return owner;
  }

  /**
   * A rule of a chain of `owner` was seen to jump to an endpoint chain: where the chain has the hash of that port there is
   * no need to look for other jumps. Of many chains that costs more than an index.
   */
  sawJump(owner: string, chain: string): void {
    if (this.#jumps !== null || this.#owners.has(chain) || this.#owners.size >= MOST_SEEN) return;
    if (this.#hasHashOf(owner, chain)) this.#owners.set(chain, owner);
  }

  #hasHashOf(owner: string, chain: string): boolean {
    const rules = this.#nat?.chains.get(chain)?.rules ?? [];
    const dnat = rules.slice(0, FEW).find((rule) => targetNameOf(rule) === 'DNAT');
    if (dnat === undefined) return false;
    const protocol = protocolOf(dnat) ?? '';
    const endpoint = valueOf(targetOption(dnat, '--to-destination')) ?? '';
    const names = this.#namesOf(owner);
    return names.some((name) => familyChainName('sep', endpointSuffix(name, protocol, endpoint)) === chain);
  }

  #ownerByJumps(chain: string): string | null {
    const own = readFamilyChain(chain);
    if (own?.kind !== 'sep') return null;
    const owners = new Set<string>();
    for (const found of this.#balancingTo(chain) ?? this.#balancing.at(own.suffix)) {
      const suffix = readFamilyChain(found.chain.name)?.suffix;
      if (suffix !== undefined && this.#leadsTo(found.rule) === chain) owners.add(suffix);
    }
    const [first = null, ...others] = owners;
    if (others.length === 0) return first;
    return [...owners].slice(0, FEW).find((owner) => this.#hasHashOf(owner, chain)) ?? first;
  }

  /** Read out of what is known of jumps, else found in the text; null where both would cost more than an index. */
  #balancingTo(chain: string): readonly FoundRule[] | null {
    if (this.#jumps !== null || this.#nat === null) return null;
    const known = knownJumpsTo(this.#ruleset, this.#nat, chain);
    if (known === null) return this.#holding(chain, isBalancing);
    return known.flatMap(({ from, rule }) => (isBalancing(from.name) ? [{ chain: from, rule }] : []));
  }

  /** An address of IPv6 has many spellings. */
  #translatingTo(address: string): readonly FoundRule[] | null {
    return this.#destinations !== null || address.includes(':') ? null : this.#holding(address, isEndpoint);
  }

  #leadsTo(rule: Rule): string | null {
    return endpointChainIn(this.#text.slice(rule.start, rule.end)) ?? targetNameOf(rule);
  }

  /** The rules that hold a word, found in the text; null where there is no table, and where many were looked for already. */
  #holding(word: string, isAsked: (chain: string) => boolean): readonly FoundRule[] | null {
    if (this.#nat === null || this.#searched >= MOST_SEARCHED) return null;
    this.#searched++;
    return rulesWith(word, this.#ruleset, this.#nat, isAsked);
  }

  /** The endpoint chains that translate to an address, in one spelling per address. */
  chainsAt(address: string): readonly string[] {
    let chains = this.#chainsAt.get(address);
    if (chains === undefined) {
      const found = this.#translatingTo(address) ?? this.#endpoints.at(address);
      const own = found.filter(({ rule }) => byEndpoint.inWords(rule) === address);
      chains = [...new Set(own.map(({ chain }) => chain.name))];
      this.#chainsAt.set(address, chains);
    }
    return chains;
  }

  /** Makes both indexes, each in its turn. */
  *prepare(): Steps<void> {
    void this.#balancing;
    yield;
    void this.#endpoints;
  }

  get #balancing(): RuleIndex {
    return (this.#jumps ??= this.#indexOf(isBalancing, bySuffix));
  }

  get #endpoints(): RuleIndex {
    return (this.#destinations ??= this.#indexOf(isEndpoint, byEndpoint));
  }

  #indexOf(isAsked: (chain: string) => boolean, by: typeof bySuffix): RuleIndex {
    const chains: Chain[] = [];
    for (const chain of this.#nat?.chains.values() ?? []) if (isAsked(chain.name)) chains.push(chain);
    return new RuleIndex(this.#text, chains, by);
  }
}

/** kube-proxy's chains have two or three rules, and one owner. */
const FEW = 8;

const MOST_SEEN = 24;
/** A search through 19 MB takes some 3 ms, the index 20. */
const MOST_SEARCHED = 4;

function isBalancing(chain: string): boolean {
  return chain.startsWith('KUBE-SV') || chain.startsWith('KUBE-XLB-');
}

function isEndpoint(chain: string): boolean {
  return chain.startsWith('KUBE-SEP-');
}
