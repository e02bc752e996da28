/** How a packet gets to its server: net/netfilter/ipvs/ip_vs_xmit.c. */
import type { Ending } from '../../kernel/end.ts';
import { confirm } from '../../kernel/conntrack/conntrackHook.ts';
import { isIPv4Loopback } from '../../kernel/node/addressTypes.ts';
import type { Packet } from '../../kernel/packet.ts';
import { sendOnward } from '../../kernel/passage/outgoing.ts';
import { decideOnward, type Departure, type Routed } from '../../kernel/passage/routing.ts';
import type { Run } from '../../kernel/run.ts';
import type { Effect, HookName } from '../../kernel/trace.ts';
import { formatAddress } from '../../values/address.ts';
import { type Connection, noteState } from './connections.ts';
import type { IpvsProgram } from './program.ts';
import { changed, endAt, requestPlace, Telling } from './steps.ts';

/** Null where the server is on the node: the packet goes on in the same hook. */
export function transmit(
  program: IpvsProgram,
  hook: HookName,
  connection: Connection,
  packet: Packet,
  run: Run,
): Ending | null {
  const at = requestPlace(connection.service, connection.name);
  noteState(connection, packet);
  const before = { destination: packet.destination, destinationPort: packet.destinationPort };
  const effect = changed(packet, 'destination', () => {
    packet.destination = connection.server;
    packet.destinationPort = connection.serverPort;
  });
  mark(packet, connection);
  const isSame = connection.method === 'masq';
  new Telling(program, hook, run).tell(at, isSame ? effect : { kind: 'accept' });
  const settle = isSame ? nothing : (): void => void Object.assign(packet, before);
  return sendTo({ connection, packet, run, at, localTo: localOf(connection, packet) }, settle);
}

function nothing(): void {
  // The packet stays as it was changed.
}

/**
 * To whom on the node IPVS hands a packet (IP_VS_RT_MODE_LOCAL, _RDR): what is not translated, only where the packet was going to the node
 * itself. In INPUT, and of what the node sends itself, it was.
 */
function localOf({ method }: Connection, { way }: Packet): boolean {
  return method === 'masq' || way === null || way.kind === 'local';
}

/** Notes what xt_ipvs will find. */
function mark(packet: Packet, connection: Connection): void {
  packet.balanced = { connection: connection.onePacket ? null : connection };
}

interface Sending {
  readonly connection: Connection;
  readonly packet: Packet;
  readonly run: Run;
  readonly at: ReturnType<typeof requestPlace>;
  /** A server on the node itself is handed the packet. */
  readonly localTo: boolean;
}

/** `settle`: called when the way is known; what is not translated gets its address back. */
function sendTo({ connection, packet, run, at, localTo }: Sending, settle: () => void): Ending | null {
  const { way, source } = decideOnward(run, packet);
  settle();
  const crossing =
    way.kind === 'local' && !localTo
      ? 'the server is on the node, and the packet was on its way elsewhere'
      : crosses(way, connection, packet);
  if (way.kind === 'end')
    return endAt(at, 'drop', `the server cannot be reached: ${way.reason ?? 'no route'}`);
  if (crossing !== null) return endAt(at, 'drop', crossing);
  if (way.kind === 'forward') {
    if (packet.ttl <= 1) {
      return endAt(at, 'drop', packet.family === 4 ? 'the TTL ran out' : 'the hop limit ran out');
    }
    packet.ttl--;
  }
  keepTrack(connection, packet);
  if (way.kind === 'local') return null;
  if (connection.method === 'tunnel') return tunnel(connection, packet, run, { way, source });
  return sendOnward(run, packet, way);
}

/** crosses_local_route_boundary, and of what is translated "From world but DNAT to loopback address?". */
function crosses(way: Routed, { server, method }: Connection, packet: Packet): string | null {
  if (way.kind === 'end') return null;
  const isLoopback = (value: bigint): boolean => (packet.family === 4 ? isIPv4Loopback(value) : value === 1n);
  if (way.kind === 'local') {
    const isFromWorld = method === 'masq' && packet.input !== null;
    return isFromWorld && isLoopback(server) ? 'the server is at a loopback address' : null;
  }
  return !packet.sourceUnknown && isLoopback(packet.source)
    ? 'IPVS sends nothing from a loopback address to another machine'
    : null;
}

/** ip_vs_update_conntrack, or ip_vs_notrack where `net.ipv4.vs.conntrack` is 0. */
function keepTrack(connection: Connection, packet: Packet): void {
  const { connection: entry } = packet;
  if (!connection.tracked) {
    packet.connection = null;
    packet.state = 'UNTRACKED';
    return;
  }
  if (entry === null || entry.confirmed || connection.onePacket || connection.method !== 'masq') return;
  if (packet.direction !== 'original') return;
  entry.reply = { ...entry.reply, source: connection.server, sourcePort: connection.serverPort };
}

const IPIP = 4;
const IPIP_HEADER = { 4: 20, 6: 40 } as const;

/** The packet leaves inside of another one, which OUTPUT and POSTROUTING see in its place: ip_vs_tunnel_xmit(_prepare). */
function tunnel(
  connection: Connection,
  packet: Packet,
  run: Run,
  { way, source }: { readonly way: Exclude<Routed, { kind: 'end' }>; readonly source: Departure['source'] },
): Ending {
  const { family } = packet;
  const lost = connection.tracked ? confirm(packet, run) : null;
  if (lost !== null) return lost;
  run.assume(
    `ipvs-tunnel:${connection.server}`,
    'ipvs-tunnel',
    () =>
      `The packet leaves inside of an IP-in-IP packet to ${formatAddress({ family, value: connection.server })}; rules behind IPVS see that one.`,
  );
  const outer: Packet = {
    ...packet,
    protocol: family === 4 ? IPIP : 41,
    destination: connection.server,
    source: source ?? packet.source,
    sourceUnknown: source === null,
    sourcePort: null,
    destinationPort: null,
    length: packet.length + IPIP_HEADER[family],
    connection: null,
    state: null,
    balanced: { connection: null },
  };
  const end = sendOnward(run, outer, way);
  // One buffer holds both: what rules behind IPVS set of it, who is asked about it sees.
  packet.mark = outer.mark;
  return end;
}

/** An ICMP error about a connection goes to its server, and quotes what that has sent: ip_vs_icmp_xmit. */
export function sendError(
  program: IpvsProgram,
  hook: HookName,
  connection: Connection,
  packet: Packet,
  run: Run,
): Ending | null {
  const name = `ICMP ${formatAddress({ family: packet.family, value: connection.virtual })}`;
  const at = requestPlace(connection.service, name);
  const isTranslated = connection.method === 'masq';
  const before = packet.destination;
  const effect: Effect = changed(packet, 'destination', () => {
    packet.destination = connection.server;
  });
  if (packet.quoted !== null && isTranslated) {
    packet.quoted.source = connection.server;
    packet.quoted.sourcePort = connection.serverPort;
  }
  packet.balanced = { connection: null };
  new Telling(program, hook, run).tell(at, isTranslated ? effect : { kind: 'accept' });
  const settle = isTranslated ? nothing : (): void => void (packet.destination = before);
  const localTo = isTranslated ? hook !== 'FORWARD' : localOf(connection, packet);
  return sendTo({ connection, packet, run, at, localTo }, settle);
}
