/** Trace Packet: from the palette, the editor's title, a row, a hover or a lens. */
import * as vscode from 'vscode';
import type { TracePacketArgument } from '../../protocol/commands.ts';
import type { FlowForm } from '../../protocol/requests.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import { documentName } from '../documents/rulesDocument.ts';
import type { TracePanels } from '../panels/trace/tracePanels.ts';
import type { RulesServer } from '../rulesServer.ts';
import { documentChoices } from './flowChoices.ts';
import { pickFlow } from './pickFlow.ts';
import type { RecentTraces } from './recentTraces.ts';
import { rulesMeant } from './rulesMeant.ts';

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
    const uri = await rulesMeant(this.#current, argument);
    if (uri === null) return;
    const form = await pickFlow(documentChoices(this.#server, uri.toString(), this.#recent), known);
    if (form === null) return;
    this.#recent.note(uri.toString(), form);
    this.#panels.open({ uri: uri.toString(), name: documentName(uri), form, decisions: [], run: true });
  }
}

function knownFields({ from, to, protocol }: TracePacketArgument): Partial<FlowForm> {
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(protocol === undefined ? {} : { protocol: protocol.toLowerCase() }),
  };
}
