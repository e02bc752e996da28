import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Outcome, Trace } from '../../kernel/trace.ts';
import { parseAddress } from '../../values/address.ts';
import type { Analysis } from '../analysis.ts';
import { either } from '../narrative/words.ts';
import { type OnwardFlow, onwardFlow } from './onwardFlow.ts';
import { whereaboutsOf } from './whereabouts.ts';

/** Outcomes whose packets leave for one other node, and are alike there. */
export interface Departure {
  /** Unique within its trace, and the same for the same question. */
  readonly id: string;
  /** Its name; of several that it may be, all. */
  readonly node: string;
  /** The packet as that node gets it, or why it cannot be followed. */
  readonly onward: OnwardFlow | string;
  /** As people say it, whether it can be followed or not. */
  readonly packet: string;
  readonly destination: string;
  readonly outcomes: Outcome[];
  share: number;
}

/** What leaves the node called `own` for other nodes of the cluster, as far as the objects tell; the likeliest first. */
export function departuresOf(
  trace: Trace,
  flow: Flow,
  analysis: Analysis,
  own: string,
): readonly Departure[] {
  const address = addressOfNode(own, flow, analysis);
  const found = new Map<string, Departure>();
  for (const outcome of trace.outcomes) {
    const departure = departureOf(outcome, flow, analysis, { node: own, address });
    if (departure === null) continue;
    const known = found.get(departure.id);
    if (known === undefined) found.set(departure.id, departure);
    else {
      known.outcomes.push(outcome);
      known.share += departure.share;
    }
  }
  return [...found.values()].toSorted((a, b) => b.share - a.share);
}

function departureOf(
  outcome: Outcome,
  flow: Flow,
  analysis: Analysis,
  leaving: { readonly node: string; readonly address: string | null },
): Departure | null {
  const { verdict, destination, source } = outcome;
  if (verdict !== 'forward' || destination === null) return null;
  const found = whereaboutsOf(destination.address, analysis);
  if (found.kind === 'unknown') return null;
  const nodes = found.kind === 'node' ? [found.node] : found.nodes;
  if (nodes.includes(leaving.node)) return null;
  const node = either(nodes);
  const onward =
    found.kind === 'node'
      ? onwardFlow(outcome, flow, leaving)
      : `Pods on ${either(nodes, 'and')} have the address ${destination.address}, and which of them gets it is not known.`;
  const to = formatEndpoint(destination);
  const packet =
    typeof onward === 'string' ? `${source === null ? '?' : formatEndpoint(source)} → ${to}` : onward.packet;
  const { ttl, tos } = (typeof onward === 'string' ? undefined : onward.flow.packet) ?? {};
  const details = [ttl === undefined ? '' : ` ttl ${ttl}`, tos === undefined ? '' : ` tos ${tos}`].join('');
  const id = `${node} ${packet}${details}`;
  return { id, node, onward, packet, destination: to, outcomes: [outcome], share: outcome.probability };
}

/** Its address of the flow's family, that others know it by. */
function addressOfNode(name: string, { family }: Flow, { objects }: Analysis): string | null {
  const node = objects?.nodes.find((each) => each.name === name);
  return node?.internalAddresses.find((each) => parseAddress(each)?.family === family) ?? null;
}
