/** What the quick picks of a trace offer: from the rules of a document, or from the objects of a cluster. */
import * as vscode from 'vscode';
import { choicesRequest, clusterChoicesRequest, type Choice } from '../../protocol/requests.ts';
import type { OpenContext } from '../clusters/openContext.ts';
import { inPick } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import type { FlowChoices, FlowItem } from './pickFlow.ts';

const choiceLimit = 200;

/** The choices of the rules in `uri`, as the server gives them. */
export function documentChoices(server: RulesServer, uri: string): FlowChoices {
  return {
    title: vscode.l10n.t('Trace Packet'),
    whoSends: vscode.l10n.t('Who sends it? A pod, this node, outside the cluster, or an address'),
    items: async (side, query, token) => {
      const params = { uri, side, query, limit: choiceLimit };
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
): FlowChoices {
  return {
    title: titleOf(inPick(name), named),
    whoSends: vscode.l10n.t('Who sends it? A pod, a node, outside the cluster, or an address'),
    onDidChange: onDidTellObjects,
    items: async (side, query, token) => {
      const only = named?.side === side ? named.name : null;
      const params = { context: name, side, name: only, query, limit: choiceLimit };
      return (await server.ask(clusterChoicesRequest, params, token)).map(choiceItem);
    },
  };
}

function titleOf(context: string, named: NamedSide | null): string {
  if (named === null) return vscode.l10n.t('Trace Packet to Service: {0}', context);
  return named.side === 'source'
    ? vscode.l10n.t('Trace Packet from {0}: {1}', inPick(named.name), context)
    : vscode.l10n.t('Trace Packet to {0}: {1}', inPick(named.name), context);
}

const icons = { pod: 'vm', external: 'globe', node: 'server', service: 'symbol-interface' } as const;

function choiceItem({ label, description, kind, form }: Choice): FlowItem {
  const iconPath = new vscode.ThemeIcon(icons[kind]);
  return { label: inPick(label), description: inPick(description), iconPath, alwaysShow: true, flow: form };
}
