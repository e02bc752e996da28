/** The open trace panels, one for each document, and how VS Code brings them back after a reload of the window. */
import * as vscode from 'vscode';
import type { PanelState } from '../../protocol/panel.ts';
import type { RulesServer } from '../rulesServer.ts';
import type { PanelNodes } from './panelNodes.ts';
import { RuleHighlight } from './ruleHighlight.ts';
import { panelOptions, panelTitle, TracePanel, tracePanelType, type PanelHost } from './tracePanel.ts';

export class TracePanels implements vscode.WebviewPanelSerializer<PanelState | undefined>, vscode.Disposable {
  readonly #host: PanelHost;
  readonly #panels = new Map<string, TracePanel>();
  readonly #serializer: vscode.Disposable;

  constructor(extensionUri: vscode.Uri, server: RulesServer, nodes: PanelNodes) {
    const open = (state: PanelState): void => this.open(state);
    this.#host = { extensionUri, server, highlight: new RuleHighlight(), nodes, open };
    this.#serializer = vscode.window.registerWebviewPanelSerializer(tracePanelType, this);
  }

  open(state: PanelState): void {
    const existing = this.#panels.get(state.uri);
    if (existing !== undefined) {
      existing.open(state);
      return;
    }
    const options = panelOptions(this.#host.extensionUri);
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false };
    const panel = vscode.window.createWebviewPanel(tracePanelType, panelTitle(state), column, options);
    this.#add(panel, state);
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: PanelState | undefined): Promise<void> {
    // A panel that never said what it shows has nothing to come back to.
    if (typeof state?.uri === 'string') this.#add(panel, state);
    else panel.dispose();
    return Promise.resolve();
  }

  dispose(): void {
    this.#serializer.dispose();
    for (const panel of this.#panels.values()) panel.dispose();
    this.#host.highlight.dispose();
  }

  #add(panel: vscode.WebviewPanel, state: PanelState): void {
    const trace = new TracePanel(panel, this.#host, state);
    this.#panels.set(state.uri, trace);
    trace.onDidDispose(() => {
      trace.dispose();
      if (this.#panels.get(state.uri) === trace) this.#panels.delete(state.uri);
    });
  }
}
