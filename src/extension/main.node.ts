/** The extension where it has Node: VS Code on the desktop, and the machine that a remote window or a browser's window is of. */
import * as vscode from 'vscode';
import { activateOn, type Parts, type Platform, type SharedApi } from './activate.ts';
import type { ClusterHost } from './clusters/clusterHost.ts';
import { startClusters } from './clusters/startClusters.ts';
import { command } from './commands/command.ts';
import { openRulesFile } from './commands/openRulesFile.ts';
import { TooLargeRules } from './documents/tooLarge.node.ts';
import { registerMcpServer } from './mcpServer.node.ts';
import type { ClustersView } from './views/clustersView.ts';

interface NodeApi {
  readonly clusters: ClusterHost;
  readonly clustersView: ClustersView;
}

/** What the tests inside of VS Code look at. */
export type ExtensionApi = SharedApi & NodeApi;

const node: Platform<NodeApi> = {
  connect: async (context, host) => (await import('./client.node.ts')).connectProcess(context, host),
  start: (context, parts) => {
    context.subscriptions.push(registerFiles(parts), registerMcpServer(context));
    return startClusters(context, parts);
  },
};

/** Files of this machine that VS Code hands to no extension. */
function registerFiles({ server, current }: Parts): vscode.Disposable {
  return vscode.Disposable.from(
    new TooLargeRules(server),
    command('kubeProxy.rules.openFile', (uri?: vscode.Uri) => openRulesFile({ server, current }, uri)),
  );
}

/** Called by VS Code once. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  return activateOn(node, context);
}
