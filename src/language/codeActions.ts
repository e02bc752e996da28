import { type CodeAction, CodeActionKind, type Range } from 'vscode-languageserver-types';
import type { Finding, Fix } from '../kubeproxy/findings/finding.ts';
import { cleanText } from '../rules/iptables/paste/cleanText.ts';
import { LineIndex } from '../text/lineIndex.ts';
import { curableFindings, diagnosticOf, findingsOf } from './diagnostics.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** The cures of what is wrong in the text that touches `range`. */
export function codeActions(
  document: RulesDocument,
  range: Range,
  convert: ListingCommand | null = null,
): CodeAction[] {
  return [
    ...cleanPaste(document, range),
    ...convertListing(document, convert),
    ...ofFindings(document, range),
  ];
}

/** What opens the rules of a listing as a document of their own. */
export interface ListingCommand {
  readonly command: string;
  argument(uri: string): object;
}

/** Offered anywhere in a listing. */
function convertListing({ uri, ruleset }: RulesDocument, convert: ListingCommand | null): CodeAction[] {
  if (ruleset.listing === null || convert === null) return [];
  const title = 'Convert Listing to Rules';
  const { command } = convert;
  return [
    {
      title,
      kind: CodeActionKind.RefactorRewrite,
      command: { title, command, arguments: [convert.argument(uri)] },
    },
  ];
}

function ofFindings(document: RulesDocument, range: Range): CodeAction[] {
  return curableFindings(document, document.offsetAt(range.start), document.offsetAt(range.end)).flatMap(
    (finding) => finding.fixes.map((fix) => actionOf(document, finding, fix)),
  );
}

/** All of a text that was pasted with nothing left but its rules; offered wherever something stands beside them. */
function cleanPaste(document: RulesDocument, range: Range): CodeAction[] {
  const { paste } = document.ruleset;
  if (paste === null) return [];
  const start = document.offsetAt(range.start);
  const end = document.offsetAt(range.end);
  const finding = findingsOf(document).find(({ code }) => code === 'pasted-noise');
  const diagnostic = finding === undefined ? null : diagnosticOf(document, finding);
  const isThere = finding !== undefined && finding.at.span.start <= end && finding.at.span.end >= start;
  const whole = new LineIndex(paste.written);
  const all = { start: whole.positionAt(0), end: whole.positionAt(paste.written.length) };
  return [
    {
      title: 'Clean Pasted Rules',
      kind: isThere ? CodeActionKind.QuickFix : CodeActionKind.RefactorRewrite,
      diagnostics: diagnostic === null || !isThere ? [] : [diagnostic],
      isPreferred: isThere,
      edit: { changes: { [document.uri]: [{ range: all, newText: cleanText(paste) }] } },
    },
  ];
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
