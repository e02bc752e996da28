/**
 * /proc/net/fib_trie: every IPv4 route of every table with its scope and type, but not where it leads
 * (net/ipv4/fib_trie.c: fib_trie_seq_show). While nobody ever set a policy rule, `Local` and `Main` are one and are
 * printed twice (fib_unmerge), so equal texts prove that there are none but the default rules.
 */

import { isIPv4 } from 'node:net';

/** `   /16 link UNICAST tos=16` under `|-- 10.64.0.0` */
export interface TrieEntry {
  /** `10.64.0.0/16` */
  readonly prefix: string;
  /** `universe`, `site`, `link`, `host`, `nowhere`, or a number. */
  readonly scope: string;
  /** `UNICAST`, `LOCAL`, `BROADCAST` … */
  readonly type: string;
  readonly tos: number;
}

/** The routes of all IPv4 tables. */
export interface FibTrie {
  /** By the names of `ip route`: `main`, `local`, `default`, `200`; routes of one prefix in the kernel's order. */
  readonly tables: ReadonlyMap<string, readonly TrieEntry[]>;
  /** No policy rule was ever set. */
  readonly merged: boolean;
}

const HEADING = /^(?:(Main|Local|Default)|Id (\d+)):$/;
/** `     |-- 10.0.0.0` */
const LEAF = /^\s*\|-- (\d{1,3}(?:\.\d{1,3}){3})$/;
/** `        /24 link UNICAST`, `        /16 link UNICAST tos=16`, `/8 scope=7 type 12` */
const ALIAS = /^\s+\/(\d{1,2}) (?:scope=)?(\S+) (?:type )?(\S+)(?: tos=(\d+))?$/;
/** `     +-- 10.0.0.0/24 2 0 1`: the tree between the leaves. */
const BRANCH = /^\s*\+-- /;

/** Null where the text is no such file: a line of another shape, an address or a length that IPv4 does not have. */
export function readFibTrie(text: string): FibTrie | null {
  const tables = new Map<string, TrieEntry[]>();
  const texts = new Map<string, string[]>();
  let table: string | null = null;
  let leaf: string | null = null;
  for (const line of text.split('\n')) {
    const heading = HEADING.exec(line);
    if (heading !== null) {
      table = heading[1]?.toLowerCase() ?? heading[2] ?? '';
      leaf = null;
      tables.set(table, []);
      texts.set(table, []);
      continue;
    }
    if (line === '') continue;
    if (table === null) return null;
    texts.get(table)?.push(line);
    const address = LEAF.exec(line)?.[1];
    const alias = ALIAS.exec(line);
    if (address !== undefined && isIPv4(address)) leaf = address;
    else if (alias !== null && leaf !== null && Number(alias[1]) <= 32)
      tables.get(table)?.push(entryOf(leaf, alias));
    else if (!BRANCH.test(line)) return null;
  }
  if (tables.size === 0) return null;
  const [main, local] = [texts.get('main')?.join('\n'), texts.get('local')?.join('\n')];
  return { tables, merged: main !== undefined && main !== '' && main === local };
}

function entryOf(leaf: string, alias: RegExpExecArray): TrieEntry {
  const [, length = '', scope = '', type = '', tos] = alias;
  return { prefix: `${leaf}/${length}`, scope, type, tos: tos === undefined ? 0 : Number(tos) };
}
