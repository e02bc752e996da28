/** The text of `ip route` as the rows of `ip -j route` (iproute2: ip/iproute.c, print_route). */
import { lookup } from '../../../text/lookup.ts';
import type { JsonRecord } from '../../../text/json.ts';
import { recordsOf } from '../json.ts';

const TYPES = 'unicast|local|broadcast|anycast|multicast|blackhole|unreachable|prohibit|throw|nat';

/** `default via …`, `local 127.0.0.0/8 dev lo …`, `10.9.0.0/16 ` with its next hops below → the type, the destination, the rest */
const ROUTE = new RegExp(`^(?:(${TYPES}) )?(default|[0-9a-f.:]+(?:/\\d+)?)(?:\\s+(.*))?$`);
/** `	nexthop via 192.0.2.2 dev eth0 weight 1` → what follows the word */
const NEXT_HOP = /^\s+nexthop (.*)$/;

/** Words before a value. What one line has of others (`mtu`, `advmss`, `expires`) is left out, as the readers do. */
const FIELDS: Readonly<Record<string, string>> = lookup({
  dev: 'dev',
  proto: 'protocol',
  scope: 'scope',
  src: 'prefsrc',
  table: 'table',
  tos: 'tos',
  dsfield: 'tos',
  from: 'from',
  pref: 'pref',
});

const FLAGS = new Set(
  'dead onlink pervasive offload offload_failed trap notify linkdown unresolved rt_offload rt_trap'.split(
    ' ',
  ),
);

/** Words before a value that a line may have beside: a flag's name behind them is none. */
const OTHERS = new Set(
  'nhid mtu window rtt rttvar ssthresh cwnd initcwnd initrwnd advmss reordering hoplimit features rto_min congctl quickack expires error weight as'.split(
    ' ',
  ),
);

/** Whether a line of its own is a route; the next hops below one are told by `isNextHopLine`. */
export function isRouteLine(line: string): boolean {
  const [, type, destination = '', rest = ''] = ROUTE.exec(line.trimEnd()) ?? [];
  if (destination === '') return false;
  const isPlace = destination === 'default' || /^[0-9a-f]*[.:][0-9a-f.:]*(\/\d+)?$/.test(destination);
  if (!isPlace || isNeighbour(rest)) return false;
  return type !== undefined || /^(via|dev|proto|metric|nhid|tos|encap|scope|table|src|from)\b/.test(rest);
}

/** `192.0.2.1 dev eth0 lladdr 02:42:ac:11:00:01 REACHABLE` of `ip neigh`, which looks like a route of one address. */
function isNeighbour(rest: string): boolean {
  return /\blladdr |\b(?:REACHABLE|STALE|DELAY|PROBE|FAILED|INCOMPLETE|NOARP|PERMANENT)$/.test(rest);
}

/**
 * `192.0.2.9 via 192.0.2.1 dev eth0 src 192.0.2.2 uid 0` with `    cache` below or behind it, `2001:db8::9 from :: via …`:
 * what `ip route get` answers of one destination (print_route of iproute2; tables list neither users nor such sources).
 */
export function isRouteAnswer(line: string, next: string): boolean {
  if (!isRouteLine(line) || /^(?:[a-z]+ )?(?:default|\S+\/\d+)\s/.test(line)) return false;
  return / uid \d+\b| from ::(?=\s)|\\\s+cache\b/.test(line) || isCacheLine(next);
}

/** `    cache `, `    cache <local> iif eth0 ` */
export function isCacheLine(line: string): boolean {
  return /^\s+cache\b/.test(line);
}

/** A destination alone, whose next hops stand on the lines below: `10.9.0.0/16 `. */
export function isBareRoute(line: string, next: string): boolean {
  return /^(default|[0-9a-f]*[.:][0-9a-f.:]*(\/\d+)?)\s*$/.test(line) && isNextHopLine(next);
}

export function isNextHopLine(line: string): boolean {
  return NEXT_HOP.test(line);
}

/** The rows; null where there is no route. */
export function routeRows(text: string): readonly JsonRecord[] | null {
  const rows: Record<string, unknown>[] = [];
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    const hop = NEXT_HOP.exec(line)?.[1];
    const last = rows.at(-1);
    if (hop !== undefined && last !== undefined) {
      last['nexthops'] = [...recordsOf(last, 'nexthops'), fieldsOf(hop)];
    } else if (isRouteLine(line) || isBareRoute(line, lines[at + 1] ?? '')) {
      rows.push(rowOf(line));
    }
  }
  return rows.length === 0 ? null : rows;
}

function rowOf(line: string): Record<string, unknown> {
  const [, type, destination = '', rest = ''] = ROUTE.exec(line.trimEnd()) ?? [];
  return { ...(type === undefined ? {} : { type }), dst: destination, ...fieldsOf(rest) };
}

function fieldsOf(text: string): JsonRecord {
  const row: Record<string, unknown> = {};
  const flags: string[] = [];
  const words = text.trim().split(/\s+/);
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const name = FIELDS[word];
    if (name !== undefined) row[name] = words[++at];
    else if (word === 'encap') at = behindEncapsulation(words, at);
    else if (word === 'metric') row['metric'] = Number(words[++at]);
    else if (word === 'realm' || word === 'realms') row['flow'] = realms(words[++at] ?? '');
    else if (word === 'via') at = readGateway(words, at, row);
    else if (OTHERS.has(word)) at += words[at + 1] === 'lock' ? 2 : 1;
    else if (FLAGS.has(word)) flags.push(word);
  }
  return { ...row, flags };
}

/** `via 192.0.2.1`, or with a gateway of the other family `via inet6 fe80::1`. Gives where its last word stands. */
function readGateway(words: readonly string[], at: number, row: Record<string, unknown>): number {
  const first = words[at + 1] ?? '';
  if (first !== 'inet' && first !== 'inet6') {
    row['gateway'] = first;
    return at + 1;
  }
  row['via'] = { family: first, host: words[at + 2] ?? '' };
  return at + 2;
}

/** An encapsulation has words of its own (`src`, `dst`, `tos`) down to the route's `via` or `dev`. */
function behindEncapsulation(words: readonly string[], at: number): number {
  const end = words.findIndex((word, index) => index > at && (word === 'via' || word === 'dev'));
  return end === -1 ? words.length : end - 1;
}

/** `3/6`, `6` */
function realms(text: string): JsonRecord {
  const [from = '', to] = text.split('/');
  return to === undefined ? { to: from } : { from, to };
}
