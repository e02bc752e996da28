import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { Finding } from '../kubeproxy/findings/finding.ts';
import { gravestFindings } from '../language/diagnostics.ts';
import type { IptablesLanguageService } from '../language/languageService.ts';
import type { RulesDocument } from '../language/rulesDocument.ts';
import { findingsBefore } from './findingsBefore.ts';
import { findingsIn, tracePackets } from './findingsIn.ts';
import { inTurns, type Stop, type Turns } from './inTurns.ts';
import { prepareAnswers } from './prepare.ts';
import type { Settings } from './settings.ts';
import type { Workspace } from './workspace.ts';

/** What is found in the text itself is shown after this, where what is found of Services takes longer. */
const EARLY_MILLISECONDS = 200;

const LARGE = 1_000_000;

/** Whether a text is so large that what is found of Services takes longer for sure, and that its memory is worth to be given back. */
export function isLarge({ text }: RulesDocument): boolean {
  return text.length >= LARGE;
}

/** What is shown of a document before all of it is known. */
export interface Early {
  readonly findings: readonly Finding[];
  /** It is shown once the rest has taken so many milliseconds. */
  readonly after: number;
}

/** What is found in open documents, whoever shows it: an editor that is told, or one that asks. Each part is worked out once a version. */
export class DocumentProblems {
  readonly workspace: Workspace;
  readonly #service: IptablesLanguageService;
  readonly #settings: { readonly current: Pick<Settings, 'levels'> };
  /** Documents of which packets were traced since they were opened. */
  readonly #traced = new Set<string>();

  constructor(
    workspace: Workspace,
    service: IptablesLanguageService,
    settings: { readonly current: Pick<Settings, 'levels'> },
  ) {
    this.workspace = workspace;
    this.#service = service;
    this.#settings = settings;
  }

  inText(document: RulesDocument, stop: Stop): Promise<Turns<readonly Finding[]>> {
    return inTurns(this.#service.findings(document), stop);
  }

  ofServices(document: RulesDocument, stop: Stop): Promise<Turns<readonly Finding[]>> {
    return findingsIn(this.workspace, document, stop);
  }

  /** Behind all that is shown: what packets show of Services. Whether that is something else than was shown. */
  async traced(document: RulesDocument, stop: Stop): Promise<boolean> {
    const { uri } = document;
    // Of a large document that is edited what was shown moves along.
    if (isLarge(document) && this.#traced.has(uri)) return false;
    const isNew = await tracePackets(this.workspace, document, stop);
    if (!stop.stopped) this.#traced.add(uri);
    return isNew && !stop.stopped;
  }

  /** The document was closed. */
  forget(uri: string): void {
    this.#traced.delete(uri);
  }

  /** `inText`: what is found there. Behind an edit of a large document that is shown at once, with what was found of Services before. */
  early(document: RulesDocument, inText: readonly Finding[]): Early {
    const before = findingsBefore(document);
    return {
      findings: [...inText, ...(before ?? [])],
      after: before !== null && isLarge(document) ? 0 : EARLY_MILLISECONDS,
    };
  }

  /** Works ahead, once all is shown. */
  prepare(document: RulesDocument, stop: Stop): Promise<void> {
    return prepareAnswers(this.workspace, document, stop);
  }

  /** As many of them as are shown. */
  gravest(findings: readonly Finding[]): readonly Finding[] {
    return gravestFindings(findings, this.#settings.current.levels);
  }

  /** As the settings want them shown; says how many are not. */
  diagnostics(document: RulesDocument, findings: readonly Finding[]): Diagnostic[] {
    const { items, omitted } = this.#service.diagnostics(document, findings, this.#settings.current.levels);
    if (omitted === 0) return items;
    const message = `${omitted.toLocaleString('en')} more problems are not shown. Cure those above first, or see all of them with "kube-proxy-explorer check".`;
    const range = document.rangeOf({ start: 0, end: 0 });
    return [...items, { message, range, severity: DiagnosticSeverity.Information, source: 'kube-proxy' }];
  }
}
