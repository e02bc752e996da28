/** Where chains are named: the index behind definition, references, highlights, hovers and the call hierarchy. */
import type { Chain, Rule, Table, Word } from '../iptables/nodes.ts';
import { touches } from '../text/span.ts';
import type { RulesDocument } from './rulesDocument.ts';
import { namesChain } from './targets.ts';

/** What a word does with the chain that it names. */
export type ChainRole = 'declaration' | 'rule' | 'jump';

/** A word of a document that names a chain of `table`. */
export interface ChainWord {
  readonly table: Table;
  readonly word: Word;
  readonly role: ChainRole;
}

/** The chain that is named at `offset`; null where no chain is. */
export function chainWordAt(document: RulesDocument, offset: number): ChainWord | null {
  const statement = document.statementAt(offset);
  const table = document.tableAt(offset);
  if (statement === null || table === null) return null;
  if (statement.kind === 'chain') return wordAt(table, statement.name, 'declaration', offset);
  if (statement.kind !== 'rule') return null;
  const inRule = wordAt(table, statement.chain, 'rule', offset);
  if (inRule !== null) return inRule;
  const { target } = statement;
  if (target === null || !namesChain(target, table)) return null;
  return wordAt(table, target.name, 'jump', offset);
}

function wordAt(table: Table, word: Word, role: ChainRole, offset: number): ChainWord | null {
  return touches(word, offset) ? { table, word, role } : null;
}

/** The rules of `table` that jump or go to `chain`, in order. */
export function jumpsTo(table: Table, chain: string): readonly Rule[] {
  return jumpIndex(table).get(chain) ?? [];
}

const jumpIndexes = new WeakMap<Table, ReadonlyMap<string, readonly Rule[]>>();

/** Every chain that something jumps to, with the rules that do; built once per table and version. */
function jumpIndex(table: Table): ReadonlyMap<string, readonly Rule[]> {
  const known = jumpIndexes.get(table);
  if (known !== undefined) return known;
  const index = new Map<string, Rule[]>();
  for (const chain of table.chains.values()) {
    for (const rule of chain.rules) addJump(index, table, rule);
  }
  jumpIndexes.set(table, index);
  return index;
}

function addJump(index: Map<string, Rule[]>, table: Table, rule: Rule): void {
  if (rule.target === null || !namesChain(rule.target, table)) return;
  const name = rule.target.name.text;
  const jumps = index.get(name);
  if (jumps === undefined) index.set(name, [rule]);
  else jumps.push(rule);
}

/** Whether a packet can enter the chain by itself, from a hook. */
export function isBuiltIn(chain: Chain): boolean {
  return builtInChains.get(chain.table)?.has(chain.name) ?? false;
}

/** The chains that the kernel makes itself in each table (net/ipv4/netfilter/iptable_*.c). */
export const builtInChains: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['raw', new Set(['PREROUTING', 'OUTPUT'])],
  ['mangle', new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'])],
  ['nat', new Set(['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'])],
  ['filter', new Set(['INPUT', 'FORWARD', 'OUTPUT'])],
  ['security', new Set(['INPUT', 'FORWARD', 'OUTPUT'])],
]);
