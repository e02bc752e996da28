/**
 * What the chains of a Service port do but for its own values: two of one shape, whose values nothing else tells apart, do the
 * same to packets that come to them alike.
 */
import { textsOf } from '../../../rules/iptables/compact/compactTable.ts';
import type { Chain, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { readFamilyChain } from '../../modes/iptables/roles.ts';
import { tableNamed } from '../../rulesets.ts';
import type { Landmarks } from './landmarks.ts';
import type { Member } from './members.ts';
import { MARKED, type MarkRule, readMark } from './markRule.ts';
import { wordsOfRule } from './ruleValues.ts';

export interface Shape {
  readonly words: string;
  /** Whom it sends to, in the order of the rules. */
  readonly endpoints: readonly string[];
}

/** The chain that a rule leads to. */
const LEADS = / -[jg] (KUBE-[A-Z]+-[A-Z2-7]{16})$/;
/** The list of clients that an endpoint has served, which has the name of its chain. */
const LIST = / --name (KUBE-SEP-[A-Z2-7]{16})(?= )/;
const TO = ' --to-destination ';

/** Chains behind chains that are looked at; kube-proxy has three. */
const DEEPEST = 6;

export class Shapes {
  readonly #ruleset: Ruleset;
  readonly #nat: Table | null;
  readonly #regular: ReadonlySet<Chain>;
  readonly #landmarks: Landmarks;

  constructor(ruleset: Ruleset, landmarks: Landmarks) {
    this.#ruleset = ruleset;
    this.#nat = tableNamed(ruleset, 'nat');
    this.#regular = regularChains(ruleset, this.#nat).regular;
    this.#landmarks = landmarks;
  }

  /** Null where it is of no class. */
  of(member: Member): Shape | null {
    const { target } = member;
    const suffix = target === null ? null : readFamilyChain(target)?.suffix;
    if (target === null || suffix == null) return null;
    const endpoints: string[] = [];
    const words = this.#chain(target, { member, suffix, endpoints }, 0);
    return words === null ? null : { words, endpoints };
  }

  #chain(name: string, own: Own, depth: number): string | null {
    const chain = this.#nat?.chains.get(name);
    const kind = readFamilyChain(name)?.kind;
    if (chain === undefined || kind === undefined || depth > DEEPEST) return null;
    if (kind === 'sep') return this.#endpoint(chain, own);
    const isRegular = this.#regular.has(chain);
    const words: string[] = [];
    for (const line of textsOf(this.#ruleset, chain)) {
      const mark = line.endsWith(MARKED) ? readMark(wordsOfRule(line)) : null;
      const read =
        mark !== null && kind.startsWith('sv')
          ? markWords(mark, own.member)
          : isRegular
            ? this.#balance(line, own)
            : this.#rule(line, name, own, depth);
      if (read === null) return null;
      words.push(read);
    }
    return `${kind}(${words.join(';')})`;
  }

  /** HOT PATH: a rule of a regular chain that does not mark leads to an endpoint, by a chance that follows from where it stands. */
  #balance(line: string, own: Own): string | null {
    const chain = this.#nat?.chains.get(line.slice(line.lastIndexOf(' ') + 1));
    return chain === undefined || readFamilyChain(chain.name)?.kind !== 'sep'
      ? null
      : this.#endpoint(chain, own);
  }

  /** The rule without its comment and its chain's name; what it leads to of the Service's own stands in place of the name. */
  #rule(line: string, chain: string, own: Own, depth: number): string | null {
    const words = wordsOfRule(line).slice('-A '.length + chain.length);
    const to = LEADS.exec(words)?.[1];
    const found = to === undefined ? null : readFamilyChain(to);
    if (to === undefined || found === null) return words;
    if (found.kind !== 'sep' && found.suffix !== own.suffix) return null;
    const next = this.#chain(to, own, depth + 1);
    const rest = words.slice(0, -to.length);
    return next === null ? null : `${LIST.exec(rest)?.[1] === to ? rest.replace(LIST, '') : rest}${next}`;
  }

  /** Two endpoints with one address are known as such, and what is not written as kube-proxy does is of no class. */
  #endpoint(chain: Chain, { endpoints, member }: Own): string | null {
    if (!this.#regular.has(chain)) return null;
    const [, line = ''] = textsOf(this.#ruleset, chain);
    const to = line.slice(line.lastIndexOf(TO) + TO.length);
    const colon = to.lastIndexOf(':');
    const address = to.slice(0, colon).replace(/^\[|\]$/g, '');
    const port = to.slice(colon + 1);
    const addressClass = this.#landmarks.addressClass(address);
    if (addressClass === null || address === member.address) return null;
    const before = endpoints.indexOf(address);
    endpoints.push(address);
    const remembers = line.includes(' -m recent ') ? 'recent' : '';
    return `${addressClass}:${this.#landmarks.portClass(Number(port))}${before === -1 ? '' : `=${before}`}${remembers}`;
  }
}

interface Own {
  readonly member: Member;
  /** Of its chains' names. */
  readonly suffix: string;
  /** Those that were met. */
  readonly endpoints: string[];
}

/** By whether it is for the member's own address. */
function markWords({ who, host, port, protocol }: MarkRule, own: Member): string {
  return `!${who} ${host === own.address} ${protocol === own.protocol} ${port === own.port}`;
}
