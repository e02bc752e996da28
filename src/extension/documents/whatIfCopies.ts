/** Copies of rules that the user edits to see what would change: untitled documents that stand in the node of what they were copied from. */
import * as vscode from 'vscode';
import { fileName } from './heldTexts.ts';

const KEY = 'kubeProxy.whatIf';

/** Remembered with the workspace, as VS Code keeps unsaved documents. */
export class WhatIfCopies {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** What a copy was made of; null for any other document. */
  originOf(uri: vscode.Uri): vscode.Uri | null {
    const origin = this.#origins[uri.toString()];
    return typeof origin === 'string' ? vscode.Uri.parse(origin, true) : null;
  }

  /** The open copies of these rules. */
  of(origin: string): readonly vscode.Uri[] {
    return vscode.workspace.textDocuments
      .map(({ uri }) => uri)
      .filter((uri) => this.#origins[uri.toString()] === origin);
  }

  /** The copy that is open already, else a new one with the same text and in the same language. */
  async open(origin: vscode.Uri): Promise<vscode.Uri> {
    const [known] = this.of(origin.toString());
    if (known !== undefined) return known;
    const original = await vscode.workspace.openTextDocument(origin);
    const copy = copyUri(origin);
    const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.toString()));
    const kept = Object.entries(this.#origins).filter(([uri]) => open.has(uri));
    await this.#memory.update(KEY, { ...Object.fromEntries(kept), [copy.toString()]: origin.toString() });
    const document = await vscode.workspace.openTextDocument(copy);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(copy, new vscode.Range(0, 0, document.lineCount, 0), original.getText());
    await vscode.workspace.applyEdit(edit);
    await vscode.languages.setTextDocumentLanguage(document, original.languageId);
    return copy;
  }

  get #origins(): Readonly<Record<string, unknown>> {
    return Object(this.#memory.get(KEY));
  }
}

/** `file:///dumps/node-1/iptables-save.txt` → `untitled:/dumps/node-1 (what if)/iptables-save.txt` */
function copyUri(origin: vscode.Uri): vscode.Uri {
  const folder = vscode.Uri.joinPath(origin, '..').path.replace(/\/$/, '');
  return vscode.Uri.from({ scheme: 'untitled', path: `${folder} (what if)/${fileName(origin)}` });
}
