/** Reads the nodes again whose rules are on the screen, at the interval of the setting. */
import * as vscode from 'vscode';
import { isClusterFailure } from '../../cluster/failure.ts';
import { liveAddress } from '../documents/snapshotUris.ts';
import { reportFailure } from '../reportFailure.ts';
import type { ClusterHost } from './clusterHost.ts';
import { refreshInterval } from './clusterSettings.ts';
import type { NodeName } from './nodeDocuments.ts';

/** Follows `kubeProxy.clusters.refreshInterval`. A node that cannot be read says so in its row. */
export class LiveRefresh implements vscode.Disposable {
  readonly #host: ClusterHost;
  readonly #settings: vscode.Disposable;
  #timer: NodeJS.Timeout | null = null;

  constructor(host: ClusterHost) {
    this.#host = host;
    this.#settings = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('kubeProxy.clusters.refreshInterval')) this.#schedule();
    });
    this.#schedule();
  }

  dispose(): void {
    this.#settings.dispose();
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #schedule(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    const interval = refreshInterval();
    this.#timer = interval === null ? null : setInterval(() => this.#refresh(), interval);
  }

  #refresh(): void {
    for (const { context, node } of nodesOf(
      vscode.window.visibleTextEditors.map(({ document }) => document.uri),
    )) {
      const opened = this.#host.context(context);
      // One that takes longer than the interval is not asked twice at once; a context that was closed stays so.
      if (opened === null || opened.isCollecting(node)) continue;
      // Each time another debug Pod would have to be created, and asked for.
      if (opened.node(node)?.held?.source.kind === 'debugPod') continue;
      this.#host.collect(context, node, { quiet: true }).catch((error: unknown) => {
        // The row of the node says it.
        if (!isClusterFailure(error)) reportFailure(error);
      });
    }
  }
}

/** The nodes whose documents these are, each once. */
export function nodesOf(documents: readonly vscode.Uri[]): readonly NodeName[] {
  const nodes = new Map<string, NodeName>();
  for (const uri of documents) {
    const address = liveAddress(uri);
    if (address === null || address.node === null) continue;
    nodes.set(JSON.stringify([address.context, address.node]), {
      context: address.context,
      node: address.node,
    });
  }
  return [...nodes.values()];
}
