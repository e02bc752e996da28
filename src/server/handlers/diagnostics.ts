import { type Connection, type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { DiagnosticsPage } from '../../language/diagnostics.ts';
import type { IptablesLanguageService } from '../../language/languageService.ts';
import type { RulesDocument } from '../../language/rulesDocument.ts';
import { prepareAnswers } from '../prepare.ts';
import { turn } from '../turn.ts';
import type { Workspace } from '../workspace.ts';

/** Long enough that typing a word checks once, short enough to feel immediate. */
const DELAY_MILLISECONDS = 150;

/**
 * Publishes a document's diagnostics a moment after its last change, then prepares other answers; a newer version or
 * closing takes back both.
 */
export class DiagnosticsPublisher {
  readonly #connection: Connection;
  readonly #workspace: Workspace;
  readonly #service: IptablesLanguageService;
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(connection: Connection, workspace: Workspace, service: IptablesLanguageService) {
    this.#connection = connection;
    this.#workspace = workspace;
    this.#service = service;
  }

  schedule(uri: string): void {
    this.#cancel(uri);
    this.#waiting.set(
      uri,
      setTimeout(() => this.#start(uri), DELAY_MILLISECONDS),
    );
  }

  /** The document was closed: its problems leave the list. */
  clear(uri: string): void {
    this.#cancel(uri);
    void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  #cancel(uri: string): void {
    clearTimeout(this.#waiting.get(uri));
    this.#waiting.delete(uri);
  }

  /** A check that fails must not take the server with it. */
  #start(uri: string): void {
    this.#publish(uri).catch((error: unknown) => {
      this.#connection.console.error(`The check of ${uri} failed: ${String(error)}`);
    });
  }

  /** Checks in steps, and gives up without a word when the document changed or was closed meanwhile. */
  async #publish(uri: string): Promise<void> {
    this.#waiting.delete(uri);
    const document = this.#workspace.document(uri);
    if (document === null) return;
    const steps = this.#service.findings(document);
    let step = steps.next();
    while (step.done !== true) {
      await turn();
      if (this.#workspace.document(uri) !== document) return;
      step = steps.next();
    }
    await this.#connection.sendDiagnostics({
      uri,
      version: document.version,
      diagnostics: withOmitted(document, this.#service.diagnostics(document, step.value)),
    });
    await prepareAnswers(this.#workspace, document);
  }
}

/** Says how many problems are not shown, where some are not. */
function withOmitted(document: RulesDocument, page: DiagnosticsPage): Diagnostic[] {
  if (page.omitted === 0) return page.items;
  const message = `${page.omitted.toLocaleString('en')} more problems are not shown. Cure those above first, or see all of them with "kube-proxy-explorer check".`;
  const range = document.rangeOf({ start: 0, end: 0 });
  return [...page.items, { message, range, severity: DiagnosticSeverity.Information, source: 'kube-proxy' }];
}
