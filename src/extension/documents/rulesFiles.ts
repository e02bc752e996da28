/**
 * `kube-proxy-rules:/big.txt/nat/KUBE-SERVICES?…`: the chains of files that the server holds, each as a document that nobody
 * can write to. Nothing is read for it: a tab that came back with its window says what to do.
 */
import * as vscode from 'vscode';
import { excerptScheme } from '../../protocol/excerptUri.ts';
import { excerptRequest } from '../../protocol/requests.ts';
import { visible } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import { ReadOnlyFiles } from './readOnlyFiles.ts';
import { isRules, rulesLanguage, wholeOf } from './rulesDocument.ts';

/** The documents that show chains; each is asked of the server as often as VS Code asks. */
export class RulesFiles extends ReadOnlyFiles implements vscode.Disposable {
  readonly #server: RulesServer;
  readonly #subscriptions: vscode.Disposable;
  /** When a file's text was another one last; milliseconds. */
  readonly #changedAt = new Map<string, number>();

  constructor(server: RulesServer) {
    super();
    this.#server = server;
    this.#subscriptions = vscode.Disposable.from(
      server.onDidChangeRules((file) => this.#fileChanged(file)),
      vscode.workspace.onDidOpenTextDocument((document) => void this.#callRules(document)),
    );
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const size = (await this.readFile(uri)).length;
    const mtime = this.#changedAt.get(wholeOf(uri).toString()) ?? 0;
    const permissions = vscode.FilePermission.Readonly;
    return { type: vscode.FileType.File, ctime: 0, mtime, size, permissions };
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return new TextEncoder().encode(await this.#text(uri));
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  protected override reason(): string {
    return vscode.l10n.t(
      'This shows a chain of a file. To change the file, open it in an editor that takes its size.',
    );
  }

  async #text(uri: vscode.Uri): Promise<string> {
    const file = wholeOf(uri);
    const name = visible(file.path.slice(file.path.lastIndexOf('/') + 1));
    if (!this.#server.holds(file.toString())) {
      const closed = vscode.l10n.t('{0} is not open as a rules file.', name);
      const todo = vscode.l10n.t('Run "kube-proxy: Open Rules File…" and choose it to see its chains.');
      return `# ${closed}\n# ${todo}\n`;
    }
    const text = await this.#server.ask(excerptRequest, { uri: uri.toString() });
    return text ?? `# ${vscode.l10n.t('{0} has no such chain any more.', name)}\n`;
  }

  #fileChanged(file: string): void {
    const shown = vscode.workspace.textDocuments.filter(({ uri }) => isOf(uri, file));
    this.#changedAt.set(file, Math.max(Date.now(), (this.#changedAt.get(file) ?? 0) + 1));
    this.changed(shown.map(({ uri }) => uri));
    for (const document of shown) void this.#callRules(document);
  }

  /** The first line of what belongs to no chain need not say that it is of rules. */
  async #callRules(document: vscode.TextDocument): Promise<void> {
    const { uri } = document;
    const isShown = uri.scheme === excerptScheme && this.#server.holds(wholeOf(uri).toString());
    if (isShown && !isRules(document))
      await vscode.languages.setTextDocumentLanguage(document, rulesLanguage);
  }
}

function isOf(uri: vscode.Uri, file: string): boolean {
  return uri.scheme === excerptScheme && wholeOf(uri).toString() === file;
}

/** Closes the tabs that show chains of a file. */
export async function closeTabsOf(file: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const own = tabs.filter(
    ({ input }) => input instanceof vscode.TabInputText && isOf(input.uri, file.toString()),
  );
  await vscode.window.tabGroups.close(own);
}
