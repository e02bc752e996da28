/** What is found in held files, told at the excerpts that show it: nobody asks for the problems of a document that is not open. */
import type { Connection, Diagnostic } from 'vscode-languageserver';
import type { Finding } from '../kubeproxy/findings/finding.ts';
import { groupBy } from '../text/groupBy.ts';
import type { DocumentProblems } from './documentProblems.ts';
import { excerptsOf, type HeldDocument } from './heldDocument.ts';
import type { Stop } from './inTurns.ts';

/** Publishes them, again when something changes, and takes them away when a file is released. */
export class HeldProblems {
  readonly #connection: Connection;
  readonly #problems: DocumentProblems;
  /** Held file → the excerpts that show some of its problems. */
  readonly #shown = new Map<string, ReadonlySet<string>>();
  readonly #latest = new Map<string, object>();

  constructor(connection: Connection, problems: DocumentProblems) {
    this.#connection = connection;
    this.#problems = problems;
  }

  /** Nothing for a document that is not held. A check that fails must not take the server with it. */
  async publish(uri: string): Promise<void> {
    const document = this.#problems.workspace.held(uri);
    if (document === null) return;
    try {
      await this.#publish(document);
    } catch (error) {
      this.#connection.console.error(`The check of ${uri} failed: ${String(error)}`);
    }
  }

  /** The file was released. */
  forget(uri: string): void {
    this.#latest.delete(uri);
    this.#show(uri, new Map());
    this.#shown.delete(uri);
  }

  async #publish(document: HeldDocument): Promise<void> {
    const stop = this.#stopOf(document);
    const own = await this.#problems.inText(document, stop);
    if (own.kind === 'stopped') return;
    const ofServices = await this.#problems.ofServices(document, stop);
    // Where an editor has the same file open, its problems are that document's.
    if (ofServices.kind === 'done') {
      this.#show(document.uri, this.#byExcerpt(document, [...own.value, ...ofServices.value]));
      await this.#problems.prepare(document, stop);
    }
  }

  #stopOf(document: HeldDocument): Stop {
    const { uri } = document;
    const own = {};
    this.#latest.set(uri, own);
    const isStopped = (): boolean =>
      this.#latest.get(uri) !== own || this.#problems.workspace.held(uri) !== document;
    return {
      get stopped() {
        return isStopped();
      },
    };
  }

  #byExcerpt(
    document: HeldDocument,
    findings: readonly Finding[],
  ): ReadonlyMap<string, readonly Diagnostic[]> {
    const excerpts = document.kept.of(excerptsOf);
    const placed = this.#problems.gravest(findings).flatMap((finding) => {
      const excerpt = finding.at === null ? null : excerpts.showing(finding.at.span);
      return excerpt === null ? [] : [{ excerpt, finding }];
    });
    const shown = new Map<string, readonly Diagnostic[]>();
    for (const [excerpt, found] of groupBy(placed, (each) => each.excerpt)) {
      const own = found.map(({ finding }) => finding);
      shown.set(excerpt.uri, this.#problems.diagnostics(excerpt, own));
    }
    return shown;
  }

  #show(uri: string, shown: ReadonlyMap<string, readonly Diagnostic[]>): void {
    for (const gone of this.#shown.get(uri) ?? []) {
      if (!shown.has(gone)) void this.#connection.sendDiagnostics({ uri: gone, diagnostics: [] });
    }
    for (const [excerpt, items] of shown) {
      void this.#connection.sendDiagnostics({ uri: excerpt, diagnostics: [...items] });
    }
    this.#shown.set(uri, new Set(shown.keys()));
  }
}
