/** Which socket of the node would take a packet, by what the flow says of its sockets. */
import { parseAddress } from '../values/address.ts';
import type { Family, Flow, Listener } from './flow.ts';
import type { NodeSockets } from './node/node.ts';
import { type Packet, TCP, UDP } from './packet.ts';
import { question } from './answers.ts';
import type { Run } from './run.ts';

export interface SocketAsked {
  readonly family: Family;
  readonly protocol: 'tcp' | 'udp';
  /** Null where it is not known. */
  readonly address: bigint | null;
  readonly port: number;
}

/** The socket of the node that takes the packet; undefined where it is not known. */
export function socketFor(run: Run, asked: SocketAsked): Listener | null | undefined {
  return listenerFor(run.shared.flow, asked);
}

/** The same by what a flow says. A socket bound to the address goes before one for any (inet_lookup_listener, udp4_lib_lookup). */
export function listenerFor(flow: Flow, asked: SocketAsked): Listener | null | undefined {
  const listeners = flow.listeners?.filter(
    ({ protocol, port }) => protocol === asked.protocol && port === asked.port,
  );
  if (listeners === undefined) return undefined;
  const [anywhere, bound] = [listeners.filter(isForAny), listeners.filter((each) => !isForAny(each))];
  const own = bound.filter(({ address }) => parseAddress(address ?? '')?.family === asked.family);
  if (asked.address === null && own.length > 0) return undefined;
  const exact = own.find(({ address }) => parseAddress(address ?? '')?.value === asked.address);
  // A socket for any IPv6 address takes IPv4 too.
  return exact ?? anywhere.find(({ address }) => address !== '0.0.0.0' || asked.family === 4) ?? null;
}

/** Whether a socket of the node's list takes it; undefined where the list does not tell, or it hangs on the interface. */
export function listensOn({ sockets, whole }: NodeSockets, asked: SocketAsked): boolean | undefined {
  const own = sockets.filter(
    ({ protocol, port, families, address }) =>
      protocol === asked.protocol &&
      port === asked.port &&
      families.includes(asked.family) &&
      (address === null || asked.address === null || address.value === asked.address),
  );
  if (own.some(({ address, device }) => device === null && (address === null || asked.address !== null)))
    return true;
  return own.length === 0 && whole.has(asked.protocol) ? false : undefined;
}

/** Bound to no address of its own. */
export function isForAny({ address }: Listener): boolean {
  return address === null || parseAddress(address)?.value === 0n;
}

/** What TPROXY looks for: `given` 0 is an address of the interface, `port` 0 the packet's own. Null where nothing is looked for. */
export function transparentSocketAsked(
  packet: Packet,
  run: Run,
  given: bigint,
  port: number,
): SocketAsked | null {
  const own = port === 0 ? packet.destinationPort : port;
  if ((packet.protocol !== TCP && packet.protocol !== UDP) || typeof own !== 'number') return null;
  const address = given === 0n ? addressOfInput(packet, run) : given;
  return { family: packet.family, protocol: packet.protocol === TCP ? 'tcp' : 'udp', address, port: own };
}

/** nf_tproxy_laddr4: the first address of the interface that it came in by, else where the packet goes. Null where it is not known. */
function addressOfInput({ input, family, destination }: Packet, run: Run): bigint | null {
  if (typeof input !== 'string' || run.node.interfaces === null) return null;
  const first = run.node.interfaces
    .get(input)
    ?.addresses.find(
      ({ address, secondary, flags }) =>
        address.family === family &&
        !secondary &&
        !flags.includes('tentative') &&
        !flags.includes('deprecated'),
    );
  return first?.address.value ?? destination;
}

/** Null where none listens; where that is not known, both are explored. `place`: of the rule that asks. */
export function transparentSocket(asked: SocketAsked, run: Run, place: string): Listener | null {
  const socket = socketFor(run, asked);
  if (socket !== undefined) return socket?.transparent === true ? socket : null;
  const claim = `a transparent socket listens on port ${asked.port}`;
  const listens = run.ask(
    question(
      `tproxy:${place}`,
      'listener-unknown',
      `Whether ${claim} is not known; without one the kernel drops what TPROXY gets.`,
      claim,
    ),
  );
  return listens ? { protocol: asked.protocol, address: null, port: asked.port, transparent: true } : null;
}
