/** The quick picks of a trace one side of which is known by its name: a Service of a tree, a Pod of the Kubernetes extension. */
import * as vscode from 'vscode';
import type { FlowForm } from '../../protocol/requests.ts';
import { inMessage, inPick } from '../plainText.ts';
import { pick, pickFlow, type FlowChoices, type FlowItem, type Picked } from './pickFlow.ts';

/** What is known before anything is asked. */
export interface NamedSide {
  /** The source is a Pod or a node, the destination a Service. */
  readonly side: 'source' | 'destination';
  /** `default/client`, `node-1`, `default/web`. */
  readonly name: string;
}

/**
 * Null when the user takes it back, or when the name stands for nothing, which is said. What the name leaves open is asked
 * for, among what it stands for: a port, a frontend; `title` is over these questions.
 */
export async function pickNamedFlow(
  choices: FlowChoices,
  named: NamedSide,
  title: string,
): Promise<FlowForm | null> {
  const items = await itemsNamed(choices, named);
  if (items.length === 0) {
    void vscode.window.showInformationMessage(whyNone(named));
    return null;
  }
  const titled = { ...choices, title };
  const only = among(titled, named, () => true);
  if (named.side === 'destination' || items.length === 1) return pickFlow(only, single(items));
  // A Pod has an address of each family: the destination says which of them sends.
  const destination = await pick(only, 'destination');
  if (destination === null) return null;
  const six = isIpv6(destination.to ?? '');
  const fits = ({ flow }: FlowItem): boolean => isIpv6(flow.from ?? '') === six;
  const fitting = items.filter(fits);
  if (fitting.length === 0) return pickFlow(only, destination);
  return pickFlow(among(titled, named, fits), { ...destination, ...single(fitting) });
}

/** Whether one end of a packet is of IPv6: `[fd00::1]:80`, `pod:fd00::1`. */
export function isIpv6(end: string): boolean {
  return end.includes('[') || /^(?:[a-z]+:)?[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(end);
}

async function itemsNamed(
  choices: FlowChoices,
  { side, name }: NamedSide,
  query = '',
  token = new vscode.CancellationTokenSource().token,
): Promise<readonly FlowItem[]> {
  const label = inPick(name);
  const found = await choices.items(side, `${name} ${query}`, token);
  // A Pod may have the name of its Service.
  return found.filter(
    (item) =>
      (side === 'destination') === (item.what === 'service') &&
      (item.label === label || item.label.startsWith(`${label}:`)),
  );
}

function whyNone(named: NamedSide): string {
  const name = inMessage(named.name);
  return named.side === 'source'
    ? vscode.l10n.t('{0} sends no packets: it has no address yet, has ended, or is gone.', name)
    : vscode.l10n.t('kube-proxy serves no address of {0}: it is headless, an ExternalName, or gone.', name);
}

/** For the named side only what has the name and fits. */
function among(choices: FlowChoices, named: NamedSide, fits: (item: FlowItem) => boolean): FlowChoices {
  return {
    ...choices,
    items: async (side, query, token) =>
      side === named.side
        ? (await itemsNamed(choices, named, query, token)).filter(fits)
        : choices.items(side, query, token),
  };
}

function single(items: readonly FlowItem[]): Picked {
  const [item, ...more] = items;
  return item === undefined || more.length > 0 ? {} : item.flow;
}
