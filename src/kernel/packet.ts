import type { Address } from '../values/address.ts';
import type { Connection } from './conntrack/connection.ts';
import type { Direction, WantedZone } from './conntrack/zone.ts';
import type { Family, Flow, GivenState, Listener } from './flow.ts';
import type { Route } from './node/node.ts';
import type { Way } from './passage/way.ts';
import type { Port } from './port.ts';

/** As `--ctstate` sees it; null where connections are not tracked at all. */
type PacketState = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED';

/** The interface that a match asks for: a name, none (the hook has no such interface), or not known. */
export type InterfaceName = string | null | undefined;

/** The header as far as matches that nobody follows may read it. The TTL that routing lowers is none of it. */
export interface HeaderState {
  source: bigint;
  destination: bigint;
  sourcePort: Port;
  destinationPort: Port;
  tos: number;
  /** How often rules changed the header in ways that are not followed, or the TTL. */
  rewrites: number;
}

/** The ends of the packet that an ICMP error quotes, as they stand in it: rules that translate the error translate these, too. */
export interface QuotedEnds extends Pick<
  HeaderState,
  'source' | 'destination' | 'sourcePort' | 'destinationPort'
> {
  readonly protocol: number;
}

/** What IPVS has done with a packet: skb->ipvs_property, and how xt_ipvs finds the connection that IPVS made. */
interface Balanced {
  /** A request's, as IPVS sent it on; null of replies and errors, and where IPVS remembers no connection. */
  readonly connection: BalancedConnection | null;
}

export interface BalancedConnection {
  readonly client: bigint;
  readonly clientPort: Port;
  readonly server: bigint;
  readonly serverPort: Port;
  readonly virtual: bigint;
  readonly virtualPort: Port;
  readonly method: 'masq' | 'route' | 'tunnel';
}

/** The packet on its way: everything that rules and routing may read or change. */
export interface Packet extends HeaderState {
  readonly family: Family;
  /** IP protocol number: 6 TCP, 17 UDP, 132 SCTP, 1 ICMP, 58 ICMPv6. */
  readonly protocol: number;
  mark: number;
  /** For the queues of devices (skb->priority); null where the sender's socket has set it to what is not known. */
  priority: number | null;
  ttl: number;
  /** The header as the packet came; of one that left its address to routing, as it got it. */
  arrived: HeaderState;
  /** Whole IP packet in bytes. */
  length: number;
  /** The flow does not say the length: it is that of a packet without payload and options. */
  readonly lengthAssumed: boolean;
  tcpFlags: number;
  readonly icmpType: number | null;
  readonly icmpCode: number;
  /** The identifier of an ICMP query; null where it is not known. */
  readonly icmpId: number | null;
  readonly quote: Flow | null;
  /** The same packet's ends as they are by now; null where nothing is quoted, or an end is not known. */
  readonly quoted: QuotedEnds | null;
  /** Undefined where the arrival could not be worked out. */
  input: InterfaceName;
  output: InterfaceName;
  /** Where routing sent a packet that the node makes; null before, and for packets that came in. */
  way: Way | null;
  /** The gateway that routing chose last: null = the destination itself is on the link; undefined = not known. */
  gateway: Address | null | undefined;
  /** The route that the packet was sent by last; null = none, as for what is delivered or sent to all; undefined = not known. */
  route: Route | null | undefined;
  /** Which routing decision `output` is of, where it is not known: the first one of a packet that the node makes, or the last. */
  outputOf: 'departure' | 'output';
  /** Where a packet that the node makes was routed to first. */
  departedTo: bigint | null;
  /** The bridge ports that it came in and goes out by, while br_netfilter knows them; undefined = some port that is not known. */
  physicalInput: InterfaceName;
  physicalOutput: InterfaceName;
  /** What was written into its header has made its checksum wrong: whoever looks at that throws it away. */
  isDamaged: boolean;
  /** Of which bridge or bond the device is a port, while a chain of that device sees the packet come in. */
  portOf: string | null;
  /** Forwarded by a bridge, not routed. */
  bridged: boolean;
  /** Null where it is not known, in small letters. */
  readonly sourceMac: string | null;
  /** Its frame is addressed, on layer 2, to another machine on the same bridge. */
  readonly pastNode: boolean;
  /** A chain of nat has just sent it to a queue: that hook's nat is over, and binds nothing. */
  leftNat: boolean;
  /** Nat of PREROUTING has given it another destination: it loses the route that it came with (nf_nat_ipv4_pre_routing). */
  lostRoute: boolean;
  /** Where TPROXY has handed it to a socket: which one. Of what a bridge sees first, until IP itself takes it. */
  socket: Listener | null;
  /** The copy of its own broadcast or multicast that the node hears (PACKET_LOOPBACK). */
  isOwnCopy: boolean;
  /** Made by a process of this node. */
  readonly local: boolean;
  readonly uid: number | null;
  readonly gid: number | null;
  connection: Connection | null;
  /** What conntrack is to make of the packet; `connection` then only stands for it (`conntrack/template.ts`). */
  template: WantedZone | null;
  direction: Direction;
  state: PacketState | null;
  /** What the caller says of the connection; null = conntrack works it out. */
  readonly given: GivenState | null;
  masqueraded: boolean;
  /** Null where IPVS has not touched it. */
  balanced: Balanced | null;
  /** The source is an address of the node, and it is not known which; `source` then means nothing. */
  sourceUnknown: boolean;
  /** REDIRECT sent it to an address of the node, and it is not known to which; `destination` is shown in its place. */
  destinationUnknown: boolean;
}

export const TCP = 6;
export const UDP = 17;
export const ICMP = 1;
export const ICMPV6 = 58;
export const SCTP = 132;
export const DCCP = 33;
export const UDPLITE = 136;
export const GRE = 47;

/** Whether ports are matched and translated in this protocol. */
export function hasPorts(protocol: number): boolean {
  return (
    protocol === TCP || protocol === UDP || protocol === SCTP || protocol === DCCP || protocol === UDPLITE
  );
}

/** Whether conntrack and nat know its ports: those of DCCP no longer from Linux 6.17 on. */
export function hasTrackedPorts(protocol: number): boolean {
  return hasPorts(protocol) && protocol !== DCCP;
}

/** Whether it is the ICMP of its family. */
export function isIcmp(packet: Packet): boolean {
  return packet.protocol === (packet.family === 4 ? ICMP : ICMPV6);
}

/** Whether an ICMP packet reports an error about another one (and quotes it). include/net/icmp.h, ipv6: types below 128. */
export function isIcmpError(family: Family, type: number): boolean {
  return family === 6 ? type < 128 : type === 3 || type === 4 || type === 5 || type === 11 || type === 12;
}

/** The packet's addresses as the node's functions take them. */
export function addressOf(packet: Packet, end: 'source' | 'destination'): Address {
  return { family: packet.family, value: end === 'source' ? packet.source : packet.destination };
}
