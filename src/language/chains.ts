/** Where chains are named: the index behind definition, references, highlights, hovers and the call hierarchy. */
import { builtInChains } from '../rules/iptables/builtInChains.ts';
import type { Chain, Table, Word } from '../rules/iptables/nodes.ts';
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

/** Whether a packet can enter the chain by itself, from a hook. */
export function isBuiltIn(chain: Chain): boolean {
  return builtInChains.get(chain.table)?.has(chain.name) ?? false;
}
