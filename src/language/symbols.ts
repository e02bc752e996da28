import { type DocumentSymbol, type Range, SymbolKind } from 'vscode-languageserver-types';
import type { Analysis } from '../kubeproxy/analysis.ts';
import type { Chain, Table } from '../rules/iptables/nodes.ts';
import type { Span } from '../text/span.ts';
import { chainTitle } from './chainTitle.ts';
import { runsOf } from './chainRuns.ts';
import { partOf } from '../rules/iptables/parts/part.ts';
import { isBuiltIn } from './chains.ts';
import { counted } from './words.ts';
import type { RulesDocument } from './rulesDocument.ts';
import { mapped, type Steps } from '../values/steps.ts';

/** More chains of a table than this would hold up the editor for longer than one notices. */
const MOST_CHAINS = 12_000;

/** The chains of a table that the outline lists: of very many, those of endpoints are the first to be left out. */
export function outlinedChains(table: Table): readonly Chain[] {
  return outlinedOf([...table.chains.values()]);
}

function outlinedOf(chains: readonly Chain[]): readonly Chain[] {
  if (chains.length <= MOST_CHAINS) return chains;
  return chains.filter(({ name }) => !name.startsWith('KUBE-SEP-')).slice(0, MOST_CHAINS);
}

/**
 * The outline: tables, and in them chains with how many rules they hold, called by their Services where `analysis` knows
 * them. A chain is where its rules stand, so that an editor names the chain of the rule at the cursor; one without rules is
 * at its declaration. Rules are left out: there may be 200,000.
 */
export function* documentSymbols(
  document: RulesDocument,
  analysis: Analysis | null,
): Steps<DocumentSymbol[]> {
  const symbols: DocumentSymbol[] = [];
  for (const table of document.tables) symbols.push(yield* tableSymbol(document, analysis, table));
  return symbols;
}

function* tableSymbol(
  document: RulesDocument,
  analysis: Analysis | null,
  table: Table,
): Steps<DocumentSymbol> {
  const range = document.rangeOf(table.span);
  const selectionRange =
    table.start === null ? { start: range.start, end: range.start } : document.rangeOf(table.start.name);
  const chains = [...document.chainsOf(table)];
  const rules = chains.reduce((sum, chain) => sum + chain.rules.length, 0);
  if (analysis !== null && table.name === 'nat') void analysis.catalog;
  yield;
  const children = yield* mapped(outlinedOf(chains), (chain) =>
    chainSymbol(document, chain, analysis === null ? null : chainTitle(analysis, table, chain.name)),
  );
  return {
    name: named(table.name),
    detail: `${counted(chains.length, 'chain')}, ${counted(rules, 'rule')}`,
    kind: SymbolKind.Namespace,
    range,
    selectionRange,
    children,
  };
}

function chainSymbol(document: RulesDocument, chain: Chain, title: string | null): DocumentSymbol {
  const [run] = runsOf(chain.rules).toSorted((a, b) => b.end - b.start - (a.end - a.start));
  const first = run === undefined ? undefined : chain.rules.find(({ start }) => start === run.start);
  const { declaration } = chain;
  // In a listing the rows of a chain stand below its name.
  const head = document.ruleset.listing === null ? null : declaration;
  const place =
    head === null
      ? (run ?? declaration ?? { start: 0, end: 0 })
      : { start: head.start, end: run?.end ?? head.end };
  const name = head?.name ?? first?.chain ?? declaration?.name ?? place;
  return {
    name: title === null ? named(chain.name) : `${title} ${chain.name}`,
    detail: chainDetail(chain, partOf(document.ruleset) !== null),
    kind: isBuiltIn(chain) ? SymbolKind.Event : SymbolKind.Function,
    ...rangesOf(document, place, name),
  };
}

/** Of a listing the name of a chain may stand outside of its rules, which an editor would refuse. */
function rangesOf(
  document: RulesDocument,
  place: Span,
  name: Span,
): { readonly range: Range; readonly selectionRange: Range } {
  const range = document.rangeOf(place);
  const selected = document.rangeOf(name);
  const isInside =
    selected.start.line >= range.start.line &&
    selected.end.line <= range.end.line &&
    !(selected.start.line === range.start.line && selected.start.character < range.start.character) &&
    !(selected.end.line === range.end.line && selected.end.character > range.end.character);
  return { range, selectionRange: isInside ? selected : { start: range.start, end: range.start } };
}

/** An editor refuses a whole outline for one name that is empty. */
function named(name: string): string {
  return name === '' ? '""' : name;
}

function chainDetail(chain: Chain, isPart: boolean): string {
  const rules = counted(chain.rules.length, 'rule');
  const policy = chain.declaration?.policy?.text;
  if (policy !== undefined) return `policy ${policy}, ${rules}`;
  return chain.declaration === null && !isPart && !isBuiltIn(chain) ? `not declared, ${rules}` : rules;
}
