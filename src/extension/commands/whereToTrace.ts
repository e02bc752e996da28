/** Where a packet is traced when nothing says it: through the rules in front, or in a cluster, on the node whose rules decide. */
import * as vscode from 'vscode';
import type { CurrentRules } from '../documents/currentRules.ts';
import { rulesInTabs } from '../documents/rulesDocument.ts';
import { liveAddress } from '../documents/snapshotUris.ts';
import { inPick } from '../plainText.ts';
import { offerRules, rulesInFront, rulesItem } from './rulesMeant.ts';

/** Traces by the names of live clusters. A browser alone has none. */
export interface ClusterTraces {
  /** The names of the contexts that are open. */
  readonly opened: readonly string[];
  /** Whether a kubeconfig names a context: nobody is contacted for it. */
  hasContexts(): Promise<boolean>;
  /**
   * Asks for both ends, and opens the panel; for the context, too, where it is null. Where any of several nodes may get the
   * packet, `node` is the one that is meant; null asks.
   */
  trace(context: string | null, node: string | null): Promise<void>;
}

export type TracePlace =
  | { readonly kind: 'rules'; readonly uri: vscode.Uri }
  | { readonly kind: 'cluster'; readonly context: string | null; readonly node: string | null };

/** Null when the user takes it back. What is in front is meant, an editor or a `panel`; else what is open, or a way to get some rules. */
export async function whereToTrace(
  current: CurrentRules,
  panel: vscode.Uri | null,
  clusters: ClusterTraces | null,
): Promise<TracePlace | null> {
  const opened = clusters?.opened ?? [];
  const inFront = panel ?? (await rulesInFront(current));
  if (inFront !== null) return placeOf(inFront, opened);
  const places = [
    ...opened.map((context): TracePlace => ({ kind: 'cluster', context, node: null })),
    ...rulesInTabs().map((uri) => placeOf(uri, opened)),
  ].filter(isFirst);
  const [only = null, ...more] = places;
  if (only !== null) return more.length === 0 ? only : pickPlace(places);
  return offer((await clusters?.hasContexts()) ?? false);
}

/** The rules of a node of an open cluster stand for the cluster: another node may be the one that decides. */
function placeOf(uri: vscode.Uri, opened: readonly string[]): TracePlace {
  const live = liveAddress(uri);
  if (live === null || !opened.includes(live.context)) return { kind: 'rules', uri };
  return { kind: 'cluster', context: live.context, node: live.node };
}

function isFirst(place: TracePlace, index: number, all: readonly TracePlace[]): boolean {
  return all.findIndex((each) => keyOf(each) === keyOf(place)) === index;
}

function keyOf(place: TracePlace): string {
  return place.kind === 'rules' ? `rules ${place.uri.toString()}` : `cluster ${place.context ?? ''}`;
}

async function pickPlace(places: readonly TracePlace[]): Promise<TracePlace | null> {
  const items = places.map((place) => ({ ...itemOf(place), place }));
  const placeHolder = vscode.l10n.t('Through which rules?');
  return (await vscode.window.showQuickPick(items, { placeHolder, ignoreFocusOut: true }))?.place ?? null;
}

function itemOf(place: TracePlace): vscode.QuickPickItem {
  if (place.kind === 'rules') return rulesItem(place.uri);
  return {
    label: inPick(place.context ?? ''),
    description: vscode.l10n.t('the cluster: on the node whose rules decide'),
  };
}

function offer(hasContexts: boolean): Promise<TracePlace | null> {
  const cluster: TracePlace = { kind: 'cluster', context: null, node: null };
  const wayToCluster = {
    label: vscode.l10n.t('Choose a Cluster…'),
    description: vscode.l10n.t('a live one, of your kubeconfig'),
    iconPath: new vscode.ThemeIcon('server-environment'),
    get: () => Promise.resolve(cluster),
  };
  return offerRules(...(hasContexts ? [wayToCluster] : [])).then((found) =>
    found instanceof vscode.Uri ? { kind: 'rules', uri: found } : found,
  );
}
