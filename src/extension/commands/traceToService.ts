/** Trace Packet in a cluster: from names in a cluster to a traced packet, on the node whose rules decide. */
import * as vscode from 'vscode';
import { decidingNodeRequest, type DecidingNode, type FlowForm } from '../../protocol/requests.ts';
import type { ClusterHost } from '../clusters/clusterHost.ts';
import type { OpenContext } from '../clusters/openContext.ts';
import { nodesOf } from '../clusters/liveRefresh.ts';
import type { NodeDocuments, NodeName } from '../clusters/nodeDocuments.ts';
import { meantContext } from '../clusters/pickNode.ts';
import { openLive } from '../documents/openLive.ts';
import { documentName } from '../documents/rulesDocument.ts';
import { liveUri } from '../documents/snapshotUris.ts';
import type { TracePanels } from '../panels/trace/tracePanels.ts';
import { inMessage, inPick } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import { isIpv6 } from './addressFamily.ts';
import { clusterChoices, type NamedSide, recentOf } from './flowChoices.ts';
import { pickFlow } from './pickFlow.ts';
import type { RecentTraces } from './recentTraces.ts';

/** What is known before anything is asked. */
export interface TraceToServiceArgument {
  readonly context?: string;
  readonly named?: NamedSide;
  /** The one that is meant where any of several may get the packet, as its rules are in front. */
  readonly node?: string | null;
}

/** What the command acts on. */
export interface TraceToServiceTargets {
  readonly server: RulesServer;
  readonly host: ClusterHost;
  readonly documents: NodeDocuments;
  readonly panels: TracePanels;
  readonly recent: RecentTraces;
}

/** Asks what is not known, reads the node, and opens the panel. Rejects with a `ClusterFailure` when the node cannot be read. */
export async function traceToService(
  targets: TraceToServiceTargets,
  argument: TraceToServiceArgument = {},
): Promise<void> {
  const { server, host } = targets;
  const context = argument.context ?? (await contextInFront(host));
  if (context === null) return;
  const opened = await host.open(context);
  // Before the first question: the server that starts now is told all objects.
  await server.start();
  const form = await askForm(targets, opened, argument.named ?? null);
  if (form === null) return;
  targets.recent.note(recentOf(context), form);
  await allListed(opened);
  const deciding = await server.ask(decidingNodeRequest, { context, form });
  const node = deciding.node ?? meantOf(deciding, argument.node ?? null) ?? (await pickCandidate(deciding));
  if (node !== null) await trace(targets, { context, node }, form);
}

/** Null when the user takes it back. */
async function askForm(
  { server, recent }: TraceToServiceTargets,
  opened: OpenContext,
  named: NamedSide | null,
): Promise<FlowForm | null> {
  const choices = clusterChoices(server, opened, null, recent);
  if (named === null) return pickFlow(choices, {});
  await allListed(opened);
  const only = clusterChoices(server, opened, named, recent);
  const items = await only.items(
    { side: named.side, query: '', from: '', atHand: false },
    new vscode.CancellationTokenSource().token,
  );
  const [item, ...more] = items;
  // Several are the ports and frontends of a Service.
  if (item !== undefined) return pickFlow(only, more.length > 0 ? {} : item.flow);
  // Nothing is concluded from an absence where not all is known: what is meant can still be typed.
  if (!isKnown(opened, named.side)) return pickFlow(choices, {});
  void vscode.window.showInformationMessage(whyNone(named));
  return null;
}

/** Whether all objects were read that may be an end of this side. */
function isKnown({ session }: OpenContext, side: NamedSide['side']): boolean {
  const { state } = session;
  const resources = side === 'source' ? (['pods', 'nodes'] as const) : (['services'] as const);
  return state.kind === 'ready' && resources.every((each) => !state.stale.has(each));
}

function whyNone({ side, name }: NamedSide): string {
  return side === 'source'
    ? vscode.l10n.t('{0} sends no packets: it has no address yet, has ended, or is gone.', inMessage(name))
    : vscode.l10n.t(
        'kube-proxy serves no address of {0}: it is headless, an ExternalName, or gone.',
        inMessage(name),
      );
}

/** With progress where it takes a while. */
function allListed(opened: OpenContext): Thenable<void> {
  const { state } = opened.session;
  if (state.kind === 'ready' && state.loading.length === 0) return opened.listed();
  const title = vscode.l10n.t('Reading the Services of {0}', inMessage(opened.name));
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_progress, token) => opened.listed(token));
}

/** That of the live document in front, else the one that is meant. */
async function contextInFront(host: ClusterHost): Promise<string | null> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const [active] = uri === undefined ? [] : nodesOf([uri]);
  return active?.context ?? meantContext(host);
}

function meantOf({ candidates }: DecidingNode, node: string | null): string | null {
  return node !== null && candidates.includes(node) ? node : null;
}

async function pickCandidate({ candidates, because }: DecidingNode): Promise<string | null> {
  if (candidates.length === 0) throw new Error(because);
  const items = candidates.map((node, index) => ({
    label: inPick(node),
    description: index === 0 ? vscode.l10n.t('the likeliest') : '',
    iconPath: new vscode.ThemeIcon('server'),
    node,
  }));
  const title = vscode.l10n.t('Trace Packet: Where It Enters');
  const placeHolder = inPick(because);
  return (
    (await vscode.window.showQuickPick(items, { title, placeHolder, ignoreFocusOut: true }))?.node ?? null
  );
}

async function trace(
  { documents, panels }: TraceToServiceTargets,
  name: NodeName,
  form: FlowForm,
): Promise<void> {
  const collected = await documents.held(name);
  const file =
    isIpv6(form.to) && collected.files.has('ip6tables-save.txt') ? 'ip6tables-save.txt' : 'iptables-save.txt';
  const uri = liveUri({ ...name, file });
  await openLive(uri);
  panels.open({ uri: uri.toString(), name: documentName(uri), form, decisions: [], run: true });
}
