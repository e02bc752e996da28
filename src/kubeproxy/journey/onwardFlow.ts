import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Flow, GivenState, PacketDetails } from '../../kernel/flow.ts';
import type { Endpoint, Outcome } from '../../kernel/trace.ts';

/** A packet as it leaves a node, and what was taken for granted in saying so. */
export interface OnwardFlow {
  readonly flow: Flow;
  /** `10.244.1.7:40000 → 10.244.2.9:8080` */
  readonly packet: string;
  readonly assumed: readonly string[];
}

/** The node that a packet leaves. */
export interface Leaving {
  readonly node: string;
  /** An address of its own, for packets of its processes whose source routing would have told. */
  readonly address: string | null;
}

/**
 * The packet of an outcome that was forwarded, as the next node gets it: addresses and ports after translation, the TTL
 * that is left, no mark, and an interface that the next node's routes tell. A sentence where that cannot be said.
 */
export function onwardFlow(outcome: Outcome, flow: Flow, leaving: Leaving): OnwardFlow | string {
  const { destination } = outcome;
  const source = sourceOf(outcome, leaving);
  if (flow.packet?.quote !== undefined) return 'What an ICMP error quotes is not followed from node to node.';
  if (flow.after !== undefined) return 'A packet that follows others is not followed from node to node.';
  if (source === null || destination === null) {
    return `The source that ${leaving.node} sends with is not known, so the packet cannot be followed.`;
  }
  const state = nextState(flow.state);
  const packet = nextDetails(outcome, flow);
  return {
    flow: {
      family: flow.family,
      from: { kind: 'external', address: source.address, port: plainPort(source) },
      to: { address: destination.address, port: plainPort(destination) },
      protocol: flow.protocol,
      ...(packet === null ? {} : { packet }),
      ...(state === undefined ? {} : { state }),
    },
    packet: `${formatEndpoint(source)} → ${formatEndpoint(destination)}`,
    assumed: [
      ...(outcome.source === null
        ? [`The packet is taken to leave ${leaving.node} with that node’s address ${source.address}.`]
        : []),
      ...(source.port === '*'
        ? ['The source port that the kernel picks at random is taken to be one that no rule asks for.']
        : []),
    ],
  };
}

function sourceOf({ source, destination }: Outcome, { address }: Leaving): Endpoint | null {
  if (source !== null || address === null || destination === null) return source;
  return { address, port: destination.port === null ? null : '*' };
}

function plainPort({ port }: Endpoint): number | null {
  return port === '*' ? null : port;
}

/** Each node keeps connections of its own: what one could not track, another may. */
function nextState(state: GivenState | undefined): GivenState | undefined {
  return state === 'invalid' || state === 'untracked' ? undefined : state;
}

function nextDetails({ ttl, steps }: Outcome, { packet = {} }: Flow): PacketDetails | null {
  const { l2: _ofThisBridge, ...kept } = packet;
  const tos = steps.findLast(
    (step) => step.kind === 'rule' && step.effect.kind === 'set' && step.effect.field !== 'ttl',
  );
  const set = tos?.kind === 'rule' && tos.effect.kind === 'set' ? { tos: tos.effect.is } : {};
  const details = { ...kept, ...(ttl === undefined ? {} : { ttl }), ...set };
  return Object.keys(details).length === 0 ? null : details;
}
