/** Whose the endpoint chains of a family are (50,000 and more), and which of them translate to an address. Each index is made when it is first asked for. */
import type { Steps } from '../../../values/steps.ts';
import type { Chain, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { protocolOf, targetNameOf, targetOption, valueOf } from '../../words/ruleView.ts';
import { byEndpoint, bySuffix } from './filedBy.ts';
import { endpointSuffix } from './hashes.ts';
import { familyChainName, readFamilyChain } from './roles.ts';
import { RuleIndex } from './ruleIndex.ts';

/** What is asked of the endpoint chains of one family's table nat. */
export class EndpointIndex {
  readonly #text: string;
  readonly #nat: Table | null;
  readonly #owners = new Map<string, string | null>();
  readonly #chainsAt = new Map<string, readonly string[]>();
  #jumps: RuleIndex | null = null;
  #destinations: RuleIndex | null = null;

  constructor({ text }: Ruleset, nat: Table | null) {
    this.#text = text;
    this.#nat = nat;
  }

  /**
   * The suffix of the Service port that balances to an endpoint chain; null where none does. Of several it is the one
   * whose hash the chain has where that was seen, else the first.
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
   * A rule of a chain of `owner` was seen to jump to an endpoint chain: where the chain has the hash of that port,
   * `names` being how it may be spelled, there is no need to look for other jumps.
   */
  sawJump(owner: string, names: readonly string[], chain: string): void {
    if (!this.#owners.has(chain) && this.#hasHashOf(names, chain)) this.#owners.set(chain, owner);
  }

  #hasHashOf(names: readonly string[], chain: string): boolean {
    const rules = this.#nat?.chains.get(chain)?.rules ?? [];
    const dnat = rules.slice(0, FEW).find((rule) => targetNameOf(rule) === 'DNAT');
    if (dnat === undefined) return false;
    const protocol = protocolOf(dnat) ?? '';
    const endpoint = valueOf(targetOption(dnat, '--to-destination')) ?? '';
    return names.some((name) => familyChainName('sep', endpointSuffix(name, protocol, endpoint)) === chain);
  }

  #ownerByJumps(chain: string): string | null {
    const own = readFamilyChain(chain);
    if (own?.kind !== 'sep') return null;
    for (const found of this.#balancing.at(own.suffix)) {
      const suffix = readFamilyChain(found.chain.name)?.suffix;
      if (suffix !== undefined && targetNameOf(found.rule) === chain) return suffix;
    }
    return null;
  }

  /** The endpoint chains that translate to an address, in one spelling per address. */
  chainsAt(address: string): readonly string[] {
    let chains = this.#chainsAt.get(address);
    if (chains === undefined) {
      const found = this.#endpoints.at(address).filter(({ rule }) => byEndpoint.inWords(rule) === address);
      chains = [...new Set(found.map(({ chain }) => chain.name))];
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

/** kube-proxy's has two or three rules. */
const FEW = 8;

function isBalancing(chain: string): boolean {
  return chain.startsWith('KUBE-SV') || chain.startsWith('KUBE-XLB-');
}

function isEndpoint(chain: string): boolean {
  return chain.startsWith('KUBE-SEP-');
}
