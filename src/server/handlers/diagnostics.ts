import type { Connection } from 'vscode-languageserver';
import type { Finding } from '../../kubeproxy/findings/finding.ts';
import type { RulesDocument } from '../../language/rulesDocument.ts';
import type { DocumentProblems } from '../documentProblems.ts';
import { editorTold, type Stop } from '../inTurns.ts';

/** Who shows diagnostics: the editor at the other end of the connection. */
interface Editor {
  readonly sendDiagnostics: Connection['sendDiagnostics'];
  /** Of what should not have happened. */
  readonly complain: (message: string) => void;
}

/**
 * Tells an editor that does not ask for diagnostics what is found in a document: in its text, and of Services at its rules.
 * Then it prepares other answers. A newer version, newer objects or closing takes back all that is under way, so that what
 * is shown is never of the past.
 */
export class DiagnosticsPublisher {
  readonly #editor: Editor;
  readonly #problems: DocumentProblems;
  /** The latest publishing of each document. */
  readonly #latest = new Map<string, object>();
  readonly #shown = new WeakSet<RulesDocument>();

  constructor(editor: Editor, problems: DocumentProblems) {
    this.#editor = editor;
    this.#problems = problems;
  }

  /** Of the present version of the document. A check that fails must not take the server with it. */
  async publish(uri: string): Promise<void> {
    const document = this.#problems.workspace.document(uri);
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
    this.#problems.forget(uri);
    void this.#editor.sendDiagnostics({ uri, diagnostics: [] });
  }

  async #publish(document: RulesDocument): Promise<void> {
    const stop = this.#stopOf(document);
    const own = await this.#problems.inText(document, stop);
    if (own.kind === 'stopped') return;
    const early = this.#early(document, own.value, stop);
    const ofServices = await this.#problems.ofServices(document, stop);
    clearTimeout(early);
    if (ofServices.kind === 'stopped') return;
    this.#show(document, [...own.value, ...ofServices.value]);
    await this.#problems.prepare(document, stop);
    if (!(await this.#problems.traced(document, stop))) return;
    const traced = await this.#problems.ofServices(document, stop);
    if (traced.kind === 'done') this.#show(document, [...own.value, ...traced.value]);
  }

  /** Stopped once something newer of the document is published, or it has another version or none. */
  #stopOf(document: RulesDocument): Stop {
    const { uri } = document;
    const own = {};
    this.#latest.set(uri, own);
    const isStopped = (): boolean =>
      this.#latest.get(uri) !== own || this.#problems.workspace.document(uri) !== document;
    return {
      get stopped() {
        return isStopped();
      },
    };
  }

  /** Of a version that is shown already nothing is taken away before all is known. */
  #early(
    document: RulesDocument,
    inText: readonly Finding[],
    stop: Stop,
  ): ReturnType<typeof setTimeout> | undefined {
    if (this.#shown.has(document)) return undefined;
    const { findings, after } = this.#problems.early(document, inText);
    return setTimeout(() => {
      if (!stop.stopped) this.#show(document, findings);
    }, after);
  }

  #show(document: RulesDocument, findings: readonly Finding[]): void {
    this.#shown.add(document);
    void this.#editor.sendDiagnostics({
      uri: document.uri,
      version: document.version,
      diagnostics: this.#problems.diagnostics(document, findings),
    });
    editorTold();
  }
}
