/** The dump that the Rules view shows: that of the active editor, or the one it is pinned to. */
import * as vscode from 'vscode';
import { isOpenInTab, rulesOf } from './rulesDocument.ts';

/** The document in question. `uri` is null before the first dump is shown. */
export class CurrentRules implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable;
  #uri: vscode.Uri | null = null;
  /** The document that led to it: the rules, or another file of the snapshot. */
  #shownBy: string | null = null;
  #pinned = false;
  #update = 0;
  readonly #holds: (uri: string) => boolean;

  /** `holds`: whether rules stay without an editor's document of them. */
  constructor(holds: (uri: string) => boolean) {
    this.#holds = holds;
    this.#subscriptions = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor(() => void this.follow()),
      vscode.window.tabGroups.onDidChangeTabs(() => void this.follow()),
      vscode.workspace.onDidOpenTextDocument(() => void this.follow()),
    );
  }

  get uri(): vscode.Uri | null {
    return this.#uri;
  }

  get pinned(): boolean {
    return this.#pinned;
  }

  setPinned(pinned: boolean): void {
    this.#pinned = pinned && this.#uri !== null;
    this.#publish();
    void this.follow();
  }

  /** Shows these rules although another editor is active. */
  show(uri: vscode.Uri): void {
    this.#set(uri, uri.toString());
  }

  /** Shows no rules, until an editor leads to some. */
  leave(): void {
    this.#pinned = false;
    this.#set(null, null);
  }

  /** Looks at the active editor. An editor that has nothing to do with rules changes nothing. */
  async follow(): Promise<void> {
    const update = ++this.#update;
    const document = vscode.window.activeTextEditor?.document;
    const rules = document === undefined ? null : await rulesOf(document);
    if (update !== this.#update) return;
    void vscode.commands.executeCommand('setContext', 'kubeProxy.activeEditorHasRules', rules !== null);
    if (this.#pinned) return;
    if (document !== undefined && rules !== null) this.#set(rules, this.#leader(document, rules));
    else if (this.#shownBy !== null && !this.#holds(this.#shownBy) && !isOpenInTab(this.#shownBy)) {
      this.#set(null, null);
    }
  }

  /** Of what is held the rules themselves: the document may be one of many that show a chain. */
  #leader(document: vscode.TextDocument, rules: vscode.Uri): string {
    return this.#holds(rules.toString()) ? rules.toString() : document.uri.toString();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  #set(uri: vscode.Uri | null, shownBy: string | null): void {
    this.#shownBy = shownBy;
    if (uri?.toString() === this.#uri?.toString()) return;
    this.#uri = uri;
    this.#publish();
  }

  #publish(): void {
    const isHeld = this.#uri !== null && this.#holds(this.#uri.toString());
    void vscode.commands.executeCommand('setContext', 'kubeProxy.rules.hasDocument', this.#uri !== null);
    void vscode.commands.executeCommand('setContext', 'kubeProxy.rules.hasFile', isHeld);
    void vscode.commands.executeCommand('setContext', 'kubeProxy.rules.pinned', this.#pinned);
    this.#changed.fire();
  }
}
