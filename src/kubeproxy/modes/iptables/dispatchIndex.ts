/** The rules of one family that hand a Service's traffic on or refuse it, found by what is asked. Each index is made when it is first asked for. */
import type { Chain, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { groupBy } from '../../../text/groupBy.ts';
import { readServiceComment } from './comments.ts';
import { type DispatchRule, readDispatchRule } from './dispatchRule.ts';
import { destinationsOf } from './destinations.ts';
import { byService, bySuffix } from './filedBy.ts';
import { serviceSuffix } from './hashes.ts';
import { readFamilyChain } from './roles.ts';
import { type FoundRule, RuleIndex } from './ruleIndex.ts';

export interface ReadRule extends FoundRule {
  readonly read: DispatchRule;
}

export class DispatchIndex {
  readonly #ruleset: Ruleset;
  readonly #text: string;
  readonly #nat: Table | null;
  /** KUBE-SERVICES, and KUBE-NODEPORTS, of table nat; none where there is no such chain. */
  readonly services: readonly Chain[];
  readonly nodePorts: readonly Chain[];
  /** KUBE-SERVICES and KUBE-EXTERNAL-SERVICES of table filter. */
  readonly refusals: readonly Chain[];
  #suffixes: RuleIndex | null = null;
  #named: RuleIndex | null = null;
  #refusedNames: RuleIndex | null = null;
  #refused: ReadonlyMap<string, readonly FoundRule[]> | null = null;
  #leftOver: readonly string[] | null = null;

  constructor(ruleset: Ruleset, nat: Table | null, filter: Table | null) {
    this.#ruleset = ruleset;
    this.#text = ruleset.text;
    this.#nat = nat;
    this.services = chainsOf(nat, 'KUBE-SERVICES');
    this.nodePorts = chainsOf(nat, 'KUBE-NODEPORTS');
    this.refusals = [...chainsOf(filter, 'KUBE-SERVICES'), ...chainsOf(filter, 'KUBE-EXTERNAL-SERVICES')];
  }

  /** Rules that may jump to a chain of this suffix. */
  jumpsTo(suffix: string): readonly FoundRule[] {
    return this.#jumps.at(suffix);
  }

  /** Those that do, each with what it says. */
  leadingTo(suffix: string): readonly ReadRule[] {
    return this.jumpsTo(suffix).flatMap((found) => {
      const read = readDispatchRule(found.rule, this.#text);
      return read !== null && suffixIn(read.target) === suffix ? [{ ...found, read }] : [];
    });
  }

  /** Rules that may name the Service (`default/web`), or for the empty word those that may name none. */
  naming(service: string): readonly FoundRule[] {
    this.#named ??= new RuleIndex(this.#text, [...this.services, ...this.nodePorts], byService);
    return [...this.#named.at(service), ...this.refusalsNaming(service)];
  }

  /** Of these, those that refuse. */
  refusalsNaming(service: string): readonly FoundRule[] {
    this.#refusedNames ??= new RuleIndex(this.#text, this.refusals, byService);
    return this.#refusedNames.at(service);
  }

  /** Rules that may take or refuse what is sent to an address, in one spelling per address; null: to node ports. */
  takingAt(address: string | null): readonly FoundRule[] {
    const found = [...this.services, ...this.refusals].flatMap((chain) =>
      destinationsOf(this.#ruleset, chain).at(address ?? ''),
    );
    if (address !== null) return found;
    return [...found, ...allOf(this.nodePorts)];
  }

  /** Rules that refuse what is sent to the port of this suffix: the hash of every refused one is worked out. */
  refusing(suffix: string): readonly FoundRule[] {
    return this.#refusedBySuffix.get(suffix) ?? [];
  }

  /** The suffixes of Service ports that a rule refuses. */
  refused(): Iterable<string> {
    return this.#refusedBySuffix.keys();
  }

  get #refusedBySuffix(): ReadonlyMap<string, readonly FoundRule[]> {
    return (this.#refused ??= groupBy(allOf(this.refusals), (found) => this.suffixOf(found) ?? ''));
  }

  /** The suffix of the Service port that a found rule is about; null where it is about none, or not about `port`. */
  suffixOf({ chain, rule }: FoundRule, port?: number): string | null {
    const read = readDispatchRule(rule, this.#text);
    if (read === null || (port !== undefined && read.port !== port)) return null;
    if (chain.table === 'filter') {
      const comment = readServiceComment(read.comment);
      return comment === null ? null : serviceSuffix(comment.name, read.protocol);
    }
    return suffixIn(read.target);
  }

  /** The suffixes of chains that no rule here jumps to: kube-proxy removes some late. */
  get leftOver(): readonly string[] {
    return (this.#leftOver ??= this.#findLeftOver());
  }

  #findLeftOver(): readonly string[] {
    const found = new Set<string>();
    for (const name of this.#nat?.chains.keys() ?? []) {
      // Without a look at the first letters, which all chains of kube-proxy share.
      if (name.charCodeAt(6) === LETTER_E && name.startsWith('KUBE-SEP-')) continue;
      const suffix = name.slice(-SUFFIX);
      const isUsed = this.#jumps.has(suffix, (end) => this.#text.startsWith(suffix, end - SUFFIX));
      if (isUsed || readFamilyChain(name) === null) continue;
      if (!this.jumpsTo(suffix).some((each) => this.suffixOf(each) === suffix)) found.add(suffix);
    }
    return [...found];
  }

  get #jumps(): RuleIndex {
    return (this.#suffixes ??= new RuleIndex(this.#text, [...this.services, ...this.nodePorts], bySuffix));
  }
}

const SUFFIX = 16;
/** The second letter of SEP. */
const LETTER_E = 69;

/** Of the chain of a Service port; null for any other target. */
function suffixIn(target: string): string | null {
  const found = readFamilyChain(target);
  return found === null || found.kind === 'sep' ? null : found.suffix;
}

function chainsOf(table: Table | null, name: string): readonly Chain[] {
  const chain = table?.chains.get(name);
  return chain === undefined ? [] : [chain];
}

function allOf(chains: readonly Chain[]): readonly FoundRule[] {
  return chains.flatMap((chain) => chain.rules.map((rule) => ({ chain, rule })));
}
