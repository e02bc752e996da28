/** Trace Packet to Service: from names in a cluster to a traced packet, on the node whose rules decide. */
import * as vscode from 'vscode';
import { decidingNodeRequest, type DecidingNode, type FlowForm } from '../../protocol/requests.ts';
import type { ClusterHost } from '../clusters/clusterHost.ts';
import { nodesOf } from '../clusters/liveRefresh.ts';
import { openLive, type NodeDocuments, type NodeName } from '../clusters/nodeDocuments.ts';
import { meantContext } from '../clusters/pickNode.ts';
import { documentName } from '../documents/rulesDocument.ts';
import { liveUri } from '../documents/snapshotUris.ts';
import type { TracePanels } from '../panels/tracePanels.ts';
import { inPick } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import { clusterChoices } from './flowChoices.ts';
import { pickFlow } from './pickFlow.ts';

/** What is known before anything is asked. */
export interface TraceToServiceArgument {
  readonly context?: string;
  /** Of the form: `default/client`, `default/web:http`. */
  readonly from?: FlowForm['from'];
  readonly to?: FlowForm['to'];
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
  const form = await pickFlow(clusterChoices(server, opened), known(argument));
  if (form === null) return;
  const deciding = await server.ask(decidingNodeRequest, { context, form });
  const node = deciding.node ?? (await pickCandidate(deciding));
  if (node !== null) await trace(targets, { context, node }, form);
}

function known({ from, to }: TraceToServiceArgument): Partial<FlowForm> {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** That of the live document in front, else the one that is meant. */
async function contextInFront(host: ClusterHost): Promise<string | null> {
  const document = vscode.window.activeTextEditor?.document;
  const [active] = document === undefined ? [] : nodesOf([document]);
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
