/** What IPVS does with a packet to a virtual server: ip_vs_core.c, ip_vs_in_hook. */
import type { Ending } from '../../kernel/end.ts';
import { hasPorts, type Packet, TCP } from '../../kernel/packet.ts';
import type { Run } from '../../kernel/run.ts';
import type { HookName } from '../../kernel/trace.ts';
import type { RealServer } from '../../rules/ipvs/nodes.ts';
import { type Connection, Connections, noteState } from './connections.ts';
import { persistent } from './persistence.ts';
import { type IpvsProgram, isBalanced, type Service } from './program.ts';
import { scheduled } from './schedulers.ts';
import { endAt, refused, requestPlace, Telling } from './steps.ts';
import { expiresWithoutServer, isDropped, isTracked, noteBackup, vsSysctl } from './sysctls.ts';
import { transmit } from './transmit.ts';

const [SYN, RST] = [2, 4];

/** Null where the packet is none of IPVS's, or is for a server on the node itself: then it goes on in the same hook. */
export function takeRequest(program: IpvsProgram, hook: HookName, packet: Packet, run: Run): Ending | null {
  if (!isBalanced(packet.protocol) || packet.destinationUnknown) return null;
  const connections = run.state(Connections);
  const known = connections.ofRequest(program, packet) ?? ofConntrack(program, packet, run);
  if (known === null) return schedule(program, hook, packet, run);
  if (isNew(packet) && beginsAnew(run, known)) {
    connections.remove(known);
    return schedule(program, hook, packet, run);
  }
  if (known.weight === null) {
    if (!expiresWithoutServer(run)) return lose(program, hook, known, run);
    connections.remove(known);
    return schedule(program, hook, packet, run);
  }
  return transmit(program, hook, known, packet, run);
}

/**
 * Where no list of IPVS's own is there, conntrack tells by the source of the answers which server a connection has. One that
 * goes on is taken to be known to IPVS, too.
 */
function ofConntrack(program: IpvsProgram, packet: Packet, run: Run): Connection | null {
  const { connection: entry } = packet;
  if (program.rules.connections !== null || entry === null || !entry.confirmed) return null;
  if (packet.direction !== 'original') return null;
  const { source, sourcePort } = entry.reply;
  const port = typeof packet.destinationPort === 'number' ? packet.destinationPort : 0;
  const service = program.find(packet.mark, packet.protocol, packet.destination, port);
  const server = service?.server.servers.find(
    (each) => each.address.value === source && (each.port === sourcePort || each.port === 0),
  );
  if (service === null || server === undefined) return null;
  const connection = connect(service, server, packet, run);
  run.state(Connections).add(connection);
  return connection;
}

/** A SYN on a connection that is over (is_new_conn_expected), or whose server takes nothing new. */
function beginsAnew(run: Run, known: Connection): boolean {
  if (known.weight === 0 && vsSysctl(run.node, 'expire_nodest_conn') === 1) return true;
  return known.closed && (vsSysctl(run.node, 'conn_reuse_mode') ?? 1) !== 0;
}

function isNew({ protocol, tcpFlags }: Packet): boolean {
  return protocol !== TCP || (tcpFlags & SYN) !== 0;
}

function lose(program: IpvsProgram, hook: HookName, { service, name }: Connection, run: Run): Ending {
  const at = requestPlace(service, name);
  new Telling(program, hook, run).tell(at, { kind: 'drop' });
  return endAt(at, 'drop', 'IPVS holds the connection to a server that is gone (expire_nodest_conn is 0)');
}

/** ip_vs_try_to_schedule and the protocols' conn_schedule: only what begins a connection is given a server. */
function schedule(program: IpvsProgram, hook: HookName, packet: Packet, run: Run): Ending | null {
  const { protocol, tcpFlags, destinationPort } = packet;
  if (protocol === TCP) {
    const isBegun = (tcpFlags & SYN) !== 0 || vsSysctl(run.node, 'sloppy_tcp') === 1;
    if ((tcpFlags & RST) !== 0 || !isBegun) return null;
  }
  const port = typeof destinationPort === 'number' ? destinationPort : 0;
  const service = program.find(packet.mark, protocol, packet.destination, port);
  if (service === null) return null;
  noteBackup(run);
  const at = requestPlace(service, service.name);
  const telling = new Telling(program, hook, run);
  if (isDropped(run)) {
    telling.tell(at, { kind: 'drop' });
    return endAt(at, 'drop', 'net.ipv4.vs.drop_packet takes a share of what begins a connection');
  }
  const server = serverOf(program, service, packet, run, port);
  if (server === null) return refuse(program, hook, service, packet, run);
  const connection = connect(service, server, packet, run);
  if (!connection.onePacket) run.state(Connections).add(connection);
  return transmit(program, hook, connection, packet, run);
}

function serverOf(
  program: IpvsProgram,
  service: Service,
  packet: Packet,
  run: Run,
  port: number,
): RealServer | null {
  const { persistence, virtual } = service.server;
  if (persistence !== null) return persistent(program, service, persistence, packet, run);
  // "Port zero only supported in persistent services": ip_vs_schedule.
  if (virtual.kind === 'address' && virtual.port !== port) return null;
  return scheduled(program, service, packet, run);
}

/** ip_vs_leave: what no server takes is refused, TCP by an ICMP error, too. */
function refuse(program: IpvsProgram, hook: HookName, service: Service, packet: Packet, run: Run): Ending {
  const at = requestPlace(service, service.name);
  return refused(new Telling(program, hook, run), { at, why: whyNobody(service) }, packet);
}

function whyNobody({ name, server: { servers } }: Service): string {
  if (servers.length === 0) return `${name} has no servers`;
  return servers.every(({ weight }) => weight === 0)
    ? `all servers of ${name} have the weight 0`
    : `the client’s place in the table of ${name} is a server’s of weight 0`;
}

function connect(service: Service, server: RealServer, packet: Packet, run: Run): Connection {
  const { onePacket } = service.server;
  const connection: Connection = {
    protocol: packet.protocol,
    service,
    name: service.name,
    tracked: isTracked(run),
    onePacket: onePacket && !isTcp(packet) && hasPorts(packet.protocol),
    weight: server.weight ?? 1,
    closed: false,
    client: packet.source,
    clientPort: packet.sourcePort,
    server: server.address.value,
    serverPort: server.port === 0 ? packet.destinationPort : server.port,
    virtual: packet.destination,
    virtualPort: packet.destinationPort,
    method: server.forwarding ?? 'masq',
  };
  noteState(connection, packet);
  return connection;
}

function isTcp({ protocol }: Packet): boolean {
  return protocol === TCP;
}
