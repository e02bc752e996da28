/** Rules that VS Code shows and hands to no extension: said in the status, with the command that reads them all the same. */
import { open } from 'node:fs/promises';
import * as vscode from 'vscode';
import { pastedRequest } from '../../protocol/requests.ts';
import { decodeRules } from '../../text/decode.ts';
import { inMessage, inStatus } from '../plainText.ts';
import { reportFailure } from '../reportFailure.ts';
import type { RulesServer } from '../rulesServer.ts';
import { MOST_HANDED_OVER } from './vscodeLimits.ts';

/** So much of a file tells whether it holds rules, in bytes. */
const HEAD = 64 * 1024;

/** Watches the tab in front. */
export class TooLargeRules implements vscode.Disposable {
  readonly #server: RulesServer;
  readonly #item = vscode.languages.createLanguageStatusItem('kubeProxy.tooLarge', { scheme: 'none' });
  readonly #subscription: vscode.Disposable;
  /** Files that were looked at: whether they are rules that are too large. */
  readonly #known = new Map<string, boolean>();

  constructor(server: RulesServer) {
    this.#server = server;
    this.#item.name = vscode.l10n.t('Rules too large for extensions');
    this.#item.severity = vscode.LanguageStatusSeverity.Warning;
    this.#item.text = vscode.l10n.t('Too large for extensions');
    this.#item.detail = inStatus(
      vscode.l10n.t(
        'VS Code hands no document over 50 MiB to extensions: no hovers, no tree, no problems and no traces here.',
      ),
    );
    this.#subscription = vscode.window.tabGroups.onDidChangeTabs(() => this.#look());
    this.#look();
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscription, this.#item).dispose();
  }

  #look(): void {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    if (input instanceof vscode.TabInputText) void this.#lookAt(input.uri).catch(reportFailure);
  }

  async #lookAt(uri: vscode.Uri): Promise<void> {
    const known = this.#known.get(uri.toString());
    const isTooLarge = known ?? (await this.#isTooLarge(uri));
    this.#known.set(uri.toString(), isTooLarge);
    if (!isTooLarge) return;
    const command = { command: 'kubeProxy.rules.openFile', arguments: [uri] };
    this.#item.command = { ...command, title: vscode.l10n.t('Open Rules File…') };
    this.#item.selector = { scheme: uri.scheme, pattern: uri.path };
    if (known === undefined) await this.#offer(uri);
  }

  /** Of a file of this machine alone: no other is read for it. */
  async #isTooLarge(uri: vscode.Uri): Promise<boolean> {
    if (uri.scheme !== 'file') return false;
    const { size, type } = await vscode.workspace.fs.stat(uri);
    if (size <= MOST_HANDED_OVER || (type & vscode.FileType.File) === 0) return false;
    const { text } = decodeRules(await headOf(uri.fsPath));
    const { chains } = await this.#server.ask(pastedRequest, { text });
    return chains > 0;
  }

  async #offer(uri: vscode.Uri): Promise<void> {
    const openFile = vscode.l10n.t('Open Rules File');
    const message = vscode.l10n.t(
      'VS Code hands no document over 50 MiB to extensions: {0} has no hovers, no tree and no traces as it is.',
      uri.path.slice(uri.path.lastIndexOf('/') + 1),
    );
    const chosen = await vscode.window.showInformationMessage(inMessage(message), openFile);
    if (chosen === openFile) await vscode.commands.executeCommand('kubeProxy.rules.openFile', uri);
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
