import { type CodeAction, CodeActionKind, type Range } from 'vscode-languageserver-types';
import { diagnosticOf, problemsOf } from './diagnostics.ts';
import type { Fix, Problem } from './rules/problem.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** The cures of the problems that touch `range`. */
export function codeActions(document: RulesDocument, range: Range): CodeAction[] {
  const start = document.offsetAt(range.start);
  const end = document.offsetAt(range.end);
  return problemsOf(document)
    .filter(({ span, fixes }) => fixes.length > 0 && span.start <= end && span.end >= start)
    .flatMap((problem) => problem.fixes.map((fix) => actionOf(document, problem, fix)));
}

function actionOf(document: RulesDocument, problem: Problem, fix: Fix): CodeAction {
  const edits = fix.changes.map(({ span, newText }) => ({ range: document.rangeOf(span), newText }));
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnosticOf(document, problem)],
    isPreferred: fix.preferred,
    edit: { changes: { [document.uri]: edits } },
  };
}
