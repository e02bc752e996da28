import { type ClientCapabilities, CodeLensRefreshRequest, type Connection } from 'vscode-languageserver';

/** What an editor shows beside rules (hints, lenses), of which it asks by itself only after edits and scrolling. */
export class BesideText {
  readonly #connection: Connection;
  #hints = false;
  #lenses = false;
  #told = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  initialize({ workspace }: ClientCapabilities): void {
    this.#hints = workspace?.inlayHint?.refreshSupport === true;
    this.#lenses = workspace?.codeLens?.refreshSupport === true;
  }

  /** Tells an editor that can, once for all documents, to ask again. */
  askAgain(): void {
    if (this.#told) return;
    this.#told = true;
    void Promise.resolve()
      .then(() => {
        this.#told = false;
        return Promise.all([
          this.#hints ? this.#connection.languages.inlayHint.refresh() : null,
          this.#lenses ? this.#connection.sendRequest(CodeLensRefreshRequest.type) : null,
        ]);
      })
      .catch((error: unknown) => {
        this.#connection.console.error(`The editor did not ask again: ${String(error)}`);
      });
  }
}
