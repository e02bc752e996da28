/** A view of clusters where there are none: without rows, so that VS Code shows what the manifest says in their place. */
import * as vscode from 'vscode';

export class NoClustersView implements vscode.Disposable {
  readonly #view: vscode.TreeView<never>;

  constructor(id: 'kubeProxy.clusters' | 'kubeProxy.noClusters') {
    const treeDataProvider = { getChildren: () => [], getTreeItem: (row: never) => row };
    this.#view = vscode.window.createTreeView<never>(id, { treeDataProvider });
  }

  dispose(): void {
    this.#view.dispose();
  }
}
