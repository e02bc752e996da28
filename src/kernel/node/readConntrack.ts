import { type Address, parseAddress } from '../../values/address.ts';
import type { ConntrackEntry, ConntrackTuple } from './node.ts';
import type { FileReading } from './reading.ts';

/**
 * `tcp 6 431999 ESTABLISHED src=10.0.0.1 dst=10.96.0.1 sport=4 dport=443 src=… [ASSURED] mark=0 use=1`, and the same
 * with `ipv4     2 ` before it, as /proc/net/nf_conntrack prints it.
 */
const PREFIX = /^(?:ipv[46]\s+\d+\s+)?([a-z][a-z0-9-]*)\s+\d+\s+/;

/** `conntrack -L`, or the kernel's own table → its entries. */
export function readConntrack(text: string): FileReading<readonly ConntrackEntry[]> {
  const entries: ConntrackEntry[] = [];
  let odd = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('conntrack v')) continue;
    const entry = readEntry(line);
    if (entry === null) odd++;
    else entries.push(entry);
  }
  if (entries.length === 0 && odd > 0) return { value: null, problems: ['not a connection tracking table'] };
  return { value: entries, problems: odd === 0 ? [] : [`${odd} lines are not understood`] };
}

function readEntry(line: string): ConntrackEntry | null {
  const protocol = PREFIX.exec(line)?.[1];
  const words = line.split(/\s+/);
  const second = words.findIndex((word, index) => word.startsWith('src=') && firstSource(words) < index);
  if (protocol === undefined || second === -1) return null;
  const original = readTuple(words.slice(0, second));
  const reply = readTuple(words.slice(second));
  if (original === null || reply === null) return null;
  return {
    family: original.source.family,
    protocol,
    state: words.slice(0, firstSource(words)).find((word) => /^[A-Z][A-Z_0-9]+$/.test(word)) ?? null,
    original,
    reply,
    mark: Number(valueOf(words, 'mark') ?? 0) || 0,
    status: words.flatMap((word) => /^\[([A-Z_]+)\]$/.exec(word)?.[1] ?? []),
  };
}

function firstSource(words: readonly string[]): number {
  return words.findIndex((word) => word.startsWith('src='));
}

function readTuple(words: readonly string[]): ConntrackTuple | null {
  const source = addressOf(words, 'src');
  const destination = addressOf(words, 'dst');
  if (source === null || destination === null) return null;
  return { source, destination, sourcePort: portOf(words, 'sport'), destinationPort: portOf(words, 'dport') };
}

function addressOf(words: readonly string[], name: string): Address | null {
  return parseAddress(valueOf(words, name) ?? '');
}

function portOf(words: readonly string[], name: string): number | null {
  const text = valueOf(words, name);
  const port = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65535 ? port : null;
}

function valueOf(words: readonly string[], name: string): string | null {
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}
