import type { CodeAction, Range } from 'vscode-languageserver-types';
import type { Fix } from '../kubeproxy/findings/finding.ts';
import { findingTable } from '../kubeproxy/findings/table.ts';
import { LineIndex } from '../text/lineIndex.ts';
import type { Steps } from '../values/steps.ts';
import { type ActionKind, actionKinds, isAsked } from './actionKinds.ts';
import { diagnosticOf, syntaxFindings } from './diagnostics.ts';
import { canonicalEdits } from './format.ts';
import { apart, certainFix, preferredFix } from './manyFixes.ts';
import { levelOf, type ProblemLevels } from './problemLevels.ts';
import type { SyntaxFinding } from './rules/reporter.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** What is asked for: a place, kinds of LSP (null for whatever fits there), and which problems are shown. */
export interface ActionRequest {
  readonly range: Range;
  readonly only: readonly string[] | null;
  readonly levels: ProblemLevels;
}

/** What an editor does with a document. */
export interface DocumentCommand {
  readonly command: string;
  argument(uri: string): object;
}

/** What edits cannot do; each null where nobody can run it. */
export interface ActionCommands {
  /** Opens the rules of a listing as a document of their own. */
  readonly convert: DocumentCommand | null;
  /** Ends lines with LF. */
  readonly lineFeeds: DocumentCommand | null;
}

/**
 * The cures of what is wrong in this version of the text, and what else can be done with it. Fixes are those of the
 * problems that touch the range; what is asked for as a source action is of the whole document. `findings`: what is wrong in
 * the text, by its language.
 */
export function* codeActions(
  document: RulesDocument,
  request: ActionRequest,
  commands: ActionCommands,
  findings: (document: RulesDocument) => Steps<readonly SyntaxFinding[]> = syntaxFindings,
): Steps<CodeAction[]> {
  const asks = (kind: ActionKind): boolean => isAsked(kind, request.only);
  const needsFindings = asks('quickfix') || asks('refactor.rewrite') || asks('source.fixAll');
  const found = needsFindings ? notOff(yield* findings(document), request.levels) : [];
  const actions = [
    ...cleanPaste(document, request, found),
    ...convertListing(document, commands),
    ...useLineFeeds(document, request, found, commands),
    ...(asks('quickfix') ? ofFindings(document, request, found) : []),
    ...(asks('quickfix') ? yield* ofKinds(document, request, found) : []),
    ...(asks('source.fixAll') ? yield* fixAll(document, found) : []),
    ...(asks('source.canonicalOrder') ? yield* canonicalOrder(document) : []),
  ];
  return actions.filter(({ kind }) => Object.values(actionKinds).some((each) => each === kind && asks(each)));
}

function notOff(found: readonly SyntaxFinding[], levels: ProblemLevels): readonly SyntaxFinding[] {
  return levels.size === 0 ? found : found.filter((each) => levelOf(each, levels) !== 'off');
}

/** Offered anywhere in a listing. */
function convertListing({ uri, ruleset }: RulesDocument, { convert }: ActionCommands): CodeAction[] {
  if (ruleset.listing === null || convert === null) return [];
  const title = 'Convert Listing to Rules';
  const { command } = convert;
  return [
    { title, kind: actionKinds.rewrite, command: { title, command, arguments: [convert.argument(uri)] } },
  ];
}

/** An editor gives its own line endings to what an edit says. */
function useLineFeeds(
  document: RulesDocument,
  { range, levels }: ActionRequest,
  found: readonly SyntaxFinding[],
  { lineFeeds }: ActionCommands,
): CodeAction[] {
  const here = touching(document, range, found).filter(({ code }) => code === 'line-endings');
  if (here.length === 0 || lineFeeds === null) return [];
  const title = 'Change the Line Endings to LF';
  const { command } = lineFeeds;
  return [
    {
      title,
      kind: actionKinds.fix,
      diagnostics: diagnosticsAt(document, here, levels),
      isPreferred: true,
      command: { title, command, arguments: [lineFeeds.argument(document.uri)] },
    },
  ];
}

function touching(
  document: RulesDocument,
  { start, end }: Range,
  found: readonly SyntaxFinding[],
): readonly SyntaxFinding[] {
  const [from, to] = [document.offsetAt(start), document.offsetAt(end)];
  return found.filter(({ at: { span } }) => span.start <= to && span.end >= from);
}

function curable(
  document: RulesDocument,
  { range }: ActionRequest,
  found: readonly SyntaxFinding[],
): readonly SyntaxFinding[] {
  return touching(document, range, found).filter(({ fixes }) => fixes.length > 0);
}

function ofFindings(
  document: RulesDocument,
  request: ActionRequest,
  found: readonly SyntaxFinding[],
): CodeAction[] {
  return curable(document, request, found).flatMap((finding) =>
    finding.fixes.map((fix) => ({
      title: fix.title,
      kind: actionKinds.fix,
      diagnostics: diagnosticsAt(document, [finding], request.levels),
      isPreferred: fix.preferred,
      edit: editOf(document, [fix]),
    })),
  );
}

/** Of each code that is there: the preferred fixes of all of its problems in the document. */
function* ofKinds(
  document: RulesDocument,
  request: ActionRequest,
  found: readonly SyntaxFinding[],
): Steps<CodeAction[]> {
  const here = curable(document, request, found);
  const actions: CodeAction[] = [];
  for (const code of new Set(here.map((finding) => finding.code))) {
    const ofCode = found.filter((finding) => finding.code === code);
    const fixes = yield* apart(ofCode.flatMap((finding) => preferredFix(finding) ?? []));
    if (fixes.length < 2) continue;
    const shown = here.filter((finding) => finding.code === code);
    actions.push({
      title: `Fix all: ${findingTable[code].title}`,
      kind: actionKinds.fix,
      diagnostics: diagnosticsAt(document, shown, request.levels),
      isPreferred: false,
      edit: editOf(document, fixes),
    });
  }
  return actions;
}

/** Nothing in a paste: its rules are cleaned first. */
function* fixAll(document: RulesDocument, found: readonly SyntaxFinding[]): Steps<CodeAction[]> {
  if (document.cleanPaste !== null) return [];
  const fixes = yield* apart(found.flatMap((finding) => certainFix(finding) ?? []));
  if (fixes.length === 0) return [];
  return [{ title: 'Apply All Certain Fixes', kind: actionKinds.fixAll, edit: editOf(document, fixes) }];
}

function* canonicalOrder(document: RulesDocument): Steps<CodeAction[]> {
  const edits = yield* canonicalEdits(document, null);
  if (edits.length === 0) return [];
  const title = 'Write Rules as iptables-save Prints Them';
  return [{ title, kind: actionKinds.canonical, edit: { changes: { [document.uri]: edits } } }];
}

/** All of a text that was pasted with nothing left but its rules; offered wherever something stands beside them. */
function cleanPaste(
  document: RulesDocument,
  { range, levels }: ActionRequest,
  found: readonly SyntaxFinding[],
): CodeAction[] {
  const { cleanPaste: paste } = document;
  if (paste === null) return [];
  const here = touching(document, range, found).filter(({ code }) => code === 'pasted-noise');
  const isThere = here.length > 0;
  const whole = new LineIndex(paste.written);
  const all = { start: whole.positionAt(0), end: whole.positionAt(paste.written.length) };
  return [
    {
      title: 'Clean Pasted Rules',
      kind: isThere ? actionKinds.fix : actionKinds.rewrite,
      diagnostics: diagnosticsAt(document, here.slice(0, 1), levels),
      isPreferred: isThere,
      edit: { changes: { [document.uri]: [{ range: all, newText: paste.text }] } },
    },
  ];
}

function diagnosticsAt(
  document: RulesDocument,
  findings: readonly SyntaxFinding[],
  levels: ProblemLevels,
): NonNullable<CodeAction['diagnostics']> {
  return findings.flatMap((finding) => diagnosticOf(document, finding, levels) ?? []);
}

function editOf(document: RulesDocument, fixes: readonly Fix[]): NonNullable<CodeAction['edit']> {
  const edits = fixes.flatMap(({ changes }) =>
    changes.map(({ span, newText }) => ({ range: document.rangeOf(span), newText })),
  );
  return { changes: { [document.uri]: edits } };
}
