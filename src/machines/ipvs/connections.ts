/** The connections that IPVS remembers: net/netfilter/ipvs/ip_vs_conn.c. */
import type { BalancedConnection, Packet } from '../../kernel/packet.ts';
import { hasPorts, TCP } from '../../kernel/packet.ts';
import type { IpvsConnection } from '../../rules/ipvs/nodes.ts';
import { type IpvsProgram, protocolOf, type Service } from './program.ts';

export interface Connection extends BalancedConnection {
  readonly protocol: number;
  /** Null where its virtual server is not listed any more. */
  readonly service: Service | null;
  readonly name: string;
  /** `net.ipv4.vs.conntrack` when it began. */
  readonly tracked: boolean;
  readonly onePacket: boolean;
  /** Whether its server is listed still, and with what weight. */
  readonly weight: number | null;
  /** A reset was seen, or both ends have closed: a new SYN begins another one. */
  closed: boolean;
}

/** The four ends of a packet, as connections are looked for. */
type Ends = Pick<Packet, 'protocol' | 'source' | 'sourcePort' | 'destination' | 'destinationPort'>;

/** Of one run: what the listing knew, and what its packets added. */
export class Connections {
  readonly #added: Connection[] = [];
  readonly #removed = new Set<Connection>();
  #known: readonly Connection[] | null = null;

  add(connection: Connection): void {
    this.#added.unshift(connection);
  }

  remove(connection: Connection): void {
    this.#removed.add(connection);
  }

  /** That of a request (ip_vs_conn_in_get). */
  ofRequest(program: IpvsProgram, ends: Ends): Connection | null {
    return this.#find(
      program,
      (one) =>
        one.protocol === ends.protocol &&
        one.client === ends.source &&
        one.clientPort === ends.sourcePort &&
        one.virtual === ends.destination &&
        one.virtualPort === ends.destinationPort,
    );
  }

  /** That of what a server sends to a client (ip_vs_conn_out_get). One that is not translated sends from the virtual address. */
  ofReply(program: IpvsProgram, ends: Ends): Connection | null {
    return this.#find(
      program,
      (one) =>
        one.protocol === ends.protocol &&
        (one.method === 'masq' ? one.server : one.virtual) === ends.source &&
        (one.method === 'masq' ? one.serverPort : one.virtualPort) === ends.sourcePort &&
        one.client === ends.destination &&
        (one.clientPort === ends.destinationPort || ends.destinationPort === '*'),
    );
  }

  #find(program: IpvsProgram, isIt: (one: Connection) => boolean): Connection | null {
    this.#known ??= knownConnections(program);
    const is = (one: Connection): boolean => !this.#removed.has(one) && isIt(one);
    return this.#added.find(is) ?? this.#known.find(is) ?? null;
  }
}

/** As the packet's flags leave it. */
export function noteState(connection: Connection, packet: Packet): void {
  if (packet.protocol === TCP && (packet.tcpFlags & RST) !== 0) connection.closed = true;
}

const RST = 4;

const closedStates = new Set(['CLOSE', 'TIME_WAIT']);

function knownConnections(program: IpvsProgram): readonly Connection[] {
  return (program.rules.connections ?? []).flatMap((listed) => {
    if (listed.protocol === 'ip' || isTemplate(listed) || listed.client.address.family !== program.family) {
      return [];
    }
    const protocol = protocolOf(listed.protocol);
    const { client, virtual, server } = listed;
    const service = program.find(0, protocol, virtual.address.value, virtual.port);
    const own = service?.server.servers.find(
      ({ address, port }) => address.value === server.address.value && (port === server.port || port === 0),
    );
    return [
      {
        protocol,
        service,
        name: service?.name ?? listed.protocol.toUpperCase(),
        tracked: true,
        onePacket: false,
        weight: own === undefined ? null : (own.weight ?? 1),
        closed: closedStates.has(listed.state),
        client: client.address.value,
        clientPort: client.port,
        server: server.address.value,
        serverPort: server.port,
        virtual: virtual.address.value,
        virtualPort: virtual.port,
        method: own?.forwarding ?? 'masq',
      },
    ];
  });
}

/** A template of persistence: of a client without a port. */
export function isTemplate({ client }: IpvsConnection): boolean {
  return client.port === 0;
}

/** The ends of the packet that an ICMP error quotes; null where it is none that IPVS looks at. */
export function quotedEndsOf({ quoted }: Packet): Ends | null {
  return quoted === null || !hasPorts(quoted.protocol) ? null : quoted;
}
