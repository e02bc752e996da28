/** Tells when one of the kubeconfig files is changed, made or removed. */
import { type StatsListener, unwatchFile, watchFile } from 'node:fs';
import type * as vscode from 'vscode';

/**
 * How often a file is asked for its date, in milliseconds. Asked, not told of: they lie in the user's home, which may be a
 * network's, and programs replace them as a whole.
 */
const INTERVAL = 2000;

/** One for all files that are followed. A file that is not there yet is followed too. */
export class KubeconfigWatch implements vscode.Disposable {
  readonly #listener: StatsListener;
  #files: readonly string[] = [];

  constructor(changed: () => void) {
    this.#listener = (now, before) => {
      if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) changed();
    };
  }

  /** Watches these, and no others any more. */
  follow(files: readonly string[]): void {
    for (const file of this.#files) if (!files.includes(file)) unwatchFile(file, this.#listener);
    for (const file of files) {
      if (!this.#files.includes(file)) {
        watchFile(file, { interval: INTERVAL, persistent: false }, this.#listener);
      }
    }
    this.#files = files;
  }

  dispose(): void {
    this.follow([]);
  }
}
