/** IPv4's routes from what /proc tells: rows as `ip -j route show table all` prints them, `partial` where they lack something. */
import { groupBy } from '../../../text/groupBy.ts';
import type { FibTrie, TrieEntry } from './fibTrie.ts';
import { readRouteFile, type RouteLine } from './routeFile.ts';

/**
 * A row of `ip-route.json`. `partial`: a preferred source and further next hops are not known, and without `dev` and
 * `gateway` of a unicast route not even the first.
 */
export interface RouteRow {
  readonly type?: string;
  readonly dst: string;
  readonly from?: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly prefsrc?: string;
  readonly nexthops?: readonly {
    readonly gateway?: string;
    readonly dev: string;
    readonly flags: readonly [];
  }[];
  readonly table?: string;
  readonly protocol?: string;
  readonly scope?: string;
  readonly metric?: number;
  readonly tos?: string;
  readonly flags: readonly [];
  readonly partial?: true;
}

/** An entry of the table `main` with what /proc/net/route says of it; null where the two cannot be brought together. */
export interface MainRoute {
  readonly entry: TrieEntry;
  readonly line: RouteLine | null;
}

/** `routeText` null: /proc/net/route was not to be had. */
export function mainRoutes(trie: FibTrie, routeText: string | null): readonly MainRoute[] {
  const entries = (trie.tables.get('main') ?? []).filter((entry) => isListed(entry, trie.merged));
  const lines = routeText === null ? [] : (bestReading(entries, routeText) ?? []);
  const byPrefix = groupBy(lines, (line) => line.prefix);
  return [...groupBy(entries, (entry) => entry.prefix)].flatMap(([prefix, same]) => {
    const found = byPrefix.get(prefix) ?? [];
    const fits = found.length === same.length;
    return same.map((entry, index) => ({ entry, line: (fits ? found[index] : undefined) ?? null }));
  });
}

/** What /proc/net/route lists. While the tables are one, `local` routes are taken for those of the table `local`. */
function isListed(entry: TrieEntry, merged: boolean): boolean {
  if (entry.type === 'BROADCAST' || entry.type === 'MULTICAST') return false;
  return entry.type !== 'LOCAL' || !merged;
}

/** The file does not say in which order its bytes stand: that whose prefixes are in the trie is right. */
function bestReading(entries: readonly TrieEntry[], text: string): readonly RouteLine[] | null {
  const known = new Set(entries.map((entry) => entry.prefix));
  const readings = [false, true].map((bigEndian) => readRouteFile(text, bigEndian));
  const hits = readings.map((lines) => lines?.filter((line) => known.has(line.prefix)).length ?? 0);
  return (hits[1] ?? 0) > (hits[0] ?? 0) ? (readings[1] ?? null) : (readings[0] ?? null);
}

/** All tables. Entries that lead nowhere (`blackhole` …) and those of the loopback interface are whole, the others partial. */
export function routeRows4(trie: FibTrie, main: readonly MainRoute[]): readonly RouteRow[] {
  const local = (trie.tables.get('local') ?? []).filter((entry) => !trie.merged || isOwn(entry));
  const others = [...trie.tables].filter(([name]) => name !== 'main' && name !== 'local');
  return [
    ...main.map(mainRow),
    ...local.map((entry) => ({ ...plainRow(entry), table: 'local', protocol: protocolOf(entry) })),
    ...others.flatMap(([table, entries]) =>
      entries.map((entry): RouteRow => ({ ...plainRow(entry), table, partial: true })),
    ),
  ];
}

function isOwn(entry: TrieEntry): boolean {
  return entry.type === 'LOCAL' || entry.type === 'BROADCAST' || entry.type === 'MULTICAST';
}

/** The kernel makes an entry of 32 bits for each address, and 127.0.0.0/8; others are somebody's (AnyIP). */
function protocolOf({ prefix }: TrieEntry): string {
  return prefix.endsWith('/32') || prefix === '127.0.0.0/8' ? 'kernel' : 'boot';
}

function mainRow({ entry, line }: MainRoute): RouteRow {
  const row = plainRow(entry);
  if (line === null) return { ...row, partial: true };
  if (entry.type !== 'UNICAST') return { ...row, ...metricOf(line) };
  return {
    ...row,
    ...(line.gateway === null ? {} : { gateway: line.gateway }),
    ...(line.interface === null ? {} : { dev: line.interface }),
    ...metricOf(line),
  };
}

function metricOf(line: RouteLine): { readonly metric?: number } {
  return line.metric === 0 ? {} : { metric: line.metric };
}

/** What the trie alone tells. */
function plainRow(entry: TrieEntry): RouteRow {
  const { prefix, type, scope, tos } = entry;
  const isUnicast = type === 'UNICAST';
  const isLoopback = prefix.startsWith('127.') && isOwn(entry);
  return {
    ...(isUnicast ? {} : { type: type.toLowerCase() }),
    dst: prefix === '0.0.0.0/0' ? 'default' : prefix.replace(/\/32$/, ''),
    ...(isLoopback ? { dev: 'lo', prefsrc: '127.0.0.1' } : {}),
    ...(scope === 'universe' ? {} : { scope }),
    ...(tos === 0 ? {} : { tos: `0x${tos.toString(16)}` }),
    flags: [],
    ...(isUnicast || (isOwn(entry) && !isLoopback) ? { partial: true } : {}),
  };
}
