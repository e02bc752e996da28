/**
 * HOT PATH: finds, in the bare text of a rule, the one thing that most packets differ in (an address, a port, an
 * interface), without reading the rule. Whatever is not plain is left to the walk.
 */
import type { Rule } from '../../../rules/iptables/nodes.ts';
import type { Family } from '../../../kernel/flow.ts';

export type Dimension = 'destination' | 'source' | 'destinationPort' | 'sourcePort' | 'input' | 'output';

/** Addresses: a signed 32-bit number in IPv4, a bigint in IPv6; ports: numbers; interfaces: names. */
export type KeyValue = bigint | number | string;

/** What a packet must have for the rule to match; `prefix` is the length of an address's mask. */
export interface RuleKey {
  readonly dimension: Dimension;
  readonly prefix: number;
  readonly value: KeyValue;
}

/** Options whose next word is free text, which might look like an option. */
const freeText = new Set([
  '--comment',
  '--log-prefix',
  '--nflog-prefix',
  '--string',
  '--hex-string',
  '--name',
  '--nfacct-name',
]);

const dimensions: ReadonlyMap<string, Dimension> = new Map([
  ['-d', 'destination'],
  ['--destination', 'destination'],
  ['-s', 'source'],
  ['--source', 'source'],
  ['--dport', 'destinationPort'],
  ['--sport', 'sourcePort'],
  ['-i', 'input'],
  ['--in-interface', 'input'],
  ['-o', 'output'],
  ['--out-interface', 'output'],
]);

/** In which order a rule is filed: by the first of these that it has. */
const preference: readonly Dimension[] = [
  'destination',
  'source',
  'destinationPort',
  'sourcePort',
  'input',
  'output',
];

/** The key to file `rule` under; null for a rule that has to be looked at for every packet. */
export function ruleKey(text: string, rule: Rule, family: Family): RuleKey | null {
  const words = new Words(text, rule.start, rule.end);
  let best: RuleKey | null = null;
  let isNegated = false;
  for (let word = words.next(); word !== null; word = words.next()) {
    if (word === '!') {
      isNegated = true;
      continue;
    }
    const dimension = dimensions.get(word);
    if (dimension !== undefined && !isNegated) {
      const key = keyOf(dimension, words.next(), family);
      if (key?.dimension === 'destination' && isHost(key, family)) return key;
      if (key !== null && (best === null || isBetter(key, best))) best = key;
    } else if (freeText.has(word)) words.next();
    isNegated = false;
  }
  return best;
}

function isHost(key: RuleKey, family: Family): boolean {
  return key.prefix === (family === 4 ? 32 : 128);
}

function isBetter(key: RuleKey, best: RuleKey): boolean {
  return preference.indexOf(key.dimension) < preference.indexOf(best.dimension);
}

function keyOf(dimension: Dimension, word: string | null, family: Family): RuleKey | null {
  if (word === null) return null;
  if (dimension === 'destination' || dimension === 'source') return addressKey(dimension, word, family);
  if (dimension === 'destinationPort' || dimension === 'sourcePort') {
    return /^\d{1,5}$/.test(word) ? { dimension, prefix: 0, value: Number(word) } : null;
  }
  return word === '!' || word.endsWith('+') || /["'\\]/.test(word)
    ? null
    : { dimension, prefix: 0, value: word };
}

function addressKey(dimension: Dimension, word: string, family: Family): RuleKey | null {
  const slash = word.indexOf('/');
  const host = slash === -1 ? word : word.slice(0, slash);
  const width = family === 4 ? 32 : 128;
  const prefix = slash === -1 ? width : Number(word.slice(slash + 1));
  if (!Number.isInteger(prefix) || prefix < 1 || prefix > width) return null;
  const value = family === 4 ? ipv4Number(host) : ipv6Number(host);
  if (value === null) return null;
  return { dimension, prefix, value: maskKey(value, prefix, family) };
}

/** An address cut to its first `prefix` (at least 1) bits. */
export function maskKey(value: bigint | number, prefix: number, family: Family): bigint | number {
  if (family === 4) return Number(value) & (-1 << (32 - prefix));
  const shift = BigInt(128 - prefix);
  return (BigInt(value) >> shift) << shift;
}

/** `10.96.0.1` → its number; null for anything else (also for octal and short forms). */
function ipv4Number(text: string): number | null {
  let value = 0;
  let part = 0;
  let digits = 0;
  let parts = 1;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 46) {
      if (digits === 0) return null;
      value = value * 256 + part;
      part = 0;
      digits = 0;
      parts++;
    } else {
      if (code < 48 || code > 57 || (digits > 0 && part === 0)) return null;
      part = part * 10 + code - 48;
      digits++;
      if (part > 255) return null;
    }
  }
  return parts === 4 && digits > 0 ? value * 256 + part : null;
}

/** `fd00::1` → its number; null for anything that is not plain groups of hexadecimal digits. */
function ipv6Number(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2 || text.includes('.')) return null;
  const head = groupsOf(halves[0] ?? '');
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`);
}

function groupsOf(text: string): readonly string[] | null {
  if (text === '') return [];
  const groups = text.split(':');
  return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) ? groups : null;
}

const BLANK = 32;
const QUOTE = 34;
const BACKSLASH = 92;

/** The words of a rule between blanks; a quoted word counts as one and is given with its quotes. */
class Words {
  readonly #text: string;
  readonly #end: number;
  #at: number;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
  }

  next(): string | null {
    while (this.#at < this.#end && isBlank(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#at >= this.#end) return null;
    const start = this.#at;
    let quoted = false;
    for (; this.#at < this.#end; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === BACKSLASH) this.#at++;
      else if (code === QUOTE) quoted = !quoted;
      else if (!quoted && isBlank(code)) break;
    }
    return this.#text.slice(start, this.#at);
  }
}

function isBlank(code: number): boolean {
  return code === BLANK || code === 9;
}
