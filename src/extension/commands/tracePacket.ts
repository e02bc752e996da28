/** Trace Packet: from the palette, the editor's title, a row, a hover or a lens. */
import * as vscode from 'vscode';
import type { TracePacketArgument } from '../../protocol/commands.ts';
import { emptyForm, type FlowForm } from '../../protocol/requests.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import { documentName } from '../documents/rulesDocument.ts';
import type { TracePanels } from '../panels/trace/tracePanels.ts';
import type { RulesServer } from '../rulesServer.ts';
import { documentChoices } from './flowChoices.ts';
import type { SavedFlow } from './flowPicks.ts';
import { pickFlow } from './pickFlow.ts';
import type { RecentTraces } from './recentTraces.ts';
import { rulesMeant } from './rulesMeant.ts';
import { type ClusterTraces, whereToTrace } from './whereToTrace.ts';

type SavedOf = (rules: vscode.Uri) => Promise<readonly SavedFlow[]>;

/** Whole packets to offer: those of before, and those that are tests. */
interface KnownPackets {
  readonly recent: RecentTraces;
  readonly saved: SavedOf;
}

/**
 * The command itself: finds the rules, asks for what is not known of the packet, and opens a panel. A question that
 * the user leaves ends it.
 */
export class TracePacket {
  readonly #server: RulesServer;
  readonly #current: CurrentRules;
  readonly #panels: TracePanels;
  readonly #recent: RecentTraces;
  readonly #saved: SavedOf;
  #clusters: ClusterTraces | null = null;

  constructor(
    server: RulesServer,
    current: CurrentRules,
    panels: TracePanels,
    { recent, saved }: KnownPackets,
  ) {
    this.#recent = recent;
    this.#saved = saved;
    this.#server = server;
    this.#current = current;
    this.#panels = panels;
  }

  /** From now on a packet may be one of a live cluster, too. */
  useClusters(clusters: ClusterTraces): void {
    this.#clusters = clusters;
  }

  /** `argument` is a document's URI (menus), what a link or a row knows, or nothing (the palette). */
  async run(argument?: vscode.Uri | TracePacketArgument): Promise<void> {
    if (argument !== undefined) {
      const uri = await rulesMeant(this.#current, argument);
      if (uri !== null) await this.#ask(uri, argument instanceof vscode.Uri ? {} : knownFields(argument));
      return;
    }
    const traced = this.#panels.active;
    const panel = traced === null ? null : vscode.Uri.parse(traced.uri, true);
    const place = await whereToTrace(this.#current, panel, this.#clusters);
    if (place?.kind === 'rules') await this.#ask(place.uri, {});
    if (place?.kind === 'cluster') await this.#clusters?.trace(place.context, place.node);
  }

  async #ask(uri: vscode.Uri, known: Partial<FlowForm>): Promise<void> {
    const saved = (): Promise<readonly SavedFlow[]> => this.#saved(uri);
    const choices = documentChoices(this.#server, uri.toString(), this.#recent, saved);
    const form = await pickFlow(choices, known);
    if (form === null) return;
    this.#recent.note(uri.toString(), form);
    this.#open(uri, form);
  }

  /** Without a question: opens the panel on this packet. */
  show(uri: vscode.Uri, { from, to }: Pick<FlowForm, 'from' | 'to'>): void {
    this.#open(uri, { ...emptyForm, from, to });
  }

  #open(uri: vscode.Uri, form: FlowForm): void {
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
