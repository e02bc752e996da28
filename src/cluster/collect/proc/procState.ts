/**
 * The node's addresses and routes from /proc, where `ip` is not installed, as in kube-proxy's own image: snapshot files in
 * the shapes of `ip -j`, holding only what is known. What is inferred, or lacks something, is marked `partial`, which
 * traces name as an assumption.
 */
import type { MissingFile } from '../../liveNode.ts';
import { readFibTrie } from './fibTrie.ts';
import { knownInterfaces, readDeviceNames } from './interfaces.ts';
import { readIfInet6, readIpv6Routes } from './ipv6Files.ts';
import { mainRoutes, routeRows4 } from './routes4.ts';
import { routeRows6 } from './routes6.ts';

/** The texts of files in /proc/net; null for one that was not to be had. */
export interface ProcTexts {
  readonly fibTrie: string | null;
  readonly route: string | null;
  readonly addresses6: string | null;
  readonly route6: string | null;
  readonly devices: string | null;
}

/** Files of a snapshot made from /proc. */
export interface ProcState {
  readonly files: ReadonlyMap<string, string>;
  /** Why a file is not there, or what it lacks; one of each file. */
  readonly missing: readonly MissingFile[];
}

/** `why`: why /proc was asked, as the beginning of a sentence ("the Pod x has no ip"). */
export function procState(texts: ProcTexts, why: string): ProcState {
  const files = new Map<string, string>();
  const missing: MissingFile[] = [];
  const lacks = (file: string, what: string): void => void missing.push({ file, reason: `${why}; ${what}` });
  const trie = texts.fibTrie === null ? null : readFibTrie(texts.fibTrie);
  const addresses6 = texts.addresses6 === null ? null : readIfInet6(texts.addresses6);
  const names = texts.devices === null ? null : readDeviceNames(texts.devices);
  if (trie === null) {
    lacks('ip-route.json', '/proc/net/fib_trie cannot be read');
    lacks('ip-addr.json', '/proc/net/fib_trie cannot be read');
    lacks('ip-rule.json', '/proc does not tell policy rules');
  } else {
    const main = mainRoutes(trie, texts.route);
    files.set('ip-route.json', linesOf(routeRows4(trie, main)));
    lacks('ip-route.json', 'of each route /proc tells one next hop at most, and no preferred source');
    if (trie.merged) files.set('ip-rule.json', linesOf(DEFAULT_RULES));
    lacks('ip-rule.json', trie.merged ? "/proc does not tell IPv6's policy rules" : SPLIT);
    if (names === null) {
      lacks('ip-addr.json', '/proc/net/dev cannot be read');
    } else {
      const known = knownInterfaces(names, trie, main, addresses6 ?? []);
      files.set('ip-addr.json', linesOf(known.rows));
      lacks('ip-addr.json', unplacedWords(known.unplaced));
    }
  }
  const tables = texts.route6 === null ? null : readIpv6Routes(texts.route6);
  const rows6 = tables === null ? null : routeRows6(tables);
  if (rows6 !== null) files.set('ip6-route.json', linesOf(rows6));
  lacks(
    'ip6-route.json',
    tables === null ? '/proc/net/ipv6_route cannot be read' : rows6 === null ? UNNAMED : PLAIN6,
  );
  return { files, missing };
}

const SPLIT = '/proc does not tell policy rules, but shows that some of IPv4 were set at some time';
const UNNAMED = '/proc/net/ipv6_route lists several tables without their names';
const PLAIN6 = '/proc does not tell preferred sources, nor how a route refuses packets';

/** What every node has until somebody changes it. */
const DEFAULT_RULES = [
  { priority: 0, src: 'all', table: 'local' },
  { priority: 32766, src: 'all', table: 'main' },
  { priority: 32767, src: 'all', table: 'default' },
];

function unplacedWords(unplaced: readonly string[]): string {
  if (unplaced.length === 0) return '/proc tells on which interface an IPv4 address is only by its network';
  const some = unplaced.slice(0, 8).join(', ');
  return `/proc does not tell on which interface ${some}${unplaced.length > 8 ? ' …' : ''} ${unplaced.length === 1 ? 'is' : 'are'}`;
}

/** One row a line, so that it can be read. */
function linesOf(rows: readonly object[]): string {
  return rows.length === 0 ? '[]\n' : `[${rows.map((row) => JSON.stringify(row)).join(',\n ')}]\n`;
}
