import { type Address, parseAddress } from '../../values/address.ts';
import type { Zone } from '../conntrack/zone.ts';
import { NO_ZONE } from '../conntrack/zone.ts';
import type { ConntrackEntry, ConntrackTuple } from './node.ts';
import type { FileReading } from './reading.ts';
import { asListed, leftOut } from './text/conntrackForms.ts';

/**
 * `tcp 6 431999 ESTABLISHED src=10.0.0.1 dst=10.96.0.1 sport=4 dport=443 src=… [ASSURED] mark=0 use=1`, and the same
 * with `ipv4     2 ` before it, as /proc/net/nf_conntrack prints it. The number says the protocol: `unknown  50 …`.
 */
const PREFIX = /^(?:ipv[46]\s+\d+\s+)?[a-z][a-z0-9-]*\s+(\d{1,3})\s+/;

/** `conntrack -L`, also with `-o save` or `-o xml`, or the kernel's own table → its entries. */
export function readConntrack(text: string): FileReading<readonly ConntrackEntry[]> {
  const entries: ConntrackEntry[] = [];
  let odd = 0;
  for (const [at, line] of text.split('\n').map(asListed).entries()) {
    if (line.trim() === '' || line.startsWith('conntrack v')) continue;
    const entry = readEntry(line, at);
    if (entry === null) odd++;
    else entries.push(entry);
  }
  if (entries.length === 0 && odd > 0) return { value: null, problems: ['not a connection tracking table'] };
  const problems = odd === 0 ? [] : [`${odd} ${odd === 1 ? 'line is' : 'lines are'} not understood`];
  const lost = leftOut(text);
  return { value: entries, problems: lost === null ? problems : [...problems, lost] };
}

function readEntry(line: string, at: number): ConntrackEntry | null {
  const protocol = Number(PREFIX.exec(line)?.[1] ?? Number.NaN);
  const words = line.split(/\s+/);
  const first = words.findIndex((word) => word.startsWith('src='));
  const second = words.findIndex((word, index) => word.startsWith('src=') && first < index);
  if (!(protocol <= 255) || second === -1) return null;
  const original = readTuple(words.slice(0, second));
  const reply = readTuple(words.slice(second));
  if (original === null || reply === null) return null;
  return {
    family: original.source.family,
    protocol,
    state: words.slice(0, first).find((word) => /^[A-Z][A-Z_0-9]+$/.test(word)) ?? null,
    original,
    reply,
    mark: Number(valueOf(words, 'mark') ?? 0) || 0,
    zone: zoneOf(words),
    status: words.flatMap((word) => /^\[([A-Z_]+)\]$/.exec(word)?.[1] ?? []),
    line: at,
  };
}

/** `zone=5`; `zone-orig=5` counts for packets of the original direction only, `zone-reply=5` for answers. */
function zoneOf(words: readonly string[]): Zone {
  for (const [name, counts] of [
    ['zone', 'both'],
    ['zone-orig', 'original'],
    ['zone-reply', 'reply'],
  ] as const) {
    const id = numberOf(words, name);
    if (id !== null && id !== 0) return { id, counts };
  }
  return NO_ZONE;
}

function readTuple(words: readonly string[]): ConntrackTuple | null {
  const source = addressOf(words, 'src');
  const destination = addressOf(words, 'dst');
  if (source === null || destination === null) return null;
  return {
    source,
    destination,
    sourcePort: numberOf(words, 'sport'),
    destinationPort: numberOf(words, 'dport'),
    icmp: readQuery(words),
    keys: readKeys(words),
  };
}

/** `type=8 code=0 id=4242` */
function readQuery(words: readonly string[]): ConntrackTuple['icmp'] {
  const [type, code, id] = ['type', 'code', 'id'].map((name) => numberOf(words, name));
  return type === null || type === undefined ? null : { type, code: code ?? 0, id: id ?? 0 };
}

/** `srckey=0x0 dstkey=0x1f` */
function readKeys(words: readonly string[]): ConntrackTuple['keys'] {
  const source = numberOf(words, 'srckey');
  const destination = numberOf(words, 'dstkey');
  return source === null || destination === null ? null : { source, destination };
}

function addressOf(words: readonly string[], name: string): Address | null {
  return parseAddress(valueOf(words, name) ?? '');
}

/** Of 16 bits, decimal or in hex. */
function numberOf(words: readonly string[], name: string): number | null {
  const text = valueOf(words, name);
  const number = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isInteger(number) && number >= 0 && number <= 65535 ? number : null;
}

function valueOf(words: readonly string[], name: string): string | null {
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}
