/** Commands that lead from a cluster's names to rules and traces, and from rules back to the cluster's objects. */
import * as vscode from 'vscode';
import { openObjectCommand, type OpenObjectArgument } from '../../protocol/commands.ts';
import type { KubernetesExtension } from '../clusters/kubernetesExtension.ts';
import type { NodeName } from '../clusters/nodeDocuments.ts';
import { pickNode } from '../clusters/pickNode.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import type { ObjectFiles } from '../documents/objectFiles.ts';
import { openLive } from '../documents/openLive.ts';
import { liveAddress, liveUri } from '../documents/snapshotUris.ts';
import { documentName } from '../documents/rulesDocument.ts';
import type { DiagnosePanels } from '../panels/diagnose/diagnosePanels.ts';
import type { ClusterElement, ElementOf } from '../views/clusterElements.ts';
import type { RulesElement } from '../views/rulesTree.ts';
import type { RulesView } from '../views/rulesView.ts';
import { command } from './command.ts';
import type { NamedSide } from './flowChoices.ts';
import { traceToService, type TraceToServiceArgument, type TraceToServiceTargets } from './traceToService.ts';

/** What these commands act on. */
export interface LiveTargets extends TraceToServiceTargets {
  readonly objects: ObjectFiles;
  readonly current: CurrentRules;
  readonly rules: RulesView;
  readonly neighbour: KubernetesExtension;
  readonly diagnosePanels: DiagnosePanels;
}

interface ServiceName {
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
}

/** The registrations, for the extension's subscriptions. */
export function registerLiveCommands(targets: LiveTargets): vscode.Disposable[] {
  const { objects, rules } = targets;
  return [
    command('kubeProxy.cluster.tracePacketToService', (argument?: ClusterElement | TraceToServiceArgument) =>
      traceToService(targets, fromElement(argument)),
    ),
    command(openObjectCommand, (object: OpenObjectArgument) => objects.show(object)),
    command('kubeProxy.clusters.showServiceRules', (service: ElementOf<'service'>) =>
      showRules(targets, service),
    ),
    command('kubeProxy.clusters.diagnoseService', (service: ElementOf<'service'>) =>
      diagnose(targets, service),
    ),
    command('kubeProxy.clusters.openServiceYaml', (service: ElementOf<'service'>) =>
      objects.show({ ...nameOf(service), resource: 'services' }),
    ),
    command('kubeProxy.rules.openServiceYaml', async (element?: RulesElement) => {
      const service = serviceOf(element ?? rules.selected, rules.uri);
      if (service !== null) await objects.show({ ...service, resource: 'services' });
    }),
    command('kubeProxy.explorer.tracePacketToService', (item: unknown) =>
      fromExplorer(targets, item, 'destination'),
    ),
    command('kubeProxy.explorer.tracePacketFromPod', (item: unknown) =>
      fromExplorer(targets, item, 'source'),
    ),
    command('kubeProxy.explorer.diagnoseService', async (item: unknown) => {
      const service = await namedInExplorer(targets, item);
      if (service !== null) await diagnose(targets, service);
    }),
    command('kubeProxy.explorer.openRulesOfNode', (item: unknown) => openRulesOf(targets, item)),
  ];
}

function nameOf({ context, namespace, name }: ServiceName): ServiceName {
  return { context, namespace, name };
}

/** A Service's row leads to it, any other to its context. */
function fromElement(argument: ClusterElement | TraceToServiceArgument = {}): TraceToServiceArgument {
  if (!('kind' in argument)) return argument;
  switch (argument.kind) {
    case 'service':
      return {
        context: argument.context,
        named: { side: 'destination', name: `${argument.namespace}/${argument.name}` },
      };
    case 'node':
      return { context: argument.context, named: { side: 'source', name: argument.node } };
    case 'context':
      return { context: argument.context.name };
    case 'nodes':
    case 'services':
    case 'namespace':
      return { context: argument.context };
    default:
      return {};
  }
}

/** Opens the Rules view at a Service, in the rules that are shown or in those of another node of its cluster. */
async function showRules(targets: LiveTargets, service: ServiceName): Promise<void> {
  const uri = await rulesOf(targets, service.context);
  if (uri === null) return;
  await vscode.window.showTextDocument(await openLive(uri), { preview: false, preserveFocus: true });
  await targets.rules.revealService(uri, service.namespace, service.name);
}

/** On the node whose rules are shown, or another of its cluster. */
async function diagnose(targets: LiveTargets, { context, namespace, name }: ServiceName): Promise<void> {
  const uri = await rulesOf(targets, context);
  if (uri === null) return;
  await openLive(uri);
  const service = `${namespace}/${name}`;
  targets.diagnosePanels.open({ uri: uri.toString(), name: documentName(uri), service });
}

async function rulesOf(
  { current, host, documents }: LiveTargets,
  context: string,
): Promise<vscode.Uri | null> {
  if (current.uri !== null && liveAddress(current.uri)?.context === context) return current.uri;
  const held = host.context(context)?.session.nodes.find((node) => node.held !== null);
  const name: NodeName | null =
    held === undefined ? await pickNode(host, context) : { context, node: held.name };
  if (name === null) return null;
  await documents.held(name);
  return liveUri({ ...name, file: 'iptables-save.txt' });
}

/** The Service of a row of the Rules view, in the rules of a live node; null elsewhere. */
function serviceOf(element: RulesElement | undefined, uri: vscode.Uri | null): ServiceName | null {
  const context = uri === null ? null : (liveAddress(uri)?.context ?? null);
  if (context === null) return null;
  for (let each = element ?? null; each !== null; each = each.parent) {
    const namespace = each.parent?.kind === 'row' ? each.parent.row : null;
    if (each.kind === 'row' && each.row.kind === 'service' && namespace?.kind === 'namespace') {
      return { context, namespace: namespace.label, name: each.row.label };
    }
  }
  return null;
}

/** From an item of the Kubernetes extension's tree, which shows the active context. */
async function fromExplorer(targets: LiveTargets, item: unknown, side: NamedSide['side']): Promise<void> {
  const found = await namedInExplorer(targets, item);
  if (found === null) return;
  const { context, namespace, name } = found;
  await traceToService(targets, { context, named: { side, name: `${namespace}/${name}` } });
}

/** Without a namespace of its own an item is in that of the context. */
async function namedInExplorer(targets: LiveTargets, item: unknown): Promise<ServiceName | null> {
  const found = await targets.neighbour.resolve(item);
  const context = await activeContext(targets);
  if (found === null || context === null) return null;
  const namespace = found.namespace ?? (await defaultNamespace(targets, context));
  return { context, namespace, name: found.name };
}

async function openRulesOf(targets: LiveTargets, item: unknown): Promise<void> {
  const found = await targets.neighbour.resolve(item);
  const context = await activeContext(targets);
  if (found?.kind !== 'Node' || context === null) return;
  const collected = await targets.documents.held({ context, node: found.name });
  await targets.documents.show(collected);
}

async function activeContext({ host }: LiveTargets): Promise<string | null> {
  const { contexts } = await host.contexts();
  return contexts.find(({ current }) => current)?.name ?? null;
}

async function defaultNamespace({ host }: LiveTargets, context: string): Promise<string> {
  const { contexts } = await host.contexts();
  return contexts.find(({ name }) => name === context)?.namespace ?? 'default';
}
