/** The address of somebody outside who stands for any: what the rules do to it, they must not do for its own sake. */
import { contains, type Family, parseAddress } from '../../values/address.ts';
import { readAddressRange, readNetwork } from '../../values/networks.ts';
import type { Analysis } from '../analysis.ts';

/**
 * Far from each other. The blocks for documentation first, which no cluster has (RFC 5737, RFC 3849, RFC 9637); behind them
 * known resolvers, for rules that refuse every block that is not routed.
 */
export const outsideAddresses: Readonly<Record<Family, readonly [string, ...string[]]>> = {
  4: ['203.0.113.9', '198.51.100.9', '9.9.9.9', '8.8.8.8', '1.1.1.1'],
  6: ['2001:db8::9', '3fff::9', '2620:fe::fe'],
};

/** Of a range of IPv6, or a network with a mask. */
const LONGEST = 80;

/** Of rules: by address what is known. */
const read = new WeakMap<object, Map<string, boolean>>();

/** One that neither rules nor sets name, nor a network of it; where they name each, the first. `but`: another one than that. */
export function outsideAddress(analysis: Analysis, family: Family, but: string | null = null): string {
  const { rulesets, sources, files } = analysis;
  const own = rulesets[family];
  const native = sources.nftText?.ruleset ?? null;
  const sets = files.get('ipset-save.txt') ?? '';
  const isNamed = (address: string): boolean =>
    [own, native].some((ruleset) => ruleset !== null && isNamedBy(address, ruleset)) ||
    isNamedIn(address, sets);
  const left = outsideAddresses[family].filter((address) => address !== but);
  return left.find((address) => !isNamed(address)) ?? left[0] ?? outsideAddresses[family][0];
}

/** Asked of few addresses: to look for one that begins with a single digit, all of a dump is read. */
function isNamedBy(address: string, ruleset: { readonly text: string }): boolean {
  const known = read.get(ruleset) ?? new Map<string, boolean>();
  read.set(ruleset, known);
  const is = known.get(address) ?? isNamedIn(address, ruleset.text);
  known.set(address, is);
  return is;
}

/** Whether the text has the address, or a network or a range that it is in and that begins with the same eight or sixteen bits. */
function isNamedIn(address: string, text: string): boolean {
  const [start = ''] = /^[\da-f]+[.:]/.exec(address) ?? [];
  for (let at = text.indexOf(start); at !== -1; at = text.indexOf(start, at + 1)) {
    if (!/[\da-f.:]/i.test(text.charAt(at - 1)) && isInside(address, wordAt(text, at))) return true;
  }
  return false;
}

function wordAt(text: string, at: number): string {
  return /^[\da-f.:/-]+/i.exec(text.slice(at, at + LONGEST))?.[0] ?? '';
}

/** In `203.0.113.0/24`, in `203.0.113.1-203.0.113.20`. */
function isInside(text: string, word: string): boolean {
  const address = parseAddress(text);
  if (address === null) return false;
  const range = readAddressRange(word, address.family);
  if (range.kind === 'value') return range.value.from <= address.value && address.value <= range.value.to;
  const network = readNetwork(word, address.family);
  return network.kind === 'value' && contains(network.value, address);
}
