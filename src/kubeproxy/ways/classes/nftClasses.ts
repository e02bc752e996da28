/**
 * Classes of frontends in nftables mode (`classes.ts` says what a class is). A frontend's rules are the elements of maps that
 * have its address and port, and the chains that these lead to.
 */
import type { Family } from '../../../kernel/flow.ts';
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import type { Element } from '../../../rules/nftables/expressions.ts';
import { printRule } from '../../../rules/nftables/printing/statements.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import { setNamed } from '../../../rules/nftables/sets.ts';
import type { Steps } from '../../../values/steps.ts';
import type { Analysis } from '../../analysis.ts';
import { podCandidates } from '../../form/somePod.ts';
import type { ProxyTable } from '../../modes/nftables/proxyTable.ts';
import { type Classes, filed } from './classes.ts';
import { Landmarks } from './landmarks.ts';
import type { Member } from './members.ts';
import { isOwnChain, PlaceSets } from './placeSets.ts';
import type { Range } from './ranges.ts';
import { textValues } from './ruleValues.ts';
import type { Shape } from './shapes.ts';

const MEMBERS_PER_STEP = 200;

export function* nftClassesOf(
  analysis: Analysis,
  family: Family,
  members: readonly Member[],
): Steps<Classes> {
  const table = analysis.modes.nftables.tables.find((each) => each.family === family);
  const sets = table === undefined ? null : PlaceSets.of(table);
  if (table === undefined || sets === null) return { classes: [], alone: members };
  yield;
  const shapes = new NftShapes(table, sets);
  const drafts = new Map<Member, Draft>();
  for (const [index, member] of members.entries()) {
    const draft = shapes.of(member);
    if (draft !== null) drafts.set(member, draft);
    if (index % MEMBERS_PER_STEP === 0) yield;
  }
  const named = rangesIn(drafts.values(), family);
  const landmarks =
    named === null
      ? null
      : Landmarks.ofNative(analysis, family, named, {
          isChain: (chain) => isOwnChain(table, chain),
          isSet: (of, name) => of === table.name && (sets.names.has(name) || name.startsWith('affinity-')),
        });
  if (landmarks === null) return { classes: [], alone: members };
  yield;
  const shaped = new Map<Member, Shape>();
  for (const [member, draft] of drafts) {
    const shape = shapeOf(member, draft, landmarks, sets);
    if (shape !== null) shaped.set(member, shape);
  }
  yield;
  return filed({ members, besides: [] }, shaped, landmarks, [podCandidates(family, analysis)]);
}

/** What the rules of a frontend say: words, with `<own>` for its address, and endpoints. */
type Token = string | Endpoint;

interface Endpoint {
  readonly address: string;
  readonly port: number | null;
}

/** Words that stand side by side are one. */
function say(tokens: Token[], words: string): void {
  const last = tokens.length - 1;
  const before = tokens[last];
  if (typeof before === 'string') tokens[last] = before + words;
  else tokens.push(words);
}

interface Draft {
  readonly tokens: readonly Token[];
  /** Addresses and networks that are nobody's own. */
  readonly named: readonly string[];
}

function rangesIn(drafts: Iterable<Draft>, family: Family): readonly Range[] | null {
  const texts = new Set<string>();
  for (const { named } of drafts) for (const each of named) texts.add(each);
  const found: Range[] = [];
  for (const text of texts) {
    const values = textValues(text, family);
    if (values === 'unclear') return null;
    for (const each of values.addresses) found.push(each);
  }
  return found;
}

const CHAIN = /(?:service|local|external|endpoint|firewall)-[A-Z2-7]{8}-[^\s,{}"]+/u;
const AFFINITY = /@(affinity-[A-Z2-7]{8}-[^\s,{}"]+)/u;
const QUAD = /(?:\d+\.){3}\d+(?:\/\d+)?/u;
const GROUPS = /\[?(?:[\da-f]{1,4}:|::)[\da-f:.]*:[\da-f:.]*\]?(?:\/\d+)?/u;
const TOKENS = new RegExp(
  `(${CHAIN.source})|${AFFINITY.source}|(${GROUPS.source}|${QUAD.source})(?:(?::| \\. )(\\d+))?`,
  'gu',
);
/** Chains behind chains that are looked at; kube-proxy has three. */
const DEEPEST = 6;

class NftShapes {
  readonly #table: ProxyTable;
  readonly #sets: PlaceSets;
  readonly #lines = new Map<PlacedChain, readonly string[]>();

  constructor(table: ProxyTable, sets: PlaceSets) {
    this.#table = table;
    this.#sets = sets;
  }

  /** Null where it is of no class. */
  of(member: Member): Draft | null {
    const tokens: Token[] = [];
    const named: string[] = [];
    const into = { member, tokens, named, self: null };
    for (const [set, element] of this.#sets.at(member)) {
      say(tokens, `${set}=`);
      if (!this.#element(element, into)) return null;
    }
    return { tokens, named };
  }

  #element({ data, statements }: Element, into: Into): boolean {
    if (statements.length > 0) return false;
    if (data === null) return true;
    if (data.kind !== 'verdict') return this.#line(`dnat to ${printExpression(data)}`, into, 0);
    const { verdict, target } = data;
    say(into.tokens, verdict);
    return target === null || this.#chain(target.text, into, 0);
  }

  /** A chain of no Service is the same for all. */
  #chain(name: string, into: Into, depth: number): boolean {
    const chain = this.#table.chains.get(name);
    const read = chain === undefined ? undefined : this.#table.portChains.get(chain);
    if (chain === undefined || depth > DEEPEST) return false;
    if (read === undefined) {
      say(into.tokens, name);
      return true;
    }
    say(into.tokens, `${read.kind}(`);
    const lines = this.#linesOf(chain);
    const self = read.kind === 'endpoint' ? targetIn(lines) : null;
    for (const line of lines) if (!this.#line(line, { ...into, self }, depth)) return false;
    say(into.tokens, ')');
    return true;
  }

  #linesOf(chain: PlacedChain): readonly string[] {
    const known = this.#lines.get(chain);
    if (known !== undefined) return known;
    const { text } = this.#table.ruleset;
    const lines = chain.rules.map((rule) =>
      printRule(
        { ...rule, comment: null, statements: rule.statements.filter(({ kind }) => kind !== 'counter') },
        text,
        '',
      ),
    );
    this.#lines.set(chain, lines);
    return lines;
  }

  #line(line: string, into: Into, depth: number): boolean {
    if (UNCLEAR.test(line)) return false;
    const translates = line.includes('dnat ');
    let from = 0;
    for (const found of line.matchAll(TOKENS)) {
      const [whole, chain, affinity, address, port] = found;
      say(into.tokens, line.slice(from, found.index));
      from = found.index + whole.length;
      if (chain !== undefined) {
        if (!this.#chain(chain, into, depth + 1)) return false;
      } else if (affinity !== undefined) {
        if (!this.#isEmpty(affinity)) return false;
        say(into.tokens, '@affinity');
      } else if (address !== undefined) takeAddress(address, port, translates, into);
    }
    say(into.tokens, `${line.slice(from)};`);
    return true;
  }

  /** Nobody is remembered. */
  #isEmpty(set: string): boolean {
    return setNamed(this.#table.ruleset, this.#table.name, set)?.elements.length === 0;
  }
}

interface Into {
  readonly member: Member;
  readonly tokens: Token[];
  readonly named: string[];
  /** To whom the chain translates that is read, where it is one endpoint's. */
  readonly self: string | null;
}

const TARGET = /dnat (?:ip6? )?to (?:\[([^\]]+)\]|([\d.]+)):\d+$/u;

function targetIn(lines: readonly string[]): string | null {
  const found = lines.flatMap((line) => TARGET.exec(line) ?? []);
  return found[1] ?? found[2] ?? null;
}

/** What looks at more of a packet than whole addresses and ports. */
const UNCLEAR = /@[nt]h,|@ll,|hash |\bxt\b|\bqueue\b|\btproxy\b/u;

function takeAddress(text: string, port: string | undefined, translates: boolean, into: Into): void {
  const address = text.replace(/^\[|\]$/gu, '');
  if (translates && !address.includes('/')) {
    into.tokens.push({ address, port: port === undefined ? null : Number(port) });
    return;
  }
  const behind = port === undefined ? '' : `:${port}`;
  if (address === into.member.address) say(into.tokens, `<own>${behind}`);
  else if (address === into.self) say(into.tokens, '<self>');
  else {
    say(into.tokens, `${address}${behind}`);
    into.named.push(address);
  }
}

/** Two endpoints with one address are known as such. */
function shapeOf(
  { address, protocol }: Member,
  { tokens }: Draft,
  landmarks: Landmarks,
  sets: PlaceSets,
): Shape | null {
  const endpoints: string[] = [];
  const local = new Set<string>();
  let words = '';
  for (const token of tokens) {
    if (typeof token === 'string') words += token;
    else {
      const of = landmarks.addressClass(token.address);
      if (of === null || token.port === null || token.address === address) return null;
      const before = endpoints.indexOf(token.address);
      endpoints.push(token.address);
      if (landmarks.isLocalPod(token.address, of)) local.add(of);
      const kept = [...sets.at({ address: token.address, protocol, port: token.port })];
      const held = kept
        .map(([set, { data }]) => `${set}${data === null ? '' : printExpression(data)}`)
        .join();
      words += `<${of}:${landmarks.portClass(token.port)}${before === -1 ? '' : `=${before}`} ${held}>`;
    }
  }
  return { words, endpoints, local };
}
