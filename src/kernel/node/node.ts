/**
 * What is known of the node beside its rules. Every part may be unknown (null): the engine then branches on it or names
 * an assumption, it never guesses silently. Read from snapshot files by the readers in this folder.
 */
import type { Address, Family, Network } from '../../values/address.ts';
import type { Zone } from '../conntrack/zone.ts';
import type { SnapshotInfo } from './snapshotInfo.ts';
import type { Traffic } from './traffic.ts';

export interface InterfaceAddress {
  readonly address: Address;
  readonly prefixLength: number;
  /** `global`, `link`, `host` … */
  readonly scope: string;
  readonly broadcast: Address | null;
  /** The other end of a point-to-point address. */
  readonly peer: Address | null;
  /** Not the first address of its subnet: never chosen as a source by itself (IPv4). */
  readonly secondary: boolean;
  /** Of IPv6: `deprecated`, `tentative`, `temporary`, `dadfailed`. */
  readonly flags: readonly string[];
}

export interface NodeInterface {
  readonly index: number;
  readonly name: string;
  readonly flags: readonly string[];
  readonly up: boolean;
  readonly loopback: boolean;
  /** The bridge (or bond) that it is a port of. */
  readonly master: string | null;
  readonly addresses: readonly InterfaceAddress[];
  /** In small letters; null where the link has none, or the file does not say. */
  readonly mac: string | null;
  /** `ether`, `loopback`, `none` (tun, WireGuard), `ppp`, `ipip` …; null where the file does not say. */
  readonly linkType: string | null;
  /** `ip link set … group`: a number, or the name that it has in /etc/iproute2/group. `default` is 0. */
  readonly group: string | null;
}

export interface BridgePort {
  readonly name: string;
  readonly bridge: string;
  readonly hairpin: boolean;
}

/** A socket of the node's own network namespace that takes packets of anybody: it listens (TCP) or is not connected (UDP). */
export interface NodeSocket {
  readonly protocol: 'tcp' | 'udp';
  /** Null: any address of its families. */
  readonly address: Address | null;
  readonly families: readonly Family[];
  readonly port: number;
  /** The interface that it is bound to; null for none. */
  readonly device: string | null;
  /** `sshd`; null where the list does not tell. */
  readonly process: string | null;
}

export interface NodeSockets {
  readonly sockets: readonly NodeSocket[];
  /** The protocols of which all such sockets are in the list. */
  readonly whole: ReadonlySet<NodeSocket['protocol']>;
}

/** As `addrtype` and `ip route` name them. */
export type AddressType =
  | 'UNSPEC'
  | 'UNICAST'
  | 'LOCAL'
  | 'BROADCAST'
  | 'ANYCAST'
  | 'MULTICAST'
  | 'BLACKHOLE'
  | 'UNREACHABLE'
  | 'PROHIBIT'
  | 'THROW';

export interface Route {
  readonly family: Family;
  readonly type: AddressType;
  readonly destination: Network;
  readonly prefixLength: number;
  readonly table: string;
  readonly interface: string | null;
  readonly gateway: Address | null;
  readonly preferredSource: Address | null;
  readonly metric: number;
  /** Of `realm FROM/TO`; a number, or the name that it has in /etc/iproute2/rt_realms. Null without one. */
  readonly realm: { readonly from: string | null; readonly to: string | null } | null;
  readonly scope: string;
  /** `linkdown`, `dead` … */
  readonly flags: readonly string[];
  /** Only for packets with this TOS; 0 = any. */
  readonly tos: number;
  /** Only for packets from here (IPv6 source-specific routes). */
  readonly from: Network | null;
  /** Who made it: `kernel`, `boot`, `static`, `dhcp` … */
  readonly protocol: string;
  /** Several ways to go, of which the kernel picks one by a hash; else empty. `interface` and `gateway` are then null. */
  readonly nexthops: readonly Nexthop[];
  /**
   * From /proc, which does not tell everything: there may be more next hops and a preferred source, and where no
   * interface is named it is not known which.
   */
  readonly partial: boolean;
}

export interface Nexthop {
  readonly interface: string | null;
  readonly gateway: Address | null;
  readonly flags: readonly string[];
}

export interface RoutingRule {
  readonly family: Family | null;
  readonly priority: number;
  readonly from: Network | null;
  readonly to: Network | null;
  readonly mark: number | null;
  readonly markMask: number;
  readonly inputInterface: string | null;
  readonly outputInterface: string | null;
  readonly not: boolean;
  /** Only for packets with this TOS; 0 = any. IPv4 compares the three bits of 0x1c alone. */
  readonly tos: number;
  /** What else a packet must be like; of most rules nothing. */
  readonly selectors: readonly RuleSelector[];
  /** A route found with a prefix no longer than this does not count; null = every route counts. */
  readonly suppressPrefixLength: number | null;
  /** A route found that leads to an interface of this group does not count; null = every route counts. */
  readonly suppressGroup: string | null;
  /** It gives realms to what it leads to (`ip rule … realms`); which ones is not followed. IPv4's alone. */
  readonly givesRealms: boolean;
  /** A table to look in (`vrf`: that of the packet's VRF), what to answer instead, or where (a priority) to go on. */
  readonly action:
    | { readonly kind: 'table'; readonly table: string }
    | { readonly kind: 'goto'; readonly priority: number }
    | { readonly kind: 'blackhole' | 'unreachable' | 'prohibit' | 'nop' | 'vrf' };
}

/** A part of a policy rule (`ip rule add ipproto tcp dport 80-90 uidrange 0-99 …`). Both ends of a range count. */
export type RuleSelector =
  | { readonly kind: 'protocol'; readonly protocol: number }
  /** `mask` 0: any port of the range; else those that have the bits of `from`. */
  | {
      readonly kind: 'port';
      readonly end: 'source' | 'destination';
      readonly from: number;
      readonly to: number;
      readonly mask: number;
    }
  | { readonly kind: 'user'; readonly from: number; readonly to: number }
  | { readonly kind: 'dscp'; readonly value: number; readonly mask: number }
  | { readonly kind: 'tunnel'; readonly id: number }
  /** Packets that come in or go out by an interface of a VRF. */
  | { readonly kind: 'vrf' }
  /** One that is not understood, as `ip -j rule` names it. */
  | { readonly kind: 'other'; readonly name: string };

export interface RouteQuery {
  readonly destination: Address;
  readonly source: Address | null;
  readonly inputInterface: string | null;
  readonly outputInterface: string | null;
  readonly mark: number;
  readonly tos: number;
  /** Left out: nothing else is known of the packet. */
  readonly traffic?: Traffic;
}

export type RouteResult =
  | {
      readonly kind: 'found';
      readonly type: AddressType;
      readonly interface: string;
      readonly gateway: Address | null;
      /** The source that the kernel would choose for a packet that has none; null where it is not known. */
      readonly source: Address | null;
      readonly prefixLength: number;
      readonly route: Route;
    }
  /** `NONE`: no table has a route; the others: a route or rule says so. */
  | {
      readonly kind: 'none';
      readonly type: 'NONE' | 'UNREACHABLE' | 'BLACKHOLE' | 'PROHIBIT';
      readonly reason: string;
    }
  /** `candidates`: the possible next hops, where it is only not known which one. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly candidates: readonly Nexthop[] };

export interface IpSetEntry {
  /** Without its options: `10.0.0.0/8,tcp:80`. */
  readonly text: string;
  readonly noMatch: boolean;
  /** Of `hash:net,iface`: the interface's name is the beginning of one. */
  readonly wildcard: boolean;
  /** Of `skbmark 0x10/0xff`; null without one. */
  readonly mark: string | null;
}

export interface IpSet {
  readonly name: string;
  /** `hash:ip,port`, `bitmap:port`, `list:set` … */
  readonly type: string;
  readonly options: ReadonlyMap<string, string>;
  readonly entries: readonly IpSetEntry[];
}

/** One `conntrack -L` line. */
export interface ConntrackEntry {
  readonly family: Family;
  readonly protocol: number;
  readonly state: string | null;
  readonly original: ConntrackTuple;
  readonly reply: ConntrackTuple;
  readonly mark: number;
  readonly zone: Zone;
  readonly status: readonly string[];
  /** In `conntrack.txt`, from 0. */
  readonly line: number;
}

export interface ConntrackTuple {
  readonly source: Address;
  readonly destination: Address;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  /** Of ICMP queries; null otherwise. */
  readonly icmp: { readonly type: number; readonly code: number; readonly id: number } | null;
  /** Of GRE; 0 where it is no PPTP. Null otherwise. */
  readonly keys: { readonly source: number; readonly destination: number } | null;
}

export interface Node {
  /** By name; null where `ip-addr.json` was not given, or is only `glimpsed`. */
  readonly interfaces: ReadonlyMap<string, NodeInterface> | null;
  /**
   * Where `ip-addr.json` was made from /proc, or tells not all (`ifconfig`, `ip -br addr`): its interfaces with those addresses
   * of which it is clear that the node has them, and at least very likely on which interface. There may be more, and bridges
   * may not be seen. Of what is there good for an assumption, of what is not for nothing. Null otherwise.
   */
  readonly glimpsed: ReadonlyMap<string, NodeInterface> | null;
  readonly bridgePorts: readonly BridgePort[] | null;
  /** Null for a family without a routes file. */
  readonly routes: Readonly<Record<Family, readonly Route[] | null>>;
  /**
   * Where the routes of the table `local` are from; null where only some of them are known, if any: `ip -j route` lists the
   * table main alone.
   */
  readonly localTable: Readonly<Record<Family, 'routes' | 'addresses' | null>>;
  readonly rules: readonly RoutingRule[] | null;
  /** Full names (`net.ipv4.conf.all.rp_filter`); null where `sysctl.txt` was not given. */
  readonly sysctls: ReadonlyMap<string, string> | null;
  readonly ipsets: ReadonlyMap<string, IpSet> | null;
  readonly conntrack: readonly ConntrackEntry[] | null;
  /** Null where `sockets.txt` was not given. */
  readonly sockets: NodeSockets | null;
  /** From `snapshot.json`; all of it null where there is none. */
  readonly info: SnapshotInfo;
  /** What could not be read in a file that was given, in plain text with the file's name first. */
  readonly problems: readonly string[];
}
