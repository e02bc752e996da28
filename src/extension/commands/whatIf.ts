/** What If…: a copy of the rules to edit, and beside it what that changes. */
import * as vscode from 'vscode';
import type { LiveAddress } from '../../protocol/liveUri.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import { documentName } from '../documents/rulesDocument.ts';
import { liveAddress } from '../documents/snapshotUris.ts';
import type { WhatIfCopies } from '../documents/whatIfCopies.ts';
import type { ComparePanels } from '../panels/compare/comparePanels.ts';
import type { TracePanels } from '../panels/trace/tracePanels.ts';
import { inMessage } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import { rulesMeant } from './rulesMeant.ts';

export interface WhatIfTargets {
  readonly server: RulesServer;
  readonly current: CurrentRules;
  readonly copies: WhatIfCopies;
  readonly tracePanels: TracePanels;
  readonly comparePanels: ComparePanels;
}

/**
 * Of the rules of `given`, of the trace panel in front, or of those that are shown. The packet of their trace panel is
 * traced through the copy as well.
 */
export async function whatIf(targets: WhatIfTargets, given?: vscode.Uri): Promise<void> {
  const { server, current, copies, tracePanels, comparePanels } = targets;
  const traced = given instanceof vscode.Uri ? null : tracePanels.active;
  const meant = traced === null ? await rulesMeant(current, given) : vscode.Uri.parse(traced.uri, true);
  if (meant === null) return;
  const origin = copies.originOf(meant) ?? meant;
  const live = liveAddress(origin);
  if (live !== null) {
    await offerSnapshot(live);
    return;
  }
  if (server.holds(origin.toString())) {
    const name = documentName(origin);
    const problem = vscode.l10n.t('{0} is too large for an editor: edit it, and use Compare Rules.', name);
    void vscode.window.showInformationMessage(inMessage(problem));
    return;
  }
  const copy = await copies.open(origin);
  await vscode.window.showTextDocument(copy, { viewColumn: vscode.ViewColumn.One, preview: false });
  const [uri, name] = [copy.toString(), documentName(copy)];
  const trace = traced ?? tracePanels.stateOf(origin.toString());
  if (trace !== null) {
    const { form, decisions } = trace;
    tracePanels.open({ uri, name, form, decisions, run: true }, vscode.ViewColumn.Two);
  }
  const before = { uri: origin.toString(), name: documentName(origin) };
  comparePanels.open({ before, after: { uri, name }, saved: false }, vscode.ViewColumn.Two);
}

/** A copy of a live node's rules would stand without its files and objects. */
async function offerSnapshot({ context, node }: LiveAddress): Promise<void> {
  const save = vscode.l10n.t('Save Snapshot…');
  const message = vscode.l10n.t(
    'A copy stands in a folder of files: save a snapshot of the node, and ask of that.',
  );
  if ((await vscode.window.showInformationMessage(message, { modal: true }, save)) === save)
    await vscode.commands.executeCommand('kubeProxy.clusters.saveSnapshot', { context, node });
}
