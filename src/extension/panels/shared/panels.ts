/** The open panels of one kind, and how VS Code brings them back after a reload of the window. */
import * as vscode from 'vscode';
import type { PanelContract } from '../../../protocol/panel.ts';
import { Panel, panelOptions, type PanelKind } from './panel.ts';

/** One panel for each key (`PanelKind.keyOf`). Disposing of them leaves their tabs open. */
export class Panels<Contract extends PanelContract>
  implements vscode.WebviewPanelSerializer, vscode.Disposable
{
  readonly #extensionUri: vscode.Uri;
  readonly #kind: PanelKind<Contract>;
  readonly #type: string;
  readonly #panels = new Map<string, Panel<Contract>>();
  readonly #serializer: vscode.Disposable;

  /** The manifest must have `onWebviewPanel:kubeProxy.NAME` among its activation events. */
  constructor(extensionUri: vscode.Uri, kind: PanelKind<Contract>) {
    this.#extensionUri = extensionUri;
    this.#kind = kind;
    this.#type = `kubeProxy.${kind.name}`;
    this.#serializer = vscode.window.registerWebviewPanelSerializer(this.#type, this);
  }

  /** Shows it in the panel that has such a state already, else in a new one in `column`: by default where others of its kind are, else beside. */
  open(state: Contract['state'], column = this.#column() ?? vscode.ViewColumn.Beside): void {
    const existing = this.#panels.get(this.#kind.keyOf(state));
    if (existing !== undefined) {
      existing.open(state);
      return;
    }
    const title = this.#kind.tabTitle(state);
    const shown = { viewColumn: column, preserveFocus: false };
    this.#add(vscode.window.createWebviewPanel(this.#type, title, shown, panelOptions), state);
  }

  /** What the panel shows that the user works with now; null where that is no panel of this kind. */
  get active(): Contract['state'] | null {
    return [...this.#panels.values()].find(({ active }) => active)?.state ?? null;
  }

  /** What the panel of a key shows; null where there is none. */
  stateOf(key: string): Contract['state'] | null {
    return this.#panels.get(key)?.state ?? null;
  }

  /** Called by VS Code with what the page kept; undefined where it never kept anything. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, kept: unknown): Promise<void> {
    // A panel that never said what it shows has nothing to come back to.
    if (this.#kind.isState(kept)) this.#add(panel, kept);
    else panel.dispose();
    return Promise.resolve();
  }

  dispose(): void {
    this.#serializer.dispose();
    for (const panel of this.#panels.values()) panel.dispose();
  }

  /** Of the panel that was opened last. */
  #column(): vscode.ViewColumn | undefined {
    return [...this.#panels.values()].at(-1)?.viewColumn;
  }

  #add(opened: vscode.WebviewPanel, state: Contract['state']): void {
    const key = this.#kind.keyOf(state);
    const panel = new Panel(opened, this.#kind, this.#extensionUri, state);
    this.#panels.set(key, panel);
    panel.onDidDispose(() => {
      panel.dispose();
      if (this.#panels.get(key) === panel) this.#panels.delete(key);
    });
  }
}
