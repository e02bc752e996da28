/** What was asked of clusters and how it ended, for the user who looks for a reason. Made with the first line. */
import * as vscode from 'vscode';
import { withoutPasswords } from '../../text/passwords.ts';
import { visible } from '../plainText.ts';

/** The channel in the Output view. Names from a cluster are made visible before they are written. */
export class ClusterLog implements vscode.Disposable {
  readonly #versions: string;
  #channel: vscode.LogOutputChannel | null = null;

  /** The log begins with `versions`. */
  constructor(versions: string) {
    this.#versions = versions;
  }

  info(line: string): void {
    this.#open().info(line);
  }

  /** The reason, and the reasons of that. */
  failure(about: string, error: unknown): void {
    this.#open().error(`${about}: ${reasons(error).join(' — ')}`);
  }

  show(): void {
    this.#open().show(true);
  }

  dispose(): void {
    this.#channel?.dispose();
  }

  #open(): vscode.LogOutputChannel {
    if (this.#channel === null) {
      this.#channel = vscode.window.createOutputChannel('kube-proxy Explorer: Clusters', { log: true });
      this.#channel.info(this.#versions);
    }
    return this.#channel;
  }
}

function reasons(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [visible(String(error))];
  return [
    visible(withoutPasswords(error.message)),
    ...(error.cause === undefined ? [] : reasons(error.cause)),
  ];
}
