/** What the quick picks of a trace offer: from the rules of a document, or from the objects of a cluster. */
import * as vscode from 'vscode';
import { choicesRequest, clusterChoicesRequest, type Choice } from '../../protocol/requests.ts';
import type { OpenContext } from '../clusters/openContext.ts';
import { inPick } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import type { FlowChoices, FlowItem } from './flowPicks.ts';
import type { RecentTraces } from './recentTraces.ts';

const choiceLimit = 200;

/** The choices of the rules in `uri`, as the server gives them. */
export function documentChoices(
  server: RulesServer,
  uri: string,
  recent: RecentTraces,
  saved: FlowChoices['saved'],
): FlowChoices {
  return {
    saved,
    title: vscode.l10n.t('Trace Packet'),
    whoSends: vscode.l10n.t('Who sends it? A pod, this node, outside the cluster, or an address'),
    hasSomeAtHand: true,
    recent: () => recent.of(uri),
    items: async (search, token) => {
      const params = { uri, ...search, limit: choiceLimit, typed: true };
      return (await server.request(choicesRequest, params, token)).map(choiceItem);
    },
  };
}

/** One side of a packet, of which the name is known before anything is asked. */
export interface NamedSide {
  /** The source is a Pod or a node, the destination a Service. */
  readonly side: 'source' | 'destination';
  /** `default/client`, `node-1`, `default/web`. */
  readonly name: string;
}

/** They grow while the cluster's objects are still being read. Of the named side only what has the name is offered. */
export function clusterChoices(
  server: RulesServer,
  { name, onDidTellObjects }: OpenContext,
  named: NamedSide | null,
  recent: RecentTraces,
): FlowChoices {
  return {
    title: titleOf(inPick(name), named),
    whoSends: vscode.l10n.t('Who sends it? A pod, a node, outside the cluster, or an address'),
    onDidChange: onDidTellObjects,
    saved: () => Promise.resolve([]),
    hasSomeAtHand: false,
    recent: () => (named === null ? recent.of(recentOf(name)) : []),
    items: async ({ side, query }, token) => {
      const only = named?.side === side ? named.name : null;
      const params = { context: name, side, name: only, query, limit: choiceLimit, typed: true };
      return (await server.ask(clusterChoicesRequest, params, token)).map(choiceItem);
    },
  };
}

/** What packets in a cluster are remembered by, whatever node's rules they went through. */
export function recentOf(context: string): string {
  return `cluster ${context}`;
}

function titleOf(context: string, named: NamedSide | null): string {
  if (named === null) return vscode.l10n.t('Trace Packet in {0}', context);
  return named.side === 'source'
    ? vscode.l10n.t('Trace Packet from {0}: {1}', inPick(named.name), context)
    : vscode.l10n.t('Trace Packet to {0}: {1}', inPick(named.name), context);
}

const icons = {
  pod: 'vm',
  external: 'globe',
  node: 'server',
  service: 'symbol-interface',
  typed: 'edit',
} as const;

/** What was typed stands behind its label: VS Code puts first, and takes on Enter, what has the text in its label. */
function choiceItem({ label, description, kind, form }: Choice): FlowItem {
  const typed = kind === 'typed';
  return {
    label: typed ? vscode.l10n.t('As typed') : inPick(label),
    description: inPick(
      typed && description !== '' ? `${label} · ${description}` : typed ? label : description,
    ),
    iconPath: new vscode.ThemeIcon(icons[kind]),
    alwaysShow: true,
    flow: form,
    typed,
  };
}
