import { type DocumentSymbol, SymbolKind } from 'vscode-languageserver-types';
import type { Chain, Table } from '../rules/iptables/nodes.ts';
import { isBuiltIn } from './chains.ts';
import { counted } from './words.ts';
import type { RulesDocument } from './rulesDocument.ts';
import { mapped, type Steps } from '../values/steps.ts';

/** More chains of a table than this would hold up the editor for longer than one notices. */
const MOST_CHAINS = 12_000;

/** The chains of a table that the outline lists: of very many, those of endpoints are the first to be left out. */
export function outlinedChains(table: Table): readonly Chain[] {
  const chains = [...table.chains.values()];
  if (chains.length <= MOST_CHAINS) return chains;
  return chains.filter(({ name }) => !name.startsWith('KUBE-SEP-')).slice(0, MOST_CHAINS);
}

/** The outline: tables, and in them chains with how many rules they hold. Rules are left out: there may be 200,000. */
export function* documentSymbols(document: RulesDocument): Steps<DocumentSymbol[]> {
  const symbols: DocumentSymbol[] = [];
  for (const table of document.ruleset.tables) symbols.push(yield* tableSymbol(document, table));
  return symbols;
}

function* tableSymbol(document: RulesDocument, table: Table): Steps<DocumentSymbol> {
  const range = document.rangeOf(table.span);
  const selectionRange =
    table.start === null ? { start: range.start, end: range.start } : document.rangeOf(table.start.name);
  const chains = [...table.chains.values()];
  const rules = chains.reduce((sum, chain) => sum + chain.rules.length, 0);
  const children = yield* mapped(outlinedChains(table), (chain) => chainSymbol(document, chain));
  return {
    name: named(table.name),
    detail: `${counted(chains.length, 'chain')}, ${counted(rules, 'rule')}`,
    kind: SymbolKind.Namespace,
    range,
    selectionRange,
    children,
  };
}

function chainSymbol(document: RulesDocument, chain: Chain): DocumentSymbol {
  const place = document.rangeOf(chain.declaration ?? chain.rules[0] ?? { start: 0, end: 0 });
  const name = chain.declaration?.name ?? chain.rules[0]?.chain;
  return {
    name: named(chain.name),
    detail: chainDetail(chain),
    kind: isBuiltIn(chain) ? SymbolKind.Event : SymbolKind.Function,
    range: place,
    selectionRange: name === undefined ? place : document.rangeOf(name),
  };
}

/** An editor refuses a whole outline for one name that is empty. */
function named(name: string): string {
  return name === '' ? '""' : name;
}

function chainDetail(chain: Chain): string {
  const rules = counted(chain.rules.length, 'rule');
  const policy = chain.declaration?.policy?.text;
  if (policy !== undefined) return `policy ${policy}, ${rules}`;
  return chain.declaration === null && !isBuiltIn(chain) ? `not declared, ${rules}` : rules;
}
