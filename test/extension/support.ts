/** What the suites share: the extension's own API, and the workspace, which is a copy of media/samples. */
import * as assert from 'node:assert/strict';
import { basename, join, sep } from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension/main.node.ts';

export const extensionId = 'kube-proxy-explorer.kube-proxy-explorer';

export function extension(): vscode.Extension<ExtensionApi> {
  const found = vscode.extensions.getExtension<ExtensionApi>(extensionId);
  assert.ok(found, `${extensionId} is not installed`);
  return found;
}

/** The extension's own bundles that this process has read: `extension.js`, `client.js`. */
export function extensionBundles(): readonly string[] {
  const folder = join(extension().extensionPath, 'dist') + sep;
  const loaded = Object.keys(require.cache).filter((file) => file.startsWith(folder));
  return loaded.map((file) => basename(file)).sort();
}

/** A file of the workspace: `kube-proxy-1.36/iptables-save.txt`. */
export function workspaceFile(path: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the tests need a workspace');
  return vscode.Uri.joinPath(folder.uri, path);
}

export async function writeFile(path: string, text: string): Promise<vscode.Uri> {
  const uri = workspaceFile(path);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

/** The rules of kube-proxy 1.36.3. */
export async function openDump(): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(
    workspaceFile('kube-proxy-1.36/iptables-save.txt'),
  );
  await vscode.window.showTextDocument(document);
  return document;
}

/** Resolves with the first event that `accepts` takes. */
export function nextEvent<Value>(
  event: vscode.Event<Value>,
  accepts: (value: Value) => boolean = () => true,
): Promise<Value> {
  return new Promise((resolve) => {
    const subscription = event((value) => {
      if (!accepts(value)) return;
      subscription.dispose();
      resolve(value);
    });
  });
}

/** The chain of the row that `run` selects. While VS Code reads rows again, as after a change of files, it names none that is selected. */
export async function chainSelectedBy(run: () => Thenable<unknown>): Promise<string | null> {
  await run();
  const { view } = extension().exports;
  while (view.selected === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
  return view.selected.kind === 'row' ? view.selected.row.chain : null;
}

/** Where `text` stands first after `after`. */
export function positionOf(document: vscode.TextDocument, text: string, after = ''): vscode.Position {
  const from = document.getText().indexOf(after);
  const at = document.getText().indexOf(text, from);
  assert.ok(from >= 0 && at >= 0, `${text} is not in ${document.uri.path}`);
  return document.positionAt(at);
}
