import type { ClientCapabilities, Connection, ServerCapabilities } from 'vscode-languageserver';
import type { DocumentProblems } from '../documentProblems.ts';
import type { EditClock } from '../editClock.ts';
import { DiagnosticsPublisher } from './diagnostics.ts';
import { PulledDiagnostics, pulledDiagnostics, pullsDiagnostics } from './pulledDiagnostics.ts';

/** Diagnostics as the editor at the other end takes them: it asks for them, or is told of them. */
export class ShownDiagnostics {
  readonly #told: DiagnosticsPublisher;
  readonly #asked: PulledDiagnostics;
  #asks = false;

  constructor(connection: Connection, problems: DocumentProblems, clock: EditClock) {
    const complain = (message: string): void => connection.console.error(message);
    this.#told = new DiagnosticsPublisher(
      { sendDiagnostics: (params) => connection.sendDiagnostics(params), complain },
      problems,
    );
    const { diagnostics } = connection.languages;
    this.#asked = new PulledDiagnostics(problems, clock, () => diagnostics.refresh(), complain);
    diagnostics.on((params, token) => this.#asked.answer(params, token));
  }

  /** What is said of diagnostics to an editor of these capabilities. */
  initialize(capabilities: ClientCapabilities): ServerCapabilities {
    this.#asks = pullsDiagnostics(capabilities);
    return this.#asks ? pulledDiagnostics : {};
  }

  /** `byEdit`: the text of the document; else what its answers stand on beside it. */
  changed(uri: string, byEdit: boolean): void {
    if (!this.#asks) void this.#told.publish(uri);
    else if (!byEdit) this.#asked.askAgain();
  }

  /** The document was closed. */
  forget(uri: string): void {
    if (this.#asks) this.#asked.forget(uri);
    else this.#told.forget(uri);
  }
}
