/** The commands of the Clusters view, of live documents, and of the palette about clusters. */
import * as vscode from 'vscode';
import { isClusterFailure, type ClusterFailure } from '../../cluster/failure.ts';
import { checkEveryNode } from '../clusters/checkEveryNode.ts';
import type { ClusterHost } from '../clusters/clusterHost.ts';
import type { ClusterLog } from '../clusters/clusterLog.ts';
import { nodesOf } from '../clusters/liveRefresh.ts';
import { missingRightYaml } from '../clusters/missingRight.ts';
import type { NodeDocuments, NodeName } from '../clusters/nodeDocuments.ts';
import { pickContext, pickNode } from '../clusters/pickNode.ts';
import { saveSnapshot } from '../clusters/snapshots.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import type { ClusterElement, ElementOf } from '../views/clusterElements.ts';
import type { ClustersView } from '../views/clustersView.ts';
import { command } from './command.ts';

/** What these commands act on. */
export interface ClusterTargets {
  readonly host: ClusterHost;
  readonly documents: NodeDocuments;
  readonly view: ClustersView;
  readonly log: ClusterLog;
  readonly current: CurrentRules;
}

/** A row, a node by name (lenses, links), what a failure is about, or nothing (the palette, the keyboard). */
type Argument =
  ClusterElement | NodeName | { readonly context: string | null; readonly failure: ClusterFailure };

/**
 * The registrations, for the extension's subscriptions. A command without an argument asks for the context or the
 * node.
 */
export function registerClusterCommands(targets: ClusterTargets): vscode.Disposable[] {
  const { host, documents, view, log } = targets;
  const onNode = (
    id: string,
    run: (name: NodeName, fromRow: boolean) => Promise<unknown>,
  ): vscode.Disposable =>
    command(id, async (argument?: Argument) => {
      const name = await nodeOf(targets, argument);
      if (name !== null) await run(name, argument !== undefined && 'kind' in argument);
    });
  return [
    command('kubeProxy.clusters.openContext', async (argument?: Argument) => {
      const name = contextOf(argument ?? view.selected) ?? (await pickContext(host));
      if (name !== null) await view.revealContext(name);
    }),
    command('kubeProxy.clusters.closeContext', async (argument?: Argument) => {
      const name = contextOf(argument ?? view.selected) ?? (await pickOpen(host));
      if (name !== null) host.close(name);
    }),
    command('kubeProxy.clusters.refresh', () => host.reload()),
    command('kubeProxy.clusters.refreshOpen', () => refreshAll(targets)),
    command('kubeProxy.clusters.checkAllNodes', async (argument?: Argument) => {
      const name = contextOf(argument ?? view.selected) ?? (await pickContext(host));
      if (name !== null) await checkEveryNode(name, await host.kubeconfig());
    }),
    command('kubeProxy.clusters.goToNode', async (argument?: Argument) => {
      const name = await pickNode(host, contextOf(argument ?? view.selected));
      if (name !== null) await view.revealNode(name);
    }),
    command('kubeProxy.clusters.showMore', (more: ElementOf<'more'>) => view.rows.showMore(more)),
    command('kubeProxy.clusters.retry', (argument?: Argument) => retry(targets, argument ?? view.selected)),
    onNode('kubeProxy.clusters.openRules', async (name, fromRow) => {
      const held = documents.heldNow(name) ?? (await read(targets, name, fromRow));
      if (held !== null) await documents.show(held);
    }),
    onNode('kubeProxy.clusters.refreshNode', (name, fromRow) => read(targets, name, fromRow)),
    onNode('kubeProxy.clusters.openNodeFile', (name) => documents.pickFile(name)),
    onNode('kubeProxy.clusters.cancel', (name) =>
      Promise.resolve(host.context(name.context)?.cancel(name.node)),
    ),
    onNode('kubeProxy.clusters.saveSnapshot', (name) => saveSnapshot(host, documents, name)),
    command('kubeProxy.clusters.openKubeconfig', () => openKubeconfig(host)),
    command('kubeProxy.clusters.chooseKubeconfig', chooseKubeconfig),
    command('kubeProxy.clusters.copyMissingRight', (argument?: Argument) =>
      copyMissingRight(failureOf(targets, argument ?? view.selected)),
    ),
    command('kubeProxy.clusters.setCommand', () => openSetting('kubeProxy.clusters.commands')),
    command('kubeProxy.clusters.showLog', () => log.show()),
  ];
}

/** Null when it failed and the row says so. */
async function read({ documents }: ClusterTargets, name: NodeName, fromRow: boolean) {
  try {
    return await (fromRow ? documents.readInView(name) : documents.read(name));
  } catch (error) {
    if (fromRow && isClusterFailure(error)) return null;
    throw error;
  }
}

/** The node that a command is about: its row, the document in front, the rules that are shown, or one that is picked. */
async function nodeOf(
  { host, view, current }: ClusterTargets,
  argument?: Argument,
): Promise<NodeName | null> {
  if (argument !== undefined && 'node' in argument) return { context: argument.context, node: argument.node };
  const document = vscode.window.activeTextEditor?.document.uri;
  const shown = [document, current.uri].filter((uri) => uri !== undefined && uri !== null);
  const [inFront] = nodesOf(shown);
  if (argument === undefined && inFront !== undefined) return inFront;
  return pickNode(host, contextOf(argument ?? view.selected));
}

function contextOf(argument: Argument | undefined): string | null {
  if (argument === undefined || !('context' in argument)) return null;
  return typeof argument.context === 'string' ? argument.context : (argument.context?.name ?? null);
}

async function pickOpen(host: ClusterHost): Promise<string | null> {
  const [only, ...more] = host.opened;
  if (only === undefined || more.length === 0) return only?.name ?? null;
  return pickContext(
    host,
    host.opened.map(({ name }) => name),
  );
}

/** All that is open in tabs, side by side: at most some are asked at once. */
async function refreshAll({ host, documents }: ClusterTargets): Promise<void> {
  const nodes = nodesOf(vscode.workspace.textDocuments.map(({ uri }) => uri)).filter(
    ({ context }) => host.context(context) !== null,
  );
  const results = await Promise.allSettled(nodes.map((name) => documents.readInView(name)));
  const failed = results.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function retry(targets: ClusterTargets, argument: Argument | undefined): Promise<void> {
  if (argument !== undefined && 'node' in argument) {
    await read(targets, argument, 'kind' in argument);
    return;
  }
  const context = contextOf(argument);
  if (context !== null) targets.view.rows.retry(context);
}

function failureOf({ host }: ClusterTargets, argument: Argument | undefined): ClusterFailure | null {
  if (argument === undefined) return null;
  if ('failure' in argument) return argument.failure;
  return 'node' in argument ? (host.context(argument.context)?.node(argument.node)?.failure ?? null) : null;
}

async function copyMissingRight(failure: ClusterFailure | null): Promise<void> {
  if (failure?.right === undefined || failure.right === null) {
    throw new Error(vscode.l10n.t('The server did not say which right is missing.'));
  }
  await vscode.env.clipboard.writeText(missingRightYaml(failure.right));
  const message = vscode.l10n.t('The YAML that gives the right is in the clipboard: check the user in it.');
  void vscode.window.setStatusBarMessage(message, 5000);
}

/** The files that are read; asks which when there are several. */
async function openKubeconfig(host: ClusterHost): Promise<void> {
  const { files } = await host.contexts();
  const [only, ...more] = files;
  if (only === undefined) {
    await openSetting('kubeProxy.clusters.kubeconfig');
    return;
  }
  const placeHolder = vscode.l10n.t('Which kubeconfig file?');
  const file = more.length === 0 ? only : await vscode.window.showQuickPick([...files], { placeHolder });
  if (file !== undefined) await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: false });
}

async function chooseKubeconfig(): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Choose Kubeconfig Files'),
    openLabel: vscode.l10n.t('Use'),
    canSelectMany: true,
  });
  if (chosen === undefined) return;
  const files = chosen.map(({ fsPath }) => fsPath);
  const settings = vscode.workspace.getConfiguration('kubeProxy.clusters');
  await settings.update('kubeconfig', files, vscode.ConfigurationTarget.Global);
}

async function openSetting(name: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', `@id:${name}`);
}
