/** Trace Packet to Service: from names in a cluster to a traced packet, on the node whose rules decide. */
import * as vscode from 'vscode';
import { decidingNodeRequest, type DecidingNode, type FlowForm } from '../../protocol/requests.ts';
import type { ClusterHost } from '../clusters/clusterHost.ts';
import type { OpenContext } from '../clusters/openContext.ts';
import { nodesOf } from '../clusters/liveRefresh.ts';
import { openLive, type NodeDocuments, type NodeName } from '../clusters/nodeDocuments.ts';
import { meantContext } from '../clusters/pickNode.ts';
import { documentName } from '../documents/rulesDocument.ts';
import { liveUri } from '../documents/snapshotUris.ts';
import type { TracePanels } from '../panels/tracePanels.ts';
import { inMessage, inPick } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import { clusterChoices } from './flowChoices.ts';
import { pickFlow, type FlowChoices } from './pickFlow.ts';

/** What is known before anything is asked. */
export interface TraceToServiceArgument {
  readonly context?: string;
  /** As the choices are labelled: `default/client`, `node-1`. */
  readonly from?: string;
  /** As the choices are labelled, the port may be left out: `default/web`, `default/web:http`. */
  readonly to?: string;
}

export interface TraceToServiceTargets {
  readonly server: RulesServer;
  readonly host: ClusterHost;
  readonly documents: NodeDocuments;
  readonly panels: TracePanels;
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
  const form = await askForm(targets, opened, argument);
  if (form === null) return;
  await allListed(opened);
  const deciding = await server.ask(decidingNodeRequest, { context, form });
  const node = deciding.node ?? (await pickCandidate(deciding));
  if (node !== null) await trace(targets, { context, node }, form);
}

/** Null when the user takes it back. A name that was given leaves what it stands for to be chosen: a port, a family. */
async function askForm(
  { server }: TraceToServiceTargets,
  opened: OpenContext,
  { from, to }: TraceToServiceArgument,
): Promise<FlowForm | null> {
  const choices = clusterChoices(server, opened);
  if (from === undefined && to === undefined) return pickFlow(choices, {});
  await allListed(opened);
  const named = { source: from, destination: to };
  const only = namedChoices(choices, named);
  const known: Partial<FlowForm> = {};
  for (const side of ['source', 'destination'] as const) {
    const [single, ...more] = named[side] === undefined ? [] : await only.items(side, '', noToken);
    if (single !== undefined && more.length === 0) Object.assign(known, single.flow);
  }
  return pickFlow(only, known);
}

const noToken = new vscode.CancellationTokenSource().token;

/** Of the sides that are named only what has that name; all of them where nothing has. */
function namedChoices(
  choices: FlowChoices,
  named: Readonly<Record<'source' | 'destination', string | undefined>>,
): FlowChoices {
  return {
    ...choices,
    items: async (side, query, token) => {
      const name = named[side];
      const found = await choices.items(side, name === undefined ? query : `${name} ${query}`, token);
      const exact = found.filter(({ label }) => label === name || label.startsWith(`${name}:`));
      return exact.length > 0 ? exact : choices.items(side, query, token);
    },
  };
}

/** With progress where it takes a while. */
function allListed(opened: OpenContext): Thenable<void> {
  const { state } = opened.session;
  if (state.kind === 'ready' && state.loading.length === 0) return Promise.resolve();
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

async function pickCandidate({ candidates, because }: DecidingNode): Promise<string | null> {
  if (candidates.length === 0) throw new Error(because);
  const items = candidates.map((node, index) => ({
    label: inPick(node),
    description: index === 0 ? vscode.l10n.t('the likeliest') : '',
    iconPath: new vscode.ThemeIcon('server'),
    node,
  }));
  const title = vscode.l10n.t('Trace Packet to Service: Where It Enters');
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
  const six = form.to.includes('[') || /^[0-9a-f]*:[0-9a-f:]*$/i.test(form.to);
  const file = six && collected.files.has('ip6tables-save.txt') ? 'ip6tables-save.txt' : 'iptables-save.txt';
  const uri = liveUri({ ...name, file });
  await openLive(uri);
  panels.open({ uri: uri.toString(), name: documentName(uri), form, decisions: [], run: true });
}
