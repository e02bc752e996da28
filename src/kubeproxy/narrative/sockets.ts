/** Whether a socket of this node takes what is delivered here, where the flow or the node's files say which sockets there are. */
import type { Flow, TcpFlag } from '../../kernel/flow.ts';
import type { Node } from '../../kernel/node/node.ts';
import { listenerFor, listensOn } from '../../kernel/sockets.ts';
import type { Outcome } from '../../kernel/trace.ts';
import { parseAddress } from '../../values/address.ts';
import { socketOf } from './words.ts';

/** Undefined where that is not known: no flow tells of the sockets that connections have already. */
export function isTaken(
  outcome: Outcome,
  flow: Flow,
  { sockets }: Pick<Node, 'sockets'>,
): boolean | undefined {
  if (socketOf(outcome) !== null) return true;
  const protocol = asTransport(flow.protocol);
  const { destination } = outcome;
  const address = parseAddress(destination?.address ?? '');
  if (address === null || typeof destination?.port !== 'number' || !begins(flow)) return undefined;
  if (protocol === null) return undefined;
  const asked = { family: flow.family, protocol, address: address.value, port: destination.port };
  const socket = listenerFor(flow, asked);
  if (socket !== undefined) return socket !== null;
  return sockets === null ? undefined : listensOn(sockets, asked);
}

/** Of other protocols a flow names no sockets. */
function asTransport(protocol: string): 'tcp' | 'udp' | null {
  return protocol === 'tcp' || protocol === 'udp' ? protocol : null;
}

/** Whether it is the first packet of its connection. */
function begins({ after, state = 'new', protocol, packet }: Flow): boolean {
  if (after !== undefined || state !== 'new') return false;
  const flags = packet?.tcpFlags ?? ['SYN'];
  return protocol !== 'tcp' || (flags.includes('SYN') && !flags.some((flag) => ENDING.has(flag)));
}

const ENDING: ReadonlySet<TcpFlag> = new Set(['ACK', 'RST', 'FIN']);
