/** The Clusters view: contexts, their nodes and Services. Ages go on while it is visible. */
import * as vscode from 'vscode';
import type { ClusterHost } from '../clusters/clusterHost.ts';
import type { NodeName } from '../clusters/nodeDocuments.ts';
import type { Contexts } from '../../cluster/contexts.ts';
import type { ClusterElement } from './clusterElements.ts';
import { ClustersTree } from './clustersTree.ts';
import { NoClustersView } from './noClustersView.ts';

/** Milliseconds between two looks at the clock. */
const ageInterval = 10_000;

/** The view with its rows, and what is selected in it. */
export class ClustersView implements vscode.Disposable {
  readonly rows: ClustersTree;
  readonly #view: vscode.TreeView<ClusterElement>;
  readonly #subscriptions: vscode.Disposable;
  #clock: NodeJS.Timeout | null = null;
  /** No kubeconfig names a context: `NoClustersView` stands in place of this view, folded. */
  #isFolded = false;

  constructor(host: ClusterHost) {
    this.rows = new ClustersTree(host);
    this.#view = vscode.window.createTreeView('kubeProxy.clusters', {
      treeDataProvider: this.rows,
      showCollapseAll: true,
    });
    this.#subscriptions = vscode.Disposable.from(
      this.rows,
      this.#view,
      new NoClustersView('kubeProxy.noClusters'),
      host.onDidReadContexts((read) => this.#fold(read)),
      // Folded it asks for no rows, and would not learn of a kubeconfig that is there now.
      host.onDidChange((name) => void (this.#isFolded && name === null ? host.contexts() : undefined)),
      host.onDidOpen(() => noteOpen(host)),
      host.onDidClose(() => noteOpen(host)),
      this.#view.onDidChangeVisibility(({ visible }) => this.#run(visible)),
    );
    this.#run(this.#view.visible);
  }

  /** The selected row, for commands that are run from the keyboard. */
  get selected(): ClusterElement | undefined {
    return this.#view.selection[0];
  }

  /** Selects the row of a node, however far down it is. */
  async revealNode({ context, node }: NodeName): Promise<void> {
    const row = await this.rows.rowOfNode(context, node);
    if (row !== null) await this.#view.reveal(row, { select: true, focus: true });
  }

  /** Shows the view, and opens the row of a context: which opens the context. */
  async revealContext(context: string): Promise<void> {
    await vscode.commands.executeCommand('kubeProxy.clusters.focus');
    const row = await this.rows.rowOfContext(context);
    if (row !== null) await this.#view.reveal(row, { select: true, focus: true, expand: true });
  }

  dispose(): void {
    this.#run(false);
    this.#subscriptions.dispose();
  }

  #fold({ contexts, problems }: Contexts): void {
    this.#isFolded = contexts.length === 0 && problems.length === 0;
    void vscode.commands.executeCommand('setContext', 'kubeProxy.clusters.none', this.#isFolded);
  }

  #run(visible: boolean): void {
    if (this.#clock !== null) clearInterval(this.#clock);
    this.#clock = visible ? setInterval(() => this.rows.refreshAges(), ageInterval) : null;
    if (visible) this.rows.refreshAges();
  }
}

/** For the menus: whether there is anything open to act on. */
function noteOpen({ opened }: ClusterHost): void {
  void vscode.commands.executeCommand('setContext', 'kubeProxy.clusters.anyOpen', opened.length > 0);
}
