/**
 * What the chains of a Service port do but for its own values: two of one shape, whose values nothing else tells apart, do the
 * same to packets that come to them alike.
 */
import { textsOf } from '../../../rules/iptables/compact/compactTable.ts';
import type { Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { type RegularChain, type RegularChains, regularChains } from '../../modes/iptables/regular.ts';
import { type ChainFamilyKind, familyKindOf, readFamilyChain } from '../../modes/iptables/roles.ts';
import { tableNamed } from '../../rulesets.ts';
import type { Landmarks } from './landmarks.ts';
import type { Member } from './members.ts';
import { MARKED, type MarkRule, readMark } from './markRule.ts';
import { wordsOfRule } from './ruleValues.ts';

export interface Shape {
  readonly words: string;
  /** Whom it sends to, in the order of the rules. */
  readonly endpoints: readonly string[];
  /** The classes of those whose packets come in as those of a pod of this node. */
  readonly local: ReadonlySet<string>;
}

const NOBODY: ReadonlySet<string> = new Set();

/** The chain that a rule leads to. */
const LEADS = / -[jg] (KUBE-[A-Z]+-[A-Z2-7]{16})$/;
/** The list of clients that an endpoint has served, which has the name of its chain. */
const LIST = / --name (KUBE-SEP-[A-Z2-7]{16})(?= )/;

/** Chains behind chains that are looked at; kube-proxy has three. */
const DEEPEST = 6;

type RegularBalance = Extract<RegularChain, { readonly kind: 'balance' }>;

export class Shapes {
  readonly #ruleset: Ruleset;
  readonly #nat: Table | null;
  readonly #regular: RegularChains['regular'];
  readonly #landmarks: Landmarks;
  readonly #changed: ReadonlySet<string> | null;
  #last = { addressClass: '', port: -1, words: '' };

  /** `changed`: chains of table nat that say something else in another state. What leads to one is of no class. */
  constructor(ruleset: Ruleset, landmarks: Landmarks, changed: ReadonlySet<string>) {
    this.#ruleset = ruleset;
    this.#nat = tableNamed(ruleset, 'nat');
    this.#regular = regularChains(ruleset, this.#nat).regular;
    this.#landmarks = landmarks;
    this.#changed = changed.size === 0 ? null : changed;
  }

  /** Null where it is of no class. */
  of(member: Member): Shape | null {
    const { target } = member;
    const suffix = target === null ? null : readFamilyChain(target)?.suffix;
    if (target === null || suffix == null) return null;
    const own: Own = { member, suffix, endpoints: [], local: null };
    const words = this.#chain(target, own, 0);
    return words === null ? null : { words, endpoints: own.endpoints, local: own.local ?? NOBODY };
  }

  #chain(name: string, own: Own, depth: number): string | null {
    const chain = this.#nat?.chains.get(name);
    const kind = familyKindOf(name);
    if (chain === undefined || kind === null || depth > DEEPEST || this.#changed?.has(name)) return null;
    const regular = this.#regular.get(chain);
    if (regular?.kind === 'balance') return this.#balance(kind, regular, own);
    if (kind === 'sep') return this.#endpoint(regular, own);
    const words: string[] = [];
    for (const line of textsOf(this.#ruleset, chain)) {
      const mark = line.endsWith(MARKED) ? readMark(wordsOfRule(line)) : null;
      const read =
        mark !== null && kind.startsWith('sv')
          ? markWords(mark, own.member)
          : this.#rule(line, name, own, depth);
      if (read === null) return null;
      words.push(read);
    }
    return `${kind}(${words.join(';')})`;
  }

  /** HOT PATH: the chance of each endpoint follows from where it stands. */
  #balance(kind: ChainFamilyKind, { mark, remembered, endpoints }: RegularBalance, own: Own): string | null {
    const marks = mark === null ? null : readMark(wordsOfRule(mark));
    if (mark !== null && marks === null) return null;
    let words = `${kind}(${marks === null ? '' : markWords(marks, own.member)};${remembered ? 'back' : ''}`;
    for (const chain of endpoints) {
      if (this.#changed?.has(chain.name)) return null;
      const read = this.#endpoint(this.#regular.get(chain), own);
      if (read === null) return null;
      words += `;${read}`;
    }
    return `${words})`;
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
  #endpoint(regular: RegularChain | undefined, own: Own): string | null {
    if (regular?.kind !== 'endpoint') return null;
    const { to, address, remembers } = regular;
    const { endpoints, member } = own;
    const addressClass = this.#landmarks.addressClass(address);
    if (addressClass === null || address === member.address) return null;
    if (this.#landmarks.isLocalPod(address, addressClass)) (own.local ??= new Set()).add(addressClass);
    const before = endpoints.indexOf(address);
    endpoints.push(address);
    const place = this.#place(addressClass, portOf(to));
    return before === -1 && !remembers
      ? place
      : `${place}${before === -1 ? '' : `=${before}`}${remembers ? 'recent' : ''}`;
  }

  /** Of one endpoint after the other it is mostly the same. */
  #place(addressClass: string, port: number): string {
    const last = this.#last;
    if (last.port !== port || last.addressClass !== addressClass)
      this.#last = { addressClass, port, words: `${addressClass}:${this.#landmarks.portClass(port)}` };
    return this.#last.words;
  }
}

const COLON = 58;
const ZERO = 48;

/** HOT PATH. `10.244.1.5:8080` → 8080 */
function portOf(to: string): number {
  let port = 0;
  for (let at = to.length - 1, unit = 1; at >= 0; at--, unit *= 10) {
    const code = to.charCodeAt(at);
    if (code === COLON) break;
    port += (code - ZERO) * unit;
  }
  return port;
}

interface Own {
  readonly member: Member;
  /** Of its chains' names. */
  readonly suffix: string;
  /** Those that were met. */
  readonly endpoints: string[];
  /** Null for none. */
  local: Set<string> | null;
}

/** By whether it is for the member's own address. */
function markWords({ who, host, port, protocol }: MarkRule, own: Member): string {
  return `!${who} ${host === own.address} ${protocol === own.protocol} ${port === own.port}`;
}
