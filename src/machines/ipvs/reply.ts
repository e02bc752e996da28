/** What a server sends back gets the virtual server's address: ip_vs_core.c, ip_vs_out_hook, handle_response. */
import type { Ending } from '../../kernel/end.ts';
import { RST_BIT } from '../../kernel/conntrack/tcp.ts';
import { isIcmp, type Packet, TCP } from '../../kernel/packet.ts';
import { routeAgain } from '../../kernel/passage/reroute.ts';
import { ipvsPlace } from '../../kernel/ruleAt.ts';
import type { Run } from '../../kernel/run.ts';
import type { HookName } from '../../kernel/trace.ts';
import { formatAddress } from '../../values/address.ts';
import { type Connection, Connections, noteState, quotedEndsOf } from './connections.ts';
import { type IpvsProgram, isBalanced } from './program.ts';
import { changed, refused, Telling } from './steps.ts';
import { vsSysctl } from './sysctls.ts';
import { sendError } from './transmit.ts';

/** Null unless routing it anew, with its new source, fails. */
export function takeReply(program: IpvsProgram, hook: HookName, packet: Packet, run: Run): Ending | null {
  if (packet.sourceUnknown) return null;
  if (isIcmp(packet)) return takeErrorOfServer(program, hook, packet, run);
  const connection = run.state(Connections).ofReply(program, packet);
  if (connection === null) return takeStray(program, hook, packet, run);
  noteState(connection, packet);
  if (connection.method !== 'masq') return passBy(connection, packet);
  const effect = changed(packet, 'source', () => {
    packet.source = connection.virtual;
    packet.sourcePort = connection.virtualPort;
  });
  const at = ipvsPlace('ipvs-out', connection.name, connection.service?.server ?? null);
  new Telling(program, hook, run).tell(at, effect);
  return goOn(connection, hook, packet, run);
}

/** What a server sends and is of no connection is refused, but for resets: sysctl_nat_icmp_send, which is off by default. */
function takeStray(program: IpvsProgram, hook: HookName, packet: Packet, run: Run): Ending | null {
  const isAsked = isBalanced(packet.protocol) && (vsSysctl(run.node, 'nat_icmp_send') ?? 0) !== 0;
  if (!isAsked || (packet.protocol === TCP && (packet.tcpFlags & RST_BIT) !== 0)) return null;
  const service = program.ofServer(packet.protocol, packet.source, packet.sourcePort);
  if (service === null) return null;
  const why = `a server of ${service.name} sends it, and it is of no connection (net.ipv4.vs.nat_icmp_send)`;
  const at = ipvsPlace('ipvs-out', service.name, service.server);
  return refused(new Telling(program, hook, run), { at, why }, packet);
}

/** An ICMP error that quotes what IPVS sent to a server: ip_vs_out_icmp. */
function takeErrorOfServer(program: IpvsProgram, hook: HookName, packet: Packet, run: Run): Ending | null {
  const quoted = isErrorOfIpvs(packet) ? quotedEndsOf(packet) : null;
  if (quoted === null || packet.quoted === null) return null;
  const connection = run.state(Connections).ofReply(program, reversed(quoted));
  if (connection === null) return null;
  if (connection.method !== 'masq') return passBy(connection, packet);
  const effect = changed(packet, 'source', () => {
    packet.source = connection.virtual;
  });
  packet.quoted.destination = connection.virtual;
  packet.quoted.destinationPort = connection.virtualPort;
  const name = `ICMP ${formatAddress({ family: packet.family, value: connection.virtual })}`;
  const at = ipvsPlace('ipvs-out', name, connection.service?.server ?? null);
  new Telling(program, hook, run).tell(at, effect);
  return goOn(connection, hook, packet, run);
}

/** An ICMP error of a client about what it got from a virtual server: ip_vs_in_icmp. */
export function takeErrorOfClient(
  program: IpvsProgram,
  hook: HookName,
  packet: Packet,
  run: Run,
): Ending | null {
  const quoted = isErrorOfIpvs(packet) ? quotedEndsOf(packet) : null;
  if (quoted === null) return null;
  const ends = reversed(quoted);
  const connection = run.state(Connections).ofRequest(program, ends);
  if (connection !== null) return sendError(program, hook, connection, packet, run);
  noteScheduling(program, ends, packet, run);
  return null;
}

/** With schedule_icmp IPVS gives a server to an error about a connection that it does not know: the setting is off by default. */
function noteScheduling(program: IpvsProgram, ends: Ends, { mark }: Packet, run: Run): void {
  if (vsSysctl(run.node, 'schedule_icmp') !== 1) return;
  const port = typeof ends.destinationPort === 'number' ? ends.destinationPort : 0;
  const service = program.find(mark, ends.protocol, ends.destination, port);
  if (service === null) return;
  run.assume(
    `ipvs-schedule-icmp:${service.name}`,
    'ipvs-schedule-icmp-assumed',
    `IPVS is taken to leave an ICMP error about an unknown connection of ${service.name} alone, though net.ipv4.vs.schedule_icmp is 1.`,
  );
}

/** Unreachable, source quench and time exceeded; of IPv6 every type that is no message of information (ICMPV6_INFOMSG_MASK). */
export function isErrorOfIpvs({ family, icmpType }: Packet): boolean {
  if (icmpType === null) return false;
  return family === 4 ? [3, 4, 11].includes(icmpType) : icmpType < 0x80;
}

type Ends = NonNullable<ReturnType<typeof quotedEndsOf>>;

function reversed({ protocol, source, sourcePort, destination, destinationPort }: Ends): Ends {
  return {
    protocol,
    source: destination,
    sourcePort: destinationPort,
    destination: source,
    destinationPort: sourcePort,
  };
}

/** Where nothing was translated nothing is translated back; the packet is IPVS's all the same (handle_response, after_nat). */
function passBy({ tracked }: Connection, packet: Packet): null {
  packet.balanced = { connection: null };
  if (!tracked) {
    packet.connection = null;
    packet.state = 'UNTRACKED';
  }
  return null;
}

/** ip_vs_route_me_harder: what leaves from OUTPUT is routed again. */
function goOn(connection: Connection, hook: HookName, packet: Packet, run: Run): Ending | null {
  passBy(connection, packet);
  return hook === 'OUTPUT' && packet.way?.kind === 'forward' ? routeAgain(packet, run) : null;
}
