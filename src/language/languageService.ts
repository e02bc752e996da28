import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  CodeAction,
  CodeLens,
  CompletionList,
  DocumentHighlight,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  Location,
  Position,
  Range,
  SelectionRange,
  SignatureHelp,
  TextEdit,
  WorkspaceSymbol,
} from 'vscode-languageserver-types';
import type { Analysis } from '../kubeproxy/analysis.ts';
import type { Finding } from '../kubeproxy/findings/finding.ts';
import type { Steps } from '../values/steps.ts';
import { callHierarchyItemAt, incomingCalls, outgoingCalls } from './callHierarchy.ts';
import { type ActionCommands, type ActionRequest, codeActions } from './codeActions.ts';
import { codeLenses } from './codeLens.ts';
import { completionsAt } from './completion/completion.ts';
import { documentationOf } from './completion/documentation.ts';
import type { ItemData } from './completion/itemData.ts';
import type { CompletionRequest } from './completion/context.ts';
import { type DiagnosticsPage, diagnosticsOf, syntaxFindings } from './diagnostics.ts';
import type { SyntaxFinding } from './rules/reporter.ts';
import { foldingRanges } from './folding.ts';
import { formatEdits } from './format.ts';
import { hoverAt } from './hover/hover.ts';
import { linkedEditingAt, type LinkedPlaces } from './linkedEditing.ts';
import type { CommandLinks, LensCommand } from './links.ts';
import { definitionAt, type FoundPlaces, highlightsAt, referencesAt } from './navigation.ts';
import { renameAt, type Renamed, renamePlaceAt, type RenamePlace } from './rename.ts';
import type { ProblemLevels } from './problemLevels.ts';
import { inlayHints, type InlayHintSettings } from './inlayHints.ts';
import { signatureHelpAt } from './signatureHelp.ts';
import type { RulesDocument } from './rulesDocument.ts';
import { selectionRangeAt } from './selectionRanges.ts';
import { semanticTokens } from './semanticTokens.ts';
import { documentSymbols } from './symbols.ts';
import { workspaceSymbols } from './workspaceSymbols.ts';

/** What the service needs from outside. */
export interface LanguageServiceInit extends ActionCommands {
  /** Links for hovers; null where nobody can run commands (a test, another editor). */
  readonly links: CommandLinks | null;
  /** What the lenses of Service chains run; null for no lenses. */
  readonly trace: LensCommand | null;
}

/**
 * Editor intelligence for rules documents. Every function is pure: it looks at one version of a document and, where
 * names of Services matter, at the analysis of its snapshot. Nothing throws for bad input. What is costly (the parse,
 * the checks, the chain index) is worked out once per version, when it is first needed. What walks over all chains or
 * rules gives `Steps`: a server answers others in between, and gives up what nobody waits for.
 */
export interface IptablesLanguageService {
  /** What is wrong in the text. */
  findings(document: RulesDocument): Steps<readonly SyntaxFinding[]>;
  /** Findings that stand in the text, of the text itself or of what its rules do, as an editor takes them; capped. */
  diagnostics(document: RulesDocument, findings: readonly Finding[], levels: ProblemLevels): DiagnosticsPage;
  /** The edits that format the lines of `range`, or all; what is loaded stays the same. */
  format(document: RulesDocument, range: Range | null): Steps<TextEdit[]>;
  /** Null where no option of several values is being written. */
  signatureHelp(document: RulesDocument, position: Position): SignatureHelp | null;
  inlayHints(
    document: RulesDocument,
    analysis: Analysis,
    range: Range,
    settings: InlayHintSettings,
  ): Steps<InlayHint[]>;
  /** The fixes of the problems that touch the range of `request`, and what else it asks for. */
  codeActions(document: RulesDocument, request: ActionRequest): Steps<CodeAction[]>;
  /** Tables and in them chains, by the names of their Services where `analysis` knows them. */
  symbols(document: RulesDocument, analysis: Analysis | null): Steps<DocumentSymbol[]>;
  /** Services and chains of one document whose names hold every word of `query`. */
  workspaceSymbols(document: RulesDocument, analysis: Analysis | null, query: string): WorkspaceSymbol[];
  folds(document: RulesDocument): Steps<FoldingRange[]>;
  /** As LSP encodes them, by `semanticTokensLegend`; `range` null for all, then null where there are too many. */
  semanticTokens(document: RulesDocument, range: Range | null): Steps<number[] | null>;
  /** Null where nothing stands at `position`. */
  hover(document: RulesDocument, analysis: Analysis, position: Position): Hover | null;
  /** Of the chain that is named at `position`. */
  definition(document: RulesDocument, position: Position): Location | null;
  references(
    document: RulesDocument,
    position: Position,
    options: { readonly withDeclaration: boolean; readonly limit: number },
  ): FoundPlaces;
  highlights(document: RulesDocument, position: Position): DocumentHighlight[];
  callHierarchyItem(document: RulesDocument, position: Position): CallHierarchyItem | null;
  incomingCalls(document: RulesDocument, item: CallHierarchyItem): CallHierarchyIncomingCall[];
  outgoingCalls(document: RulesDocument, item: CallHierarchyItem): CallHierarchyOutgoingCall[];
  codeLenses(document: RulesDocument, analysis: Analysis): Steps<CodeLens[]>;
  /** `snippets`: whether the editor takes tab stops. */
  completions(request: CompletionRequest, snippets: boolean): CompletionList;
  /** Of an item of `completions`, in Markdown; empty where nothing is known. */
  documentation(data: ItemData, document: RulesDocument, analysis: Analysis | null): string;
  selectionRange(document: RulesDocument, position: Position): SelectionRange;
  /** The chain that would be renamed, or why nothing is. */
  renamePlace(document: RulesDocument, position: Position): RenamePlace;
  rename(document: RulesDocument, position: Position, name: string): Renamed;
  /** Null where nothing is edited together. */
  linkedEditing(document: RulesDocument, position: Position): LinkedPlaces | null;
}

export function createIptablesLanguageService(init: LanguageServiceInit): IptablesLanguageService {
  return Object.freeze({
    findings: syntaxFindings,
    diagnostics: diagnosticsOf,
    codeActions: (document, request) => codeActions(document, request, init),
    signatureHelp: (document, position) => signatureHelpAt(document, document.offsetAt(position)),
    inlayHints,
    format: formatEdits,
    symbols: documentSymbols,
    workspaceSymbols,
    folds: foldingRanges,
    semanticTokens,
    hover: (document, analysis, position) =>
      hoverAt({ document, analysis, links: init.links }, document.offsetAt(position)),
    definition: (document, position) => definitionAt(document, document.offsetAt(position)),
    references: (document, position, options) => referencesAt(document, document.offsetAt(position), options),
    highlights: (document, position) => highlightsAt(document, document.offsetAt(position)),
    callHierarchyItem: (document, position) => callHierarchyItemAt(document, document.offsetAt(position)),
    incomingCalls,
    outgoingCalls,
    codeLenses: (document, analysis) => codeLenses(document, analysis, init.trace),
    completions: completionsAt,
    documentation: (data, document, analysis) =>
      documentationOf(data, analysis === null ? null : { document, analysis, links: null }),
    selectionRange: (document, position) => selectionRangeAt(document, document.offsetAt(position)),
    renamePlace: (document, position) => renamePlaceAt(document, document.offsetAt(position)),
    rename: (document, position, name) => renameAt(document, document.offsetAt(position), name),
    linkedEditing: (document, position) => linkedEditingAt(document, document.offsetAt(position)),
  } satisfies IptablesLanguageService);
}
