/** The quick picks of a trace one side of which is known by its name: a Service of a tree, a Pod of the Kubernetes extension. */
import type { FlowForm } from '../../protocol/requests.ts';
import { isIpv6 } from './addressFamily.ts';
import type { NamedSide } from './flowChoices.ts';
import { pick, pickFlow, type FlowChoices, type FlowItem, type Picked } from './pickFlow.ts';

/**
 * Asks what the name leaves open, among `items`, all that it stands for: a port, a frontend. Null when the user takes it
 * back.
 */
export async function pickNamedFlow(
  choices: FlowChoices,
  side: NamedSide['side'],
  items: readonly FlowItem[],
): Promise<FlowForm | null> {
  if (side === 'destination' || items.length < 2) return pickFlow(choices, single(items));
  // A Pod has an address of each family: the destination says which of them sends.
  const destination = await pick(choices, 'destination');
  if (destination === null) return null;
  const six = isIpv6(destination.to ?? '');
  const fitting = items.filter(({ flow }) => isIpv6(flow.from ?? '') === six);
  return pickFlow(choices, { ...destination, ...single(fitting) });
}

function single(items: readonly FlowItem[]): Picked {
  const [item, ...more] = items;
  return item === undefined || more.length > 0 ? {} : item.flow;
}
