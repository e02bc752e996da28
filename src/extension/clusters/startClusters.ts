import * as vscode from 'vscode';
import { ClusterHost } from './clusterHost.ts';
import { ClusterLog } from './clusterLog.ts';
import { DebugPodQuestion } from './debugPodQuestion.ts';
import { kubeconfigFiles } from './kubeconfigFiles.ts';
import { KubernetesExtension } from './kubernetesExtension.ts';
import { LiveObjects } from './liveObjects.ts';
import { removeLeftovers } from './leftovers.ts';
import { LiveRefresh } from './liveRefresh.ts';
import { loadCluster } from './loadCluster.ts';
import { NodeDocuments } from './nodeDocuments.ts';
import { registerClusterCommands } from '../commands/clusterCommands.ts';
import { registerLiveCommands } from '../commands/liveCommands.ts';
import { traceToService, type TraceToServiceTargets } from '../commands/traceToService.ts';
import type { ClusterTraces } from '../commands/whereToTrace.ts';
import { ObjectFiles, objectScheme } from '../documents/objectFiles.ts';
import { LiveLens } from '../documents/liveLens.ts';
import { LiveStatus } from '../documents/liveStatus.ts';
import { ClustersView } from '../views/clustersView.ts';
import type { Parts } from '../activate.ts';
import { machineWords } from '../machine.node.ts';
import { versionLine } from '../versionLine.ts';

/** Live clusters: their view, documents and commands. Nothing of it reads a kubeconfig or loads dist/cluster.js before the view is shown or a command run. */
export function startClusters(
  { subscriptions, extension }: vscode.ExtensionContext,
  parts: Parts,
): { readonly clusters: ClusterHost; readonly clustersView: ClustersView } {
  const { server, files } = parts;
  const log = new ClusterLog(versionLine(extension, ...machineWords()));
  const neighbour = new KubernetesExtension();
  const debugPod = new DebugPodQuestion();
  const host = new ClusterHost({
    load: loadCluster,
    log,
    confirmDebugPod: (context, node, manifest, signal) => debugPod.ask(context, { node, manifest, signal }),
    kubeconfig: () => kubeconfigFiles(neighbour),
  });
  const documents = new NodeDocuments(host, files);
  parts.nodes.use({ host, documents });
  const view = new ClustersView(host);
  const objects = new ObjectFiles(host);
  const options = { isCaseSensitive: true, isReadonly: true };
  subscriptions.push(
    log,
    neighbour,
    debugPod,
    new LiveLens(files),
    new LiveStatus(files),
    new LiveObjects(host, server),
    new LiveRefresh(host),
    host.onDidOpen((opened) => void removeLeftovers(opened, log)),
    vscode.workspace.registerFileSystemProvider(objectScheme, objects, options),
    objects,
    view,
    host,
    host.onDidCollect((collected) => files.update(collected)),
    neighbour.onDidChange(() => host.reload()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => host.reload()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('kubeProxy.clusters.kubeconfig')) host.reload();
    }),
    ...registerClusterCommands({ host, documents, view, log, current: parts.current }),
    ...registerLiveCommands({ ...parts, host, documents, objects, neighbour }),
  );
  parts.trace.useClusters(tracesIn({ ...parts, host, documents }));
  return { clusters: host, clustersView: view };
}

function tracesIn(targets: TraceToServiceTargets): ClusterTraces {
  const { host } = targets;
  return {
    get opened() {
      return host.opened.map(({ name }) => name);
    },
    hasContexts: async () => (await host.contexts()).contexts.length > 0,
    trace: (context, node) => traceToService(targets, { ...(context === null ? {} : { context }), node }),
  };
}
