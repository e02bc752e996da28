import { type Connection, type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { Finding } from '../../kubeproxy/findings/finding.ts';
import type { DiagnosticsPage } from '../../language/diagnostics.ts';
import type { IptablesLanguageService } from '../../language/languageService.ts';
import type { RulesDocument } from '../../language/rulesDocument.ts';
import { findingsIn } from '../findingsIn.ts';
import { inTurns, type Stop } from '../inTurns.ts';
import { prepareAnswers } from '../prepare.ts';
import type { Settings } from '../settings.ts';
import type { Workspace } from '../workspace.ts';

/** Who shows diagnostics: the editor at the other end of the connection. */
export interface Editor {
  readonly sendDiagnostics: Connection['sendDiagnostics'];
  /** Of what should not have happened. */
  readonly complain: (message: string) => void;
}

/** What is wrong in the text itself is shown after this, where what is found of Services takes longer. */
const EARLY_MILLISECONDS = 200;

/**
 * Publishes what is found in a document: in its text, and of Services at its rules. Then it prepares other answers. A
 * newer version, newer objects or closing takes back all that is under way, so that what is shown is never of the past.
 */
export class DiagnosticsPublisher {
  readonly #editor: Editor;
  readonly #workspace: Workspace;
  readonly #service: IptablesLanguageService;
  readonly #settings: { readonly current: Pick<Settings, 'levels'> };
  /** The latest publishing of each document. */
  readonly #latest = new Map<string, object>();
  readonly #shown = new WeakSet<RulesDocument>();

  constructor(
    editor: Editor,
    workspace: Workspace,
    service: IptablesLanguageService,
    settings: { readonly current: Pick<Settings, 'levels'> },
  ) {
    this.#settings = settings;
    this.#editor = editor;
    this.#workspace = workspace;
    this.#service = service;
  }

  /** Of the present version of the document. A check that fails must not take the server with it. */
  async publish(uri: string): Promise<void> {
    const document = this.#workspace.document(uri);
    if (document === null) return;
    try {
      await this.#publish(document);
    } catch (error) {
      this.#editor.complain(`The check of ${uri} failed: ${String(error)}`);
    }
  }

  /** The document was closed: its problems leave the list. */
  forget(uri: string): void {
    this.#latest.delete(uri);
    void this.#editor.sendDiagnostics({ uri, diagnostics: [] });
  }

  async #publish(document: RulesDocument): Promise<void> {
    const stop = this.#stopOf(document);
    const own = await inTurns(this.#service.findings(document), stop);
    if (own.kind === 'stopped') return;
    const early = this.#early(document, own.value, stop);
    const ofServices = await findingsIn(this.#workspace, document, stop);
    clearTimeout(early);
    if (ofServices.kind === 'stopped') return;
    this.#show(document, [...own.value, ...ofServices.value]);
    await prepareAnswers(this.#workspace, document, stop);
  }

  /** Stopped once something newer of the document is published, or it has another version or none. */
  #stopOf(document: RulesDocument): Stop {
    const { uri } = document;
    const own = {};
    this.#latest.set(uri, own);
    const isStopped = (): boolean =>
      this.#latest.get(uri) !== own || this.#workspace.document(uri) !== document;
    return {
      get stopped() {
        return isStopped();
      },
    };
  }

  /** Of a version that is shown already nothing is taken away before all is known. */
  #early(
    document: RulesDocument,
    findings: readonly Finding[],
    stop: Stop,
  ): ReturnType<typeof setTimeout> | undefined {
    if (this.#shown.has(document)) return undefined;
    return setTimeout(() => {
      if (!stop.stopped) this.#show(document, findings);
    }, EARLY_MILLISECONDS);
  }

  #show(document: RulesDocument, findings: readonly Finding[]): void {
    this.#shown.add(document);
    void this.#editor.sendDiagnostics({
      uri: document.uri,
      version: document.version,
      diagnostics: withOmitted(
        document,
        this.#service.diagnostics(document, findings, this.#settings.current.levels),
      ),
    });
  }
}

/** Says how many problems are not shown, where some are not. */
function withOmitted(document: RulesDocument, page: DiagnosticsPage): Diagnostic[] {
  if (page.omitted === 0) return page.items;
  const message = `${page.omitted.toLocaleString('en')} more problems are not shown. Cure those above first, or see all of them with "kube-proxy-explorer check".`;
  const range = document.rangeOf({ start: 0, end: 0 });
  return [...page.items, { message, range, severity: DiagnosticSeverity.Information, source: 'kube-proxy' }];
}
