/** Trace Packet: from the palette, the editor's title, a row, a hover or a lens. */
import * as vscode from 'vscode';
import type { TracePacketArgument } from '../../protocol/commands.ts';
import type { FlowForm } from '../../protocol/requests.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import { documentName, openRules, rulesOf, wholeOf } from '../documents/rulesDocument.ts';
import type { TracePanels } from '../panels/trace/tracePanels.ts';
import type { RulesServer } from '../rulesServer.ts';
import { openSample } from './openSample.ts';
import { documentChoices } from './flowChoices.ts';
import { pickFlow } from './pickFlow.ts';
import type { RecentTraces } from './recentTraces.ts';

/**
 * The command itself: finds the rules, asks for what is not known of the packet, and opens a panel. A question that
 * the user leaves ends it.
 */
export class TracePacket {
  readonly #server: RulesServer;
  readonly #current: CurrentRules;
  readonly #panels: TracePanels;
  readonly #recent: RecentTraces;

  constructor(server: RulesServer, current: CurrentRules, panels: TracePanels, recent: RecentTraces) {
    this.#recent = recent;
    this.#server = server;
    this.#current = current;
    this.#panels = panels;
  }

  /** `argument` is a document's URI (menus), what a link or a row knows, or nothing (the palette). */
  async run(argument?: vscode.Uri | TracePacketArgument): Promise<void> {
    const known = argument instanceof vscode.Uri || argument === undefined ? {} : knownFields(argument);
    const uri = await this.#rules(argument);
    if (uri === null) return;
    const form = await pickFlow(documentChoices(this.#server, uri.toString(), this.#recent), known);
    if (form === null) return;
    this.#recent.note(uri.toString(), form);
    this.#panels.open({ uri: uri.toString(), name: documentName(uri), form, decisions: [], run: true });
  }

  async #rules(argument?: vscode.Uri | TracePacketArgument): Promise<vscode.Uri | null> {
    if (argument instanceof vscode.Uri) return this.#rulesOfUri(argument);
    if (argument !== undefined) return wholeOf(vscode.Uri.parse(argument.uri, true));
    const document = vscode.window.activeTextEditor?.document;
    const active = document === undefined ? null : await rulesOf(document);
    return active ?? this.#current.uri ?? (await chooseRules());
  }

  async #rulesOfUri(uri: vscode.Uri): Promise<vscode.Uri | null> {
    const rules = await rulesOf(await vscode.workspace.openTextDocument(uri));
    return rules ?? chooseRules();
  }
}

function knownFields({ from, to, protocol }: TracePacketArgument): Partial<FlowForm> {
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(protocol === undefined ? {} : { protocol: protocol.toLowerCase() }),
  };
}

/** No rules are in front: the open dump, one of several, or a way to get one. */
async function chooseRules(): Promise<vscode.Uri | null> {
  const open = openRules();
  const [only = null] = open;
  if (open.length === 1) return only;
  if (open.length > 1) {
    const items = open.map((uri) => ({ label: documentName(uri), description: uri.path, uri }));
    const placeHolder = vscode.l10n.t('Through which rules?');
    return (await vscode.window.showQuickPick(items, { placeHolder }))?.uri ?? null;
  }
  const openDump = vscode.l10n.t('Open a Dump');
  const startWithSample = vscode.l10n.t('Start with a Sample');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('No rules are open to trace a packet through.'),
    openDump,
    startWithSample,
  );
  if (chosen === openDump) await vscode.commands.executeCommand('kubeProxy.rules.openDump');
  if (chosen === startWithSample) return openSample();
  return null;
}
