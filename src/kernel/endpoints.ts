import { formatAddress } from '../values/address.ts';
import type { Tuple } from './conntrack/connection.ts';
import type { Family } from './flow.ts';
import { hasPorts, type Packet } from './packet.ts';
import type { Port } from './port.ts';
import type { Endpoint } from './trace.ts';

/** One end of a packet as results show it. */
export function endpointOf(packet: Packet, end: 'source' | 'destination'): Endpoint {
  const port = end === 'source' ? packet.sourcePort : packet.destinationPort;
  return endpoint(packet.family, packet[end], hasPorts(packet.protocol) ? port : null);
}

/** One end of a conntrack tuple. */
export function endpointOfTuple(family: Family, tuple: Tuple, end: 'source' | 'destination'): Endpoint {
  return endpoint(family, tuple[end], end === 'source' ? tuple.sourcePort : tuple.destinationPort);
}

function endpoint(family: Family, value: bigint, port: Port): Endpoint {
  return { address: formatAddress({ family, value }), port };
}
