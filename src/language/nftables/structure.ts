/** Outline, folding and symbols of nftables. */
import {
  type DocumentSymbol,
  type FoldingRange,
  FoldingRangeKind,
  SymbolKind,
  type WorkspaceSymbol,
} from 'vscode-languageserver-types';
import type { Chain, Table, TableItem } from '../../rules/nftables/nodes.ts';
import { rulesIn } from '../../rules/nftables/rulesIn.ts';
import type { Span } from '../../text/span.ts';
import { counted } from '../words.ts';
import { holding } from '../workspaceSymbols.ts';
import { chainTitle, setTitle } from './titles.ts';
import type { NftDocument } from './nftDocument.ts';
import { namePlaces } from './names.ts';

/** Of more rules than this the outline has chains only. */
const MOST_RULES = 3_000;
const LONGEST = 80;

/** Tables, in them chains, sets and the like, in chains the rules. */
export function nftSymbols(document: NftDocument): DocumentSymbol[] {
  const { tables } = document.nft;
  let rules = 0;
  for (const _ of rulesIn({ tables, commands: [] })) rules += 1;
  return tables.map((table) => symbolOfTable(document, table, rules <= MOST_RULES));
}

function symbolOfTable(document: NftDocument, table: Table, withRules: boolean): DocumentSymbol {
  return {
    name: `${table.family} ${table.name.text}`,
    detail: counted(table.items.length, 'item'),
    kind: SymbolKind.Namespace,
    range: document.rangeOf(table),
    selectionRange: document.rangeOf(table.name),
    children: table.items.flatMap((item) => symbolOfItem(document, item, withRules) ?? []),
  };
}

function symbolOfItem(document: NftDocument, item: TableItem, withRules: boolean): DocumentSymbol | null {
  if (item.kind === 'unknown') return null;
  const places = { range: document.rangeOf(item), selectionRange: document.rangeOf(item.name) };
  const name = item.name.text === '' ? '?' : item.name.text;
  switch (item.kind) {
    case 'chain': {
      const children = withRules ? rulesOf(document, item) : [];
      return { name, detail: chainTitle(item), kind: SymbolKind.Function, ...places, children };
    }
    case 'set':
    case 'map':
      return {
        name,
        detail: setTitle(item),
        kind: item.kind === 'set' ? SymbolKind.Array : SymbolKind.Object,
        ...places,
      };
    case 'flowtable':
      return { name, detail: 'flowtable', kind: SymbolKind.Interface, ...places };
    default:
      return { name, detail: item.type, kind: SymbolKind.Variable, ...places };
  }
}

function rulesOf(document: NftDocument, { rules }: Chain): DocumentSymbol[] {
  return rules.map((rule) => {
    const range = document.rangeOf(rule);
    const written = document.text.slice(rule.start, rule.start + 4 * LONGEST).slice(0, rule.end - rule.start);
    const name = written.replaceAll(/\s+/gu, ' ').slice(0, LONGEST).trim();
    return { name: name === '' ? '?' : name, kind: SymbolKind.Event, range, selectionRange: range };
  });
}

/** Blocks, long lists of elements, and comments of several lines. */
export function nftFolds(document: NftDocument): FoldingRange[] {
  const { tables, commands, defines } = document.nft;
  const items = tables.flatMap((table) => [table, ...table.items]);
  const spans: Span[] = [...items, ...commands, ...defines];
  for (const item of items) {
    if ('elements' in item && item.elements.length > 0) spans.push(elementsOf(item.elements));
  }
  const folds = spans.flatMap((span) => foldOf(document, span));
  return [...folds, ...commentFolds(document)];
}

function elementsOf(elements: readonly Span[]): Span {
  return { start: elements[0]?.start ?? 0, end: elements.at(-1)?.end ?? 0 };
}

function foldOf(document: NftDocument, span: Span): FoldingRange[] {
  const { start, end } = document.rangeOf(span);
  return end.line > start.line
    ? [{ startLine: start.line, endLine: Math.max(start.line, end.line - 1) }]
    : [];
}

function commentFolds({ text }: NftDocument): FoldingRange[] {
  const folds: FoldingRange[] = [];
  let from = -1;
  const lines = text.split('\n');
  for (let line = 0; line <= lines.length; line += 1) {
    const isComment = lines[line]?.trimStart().startsWith('#') === true;
    if (isComment && from < 0) from = line;
    if (isComment || from < 0) continue;
    if (line - from > 1) folds.push({ startLine: from, endLine: line - 1, kind: FoldingRangeKind.Comment });
    from = -1;
  }
  return folds;
}

const MOST_FOUND = 200;

const symbolKinds = {
  table: SymbolKind.Namespace,
  chain: SymbolKind.Function,
  set: SymbolKind.Array,
  object: SymbolKind.Variable,
  flowtable: SymbolKind.Interface,
  define: SymbolKind.Constant,
} as const;

/** What is declared under names that hold every word of `query`. */
export function nftWorkspaceSymbols(document: NftDocument, query: string): WorkspaceSymbol[] {
  const fits = holding(query);
  return namePlaces(document)
    .filter(({ declares, name }) => declares && fits(name))
    .slice(0, MOST_FOUND)
    .map(({ kind, table, name, span }) => ({
      name,
      kind: symbolKinds[kind],
      containerName: table,
      location: document.locationOf(span),
    }));
}
