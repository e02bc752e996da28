/** Which socket of the node would take a packet, by what the flow says of its sockets. */
import { parseAddress } from '../values/address.ts';
import type { Family, Listener } from './flow.ts';
import type { Run } from './run.ts';

export interface SocketAsked {
  readonly family: Family;
  readonly protocol: 'tcp' | 'udp';
  /** Null where it is not known. */
  readonly address: bigint | null;
  readonly port: number;
}

/** A socket bound to the address goes before one for any (inet_lookup_listener, udp4_lib_lookup). Undefined where it is not known. */
export function socketFor(run: Run, asked: SocketAsked): Listener | null | undefined {
  const listeners = run.shared.flow.listeners?.filter(
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

/** Bound to no address of its own. */
export function isForAny({ address }: Listener): boolean {
  return address === null || parseAddress(address)?.value === 0n;
}
