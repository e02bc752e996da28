import { type CodeAction, CodeActionKind, type Range } from 'vscode-languageserver-types';
import type { Finding, Fix } from '../kubeproxy/findings/finding.ts';
import { curableFindings, diagnosticOf } from './diagnostics.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** The cures of what is wrong in the text that touches `range`. */
export function codeActions(document: RulesDocument, range: Range): CodeAction[] {
  return curableFindings(document, document.offsetAt(range.start), document.offsetAt(range.end)).flatMap(
    (finding) => finding.fixes.map((fix) => actionOf(document, finding, fix)),
  );
}

function actionOf(document: RulesDocument, finding: Finding, fix: Fix): CodeAction {
  const edits = fix.changes.map(({ span, newText }) => ({ range: document.rangeOf(span), newText }));
  const diagnostic = diagnosticOf(document, finding);
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: diagnostic === null ? [] : [diagnostic],
    isPreferred: fix.preferred,
    edit: { changes: { [document.uri]: edits } },
  };
}
