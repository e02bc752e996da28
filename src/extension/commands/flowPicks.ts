/** What the quick picks of a trace offer and give. */
import type * as vscode from 'vscode';
import type { ChoicesParams, FlowForm } from '../../protocol/requests.ts';

/** A whole packet with a name. */
export interface SavedFlow {
  readonly name: string;
  readonly form: FlowForm;
}

/** What a pick gives to the form. */
export type Picked = Partial<FlowForm>;

/** The user wants to choose again what was chosen before. */
export const back = Symbol('back');

/** A choice of a quick pick, with what it puts into the form. */
export interface FlowItem extends vscode.QuickPickItem {
  readonly flow: Picked;
  /** Whether it only repeats what was typed: it is never what Enter takes while there is something else. */
  readonly typed: boolean;
}

/** What is asked of a pick's choices. */
interface FlowSearch extends Pick<ChoicesParams, 'side' | 'query'> {
  /** Who sends, where that was chosen already; empty where it was not. */
  readonly from: string;
  /** Only what needs no work. */
  readonly atHand: boolean;
}

/** Where the choices come from: the rules of a document, or the objects of a cluster. */
export interface FlowChoices {
  readonly title: string;
  /** Asked on the first pick. */
  readonly whoSends: string;
  /** Those that match the query, at most some hundred. */
  items(search: FlowSearch, token: vscode.CancellationToken): Promise<readonly FlowItem[]>;
  /** Packets that were traced before, the latest first. */
  recent(): readonly FlowForm[];
  /** Packets that stand as tests beside the rules. */
  saved(): Promise<readonly SavedFlow[]>;
  /** Whether some choices may take a while, and others be had meanwhile. */
  readonly hasSomeAtHand: boolean;
  /** There may be others now. */
  readonly onDidChange?: vscode.Event<unknown>;
}
