/**
 * HOT PATH: finds, in the bare text of a rule, the one thing that most packets differ in (an address, a port, an
 * interface), mostly without reading the rule. Whatever is not plain is left to the walk.
 */
import { findMatch } from '../../../rules/iptables/catalogue/matches.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Option, Rule } from '../../../rules/iptables/nodes.ts';
import { WordScanner } from '../../../rules/iptables/scanner/wordScanner.ts';
import type { Family } from '../../../kernel/flow.ts';
import { quadNumber } from '../../../values/address.ts';
import { readInterface } from '../../../values/names.ts';
import { readPortRange } from '../../../values/ports.ts';
import {
  type Dimension,
  dimensionOf,
  hasPortOptions,
  isAskedInOrder,
  meaningOfOption,
} from './plainWords.ts';

/** Addresses: a signed 32-bit number in IPv4, a bigint in IPv6; ports: numbers; interfaces: names. */
export type KeyValue = bigint | number | string;

/** What a packet must have for the rule to match; `prefix` is the length of an address's mask. */
export interface RuleKey {
  readonly dimension: Dimension;
  readonly prefix: number;
  readonly value: KeyValue;
}

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
  const found = keyInText(new WordScanner(text, rule.start, rule.end), family);
  return found === 'unsure' ? keyOfNodes(rule, family) : found;
}

/** The key by the bare words; `unsure` where they are not those that iptables-save writes. */
function keyInText(words: WordScanner, family: Family): RuleKey | null | 'unsure' {
  let best: RuleKey | null = null;
  let isNegated = false;
  let hasPorts = false;
  while (words.next()) {
    if (words.quoted) return 'unsure';
    if (words.text === '!') {
      isNegated = true;
      continue;
    }
    if (words.text.charCodeAt(0) === DASH) {
      const meaning = meaningOfOption(words.text);
      if (meaning === null) return 'unsure';
      if (meaning === 'text') words.next();
      else if (meaning === 'match') {
        if (!words.next() || findMatch(words.text) === null) return 'unsure';
        if (isAskedInOrder(words.text)) return best;
        hasPorts ||= hasPortOptions(words.text);
      } else if (meaning !== 'other' && !isNegated) {
        const isPort = meaning === 'destinationPort' || meaning === 'sourcePort';
        if ((isPort && !hasPorts) || !words.next() || isNoValue(words.text)) return 'unsure';
        best = better(best, keyOf(meaning, words.text, family));
        if (best?.dimension === 'destination' && isHost(best, family)) return best;
      }
    }
    isNegated = false;
  }
  return best;
}

const DASH = 45;

/** `-d ! 10.0.0.0/8` of old, or an option whose value is missing. */
function isNoValue(word: string): boolean {
  return word === '!' || word.charCodeAt(0) === DASH;
}

/** The key of a rule whatever its spelling: its words are read. */
function keyOfNodes(rule: Rule, family: Family): RuleKey | null {
  let best: RuleKey | null = null;
  for (const option of rule.general) best = better(best, keyOfOption(null, option, family));
  for (const match of rule.matches) {
    const name = canonicalName(match);
    if (isAskedInOrder(name)) break;
    for (const option of match.options) best = better(best, keyOfOption(name, option, family));
  }
  return best;
}

function keyOfOption(match: string | null, option: Option, family: Family): RuleKey | null {
  const dimension = dimensionOf(match, canonicalName(option));
  const value = option.values[0]?.text;
  if (dimension === null || value === undefined || option.negation !== null) return null;
  return keyOf(dimension, value, family);
}

function better(best: RuleKey | null, key: RuleKey | null): RuleKey | null {
  if (key === null || best === null) return best ?? key;
  return preference.indexOf(key.dimension) < preference.indexOf(best.dimension) ? key : best;
}

function isHost(key: RuleKey, family: Family): boolean {
  return key.prefix === (family === 4 ? 32 : 128);
}

function keyOf(dimension: Dimension, word: string, family: Family): RuleKey | null {
  if (dimension === 'destination' || dimension === 'source') return addressKey(dimension, word, family);
  if (dimension === 'destinationPort' || dimension === 'sourcePort') {
    if (/^[1-9]\d{0,3}$/.test(word)) return { dimension, prefix: 0, value: Number(word) };
    const read = readPortRange(word);
    if (read.kind !== 'value' || read.value.from !== read.value.to) return null;
    return { dimension, prefix: 0, value: read.value.from };
  }
  const name = readInterface(word);
  return name.kind !== 'value' || name.value.prefix ? null : { dimension, prefix: 0, value: word };
}

function addressKey(dimension: Dimension, word: string, family: Family): RuleKey | null {
  const slash = word.indexOf('/');
  const host = slash === -1 ? word : word.slice(0, slash);
  const width = family === 4 ? 32 : 128;
  const length = slash === -1 ? `${width}` : word.slice(slash + 1);
  const prefix = /^[1-9]\d{0,2}$/.test(length) ? Number(length) : 0;
  if (prefix < 1 || prefix > width) return null;
  const value = family === 4 ? quadNumber(host) : ipv6Number(host);
  if (value === null) return null;
  return { dimension, prefix, value: maskKey(value, prefix, family) };
}

/** An address cut to its first `prefix` (at least 1) bits. */
export function maskKey(value: bigint | number, prefix: number, family: Family): bigint | number {
  if (family === 4) return Number(value) & (-1 << (32 - prefix));
  const shift = BigInt(128 - prefix);
  return (BigInt(value) >> shift) << shift;
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
