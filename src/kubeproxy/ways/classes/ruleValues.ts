/**
 * Which addresses and ports the text of a rule names. It may find more than the rule asks about (any number is taken for a
 * port), and never less: a rule of which that cannot be said is `unclear`.
 */
import { type Address, type Family, parseAddress, prefixMask } from '../../../values/address.ts';
import type { Range } from './ranges.ts';

export interface RuleValues {
  readonly addresses: readonly Range[];
  readonly ports: readonly Range[];
}

/** Matches that look at nothing of a packet but whole addresses and ports, what is the same for packets of one vantage, or what nobody knows. */
const MATCHES: ReadonlySet<string> = new Set(
  `tcp udp sctp icmp icmp6 icmpv6 multiport iprange addrtype set comment conntrack state mark
  connmark limit statistic nfacct recent physdev pkttype owner rpfilter tos dscp ttl hl mac
  policy hashlimit connlimit dst eui64`.split(/\s+/),
);

/** Targets that do the same to all packets, or write what the rule names. */
const TARGETS: ReadonlySet<string> = new Set(
  `ACCEPT DROP RETURN REJECT MARK CONNMARK MASQUERADE SNAT DNAT REDIRECT LOG NFLOG NOTRACK CT
  TCPMSS TOS DSCP CLASSIFY CHECKSUM TRACE`.split(/\s+/),
);

/** ` --comment "anything"`, and the counters before the rule. */
const COMMENT = / --comment (?:"(?:[^"\\]|\\.)*"|\S+)/g;
const COUNTERS = /^\[\d+:\d+\] /;
const MATCH = / -m (\S+)/g;
const TARGET = / -[jg] (\S+)/;
/** A port by its name, which only a table of names reads. */
const NAMED_PORT = / --(?:\w*ports?|\w+-ports?|\w*port) (?:! )?(?=\S*[a-z])/i;
/** A range of addresses to choose from, which the kernel does by a hash of the packet's. */
const CHOICE = / --to-(?:source|destination) \[?[\da-f.:]+-/i;

/** The words of a rule that decide. */
export function wordsOfRule(line: string): string {
  return line.replace(COUNTERS, '').replace(COMMENT, '');
}

/** `isChain`: whether its table has a chain of this name. `line`: as `wordsOfRule` gives it. */
export function valuesIn(
  line: string,
  family: Family,
  isChain: (name: string) => boolean,
): RuleValues | 'unclear' {
  const target = TARGET.exec(line)?.[1];
  const isKnown = target === undefined || TARGETS.has(target) || isChain(target);
  if (!isKnown || NAMED_PORT.test(line) || CHOICE.test(line)) return 'unclear';
  for (const [, name = ''] of line.matchAll(MATCH)) if (!MATCHES.has(name)) return 'unclear';
  return textValues(line.slice(line.indexOf(' ', line.indexOf(' ') + 1) + 1), family);
}

/** An address, with a mask or as the first of a range. */
const QUAD = /(?<![\w.:])(\d+\.\d+\.\d+\.\d+)(?:\/([\d.]+)|-(\d+\.\d+\.\d+\.\d+))?/g;
const GROUPS =
  /(?<![\w.:])((?:[\da-f]{0,4}:){2,7}[\da-f.]*)(?:\/(\d+|[\da-f:]+)|-((?:[\da-f]{0,4}:){2,7}[\da-f.]*))?/gi;
const PORTS = /(\d+)(?:[:-](\d+))?/g;

/** The same of any text: of rules, of elements of sets. */
export function textValues(text: string, family: Family): RuleValues | 'unclear' {
  const addresses: Range[] = [];
  for (const [, host = '', mask, last] of text.matchAll(family === 4 ? QUAD : GROUPS)) {
    const address = parseAddress(host);
    if (address === null || address.family !== family) continue;
    const range = last === undefined ? masked(address, mask) : upTo(address, parseAddress(last));
    if (range === null) return 'unclear';
    addresses.push(range);
  }
  const ports: Range[] = [];
  for (const [, first = '', last] of text.matchAll(PORTS)) {
    if (first.length > MOST_DIGITS) continue;
    ports.push({ from: BigInt(first), to: BigInt(first) });
    if (last !== undefined && last.length <= MOST_DIGITS && Number(last) >= Number(first))
      ports.push({ from: BigInt(first), to: BigInt(last) });
  }
  return { addresses, ports };
}

/** Of a port. */
const MOST_DIGITS = 5;

/** The addresses of a network; null for a mask that has holes, or is none. */
function masked({ family, value }: Address, mask: string | undefined): Range | null {
  const width = family === 4 ? 32 : 128;
  const length = mask === undefined ? width : /^\d+$/.test(mask) ? Number(mask) : lengthOf(mask, family);
  if (length === null || length > width) return null;
  const bits = prefixMask(family, length);
  const from = value & bits;
  return { from, to: from | (prefixMask(family, width) ^ bits) };
}

/** `255.255.0.0` → 16 */
function lengthOf(mask: string, family: Family): number | null {
  const read = parseAddress(mask);
  if (read === null || read.family !== family) return null;
  const width = family === 4 ? 32 : 128;
  for (let length = 0; length <= width; length++)
    if (prefixMask(family, length) === read.value) return length;
  return null;
}

function upTo(first: Address, last: Address | null): Range | null {
  return last === null || last.family !== first.family ? null : { from: first.value, to: last.value };
}
