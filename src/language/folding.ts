import { type FoldingRange, FoldingRangeKind } from 'vscode-languageserver-types';
import type { Statement } from '../rules/iptables/nodes.ts';
import type { Span } from '../text/span.ts';
import { mapped, type Steps } from '../values/steps.ts';
import { runsOf } from './chainRuns.ts';
import type { RulesDocument } from './rulesDocument.ts';

/**
 * What folds: each table section, the block of declarations in it, and each run of rules of one chain. Looks at no
 * rule's words, so that a large dump folds at once.
 */
export function* foldingRanges(document: RulesDocument): Steps<FoldingRange[]> {
  const folds: FoldingRange[] = [];
  for (const table of document.tables) {
    addFold(folds, document, table.span);
    yield* mapped(document.chainsOf(table), (chain) => addRuns(folds, document, chain.rules));
  }
  addRuns(folds, document, document.statements.filter(isKind('chain')));
  addRuns(folds, document, document.statements.filter(isKind('comment')), FoldingRangeKind.Comment);
  return folds;
}

function isKind(kind: Statement['kind']): (statement: Statement) => boolean {
  return (statement) => statement.kind === kind;
}

function addRuns(
  folds: FoldingRange[],
  document: RulesDocument,
  lines: readonly Span[],
  kind?: FoldingRangeKind,
): void {
  for (const run of runsOf(lines)) addFold(folds, document, run, kind);
}

function addFold(folds: FoldingRange[], document: RulesDocument, span: Span, kind?: FoldingRangeKind): void {
  const startLine = document.lines.positionAt(span.start).line;
  const endLine = document.lines.positionAt(span.end).line;
  if (endLine > startLine)
    folds.push(kind === undefined ? { startLine, endLine } : { startLine, endLine, kind });
}
