/**
 * What a caller asks the engine: one packet, and how it comes to the node. The same shape as a line of a flows file
 * (the command line's `--flows`), so a flow read from JSON is already a `Flow` once `readFlow` has checked it.
 */

import type { Family } from '../values/address.ts';

export type { Family };

/** `icmp` is ICMPv6 when the family is 6. Any other protocol is given by its number, as a string: `"47"`. */
export type Protocol = 'tcp' | 'udp' | 'sctp' | 'icmp' | (string & {});

export type SourceKind = 'pod' | 'external' | 'node';

export interface FlowSource {
  readonly kind: SourceKind;
  /** Null for a node process that leaves the choice to routing. */
  readonly address: string | null;
  /** Null for ICMP, and where the caller does not care (a high port is then assumed). */
  readonly port: number | null;
  /** The node's interface on which the packet arrives; null = made by the node; undefined = work it out from the snapshot. */
  readonly interface?: string | null;
  readonly uid?: number;
  readonly gid?: number;
}

interface FlowDestination {
  /** Who is said to have the address: this node, a pod, somebody outside; left out, nobody says it. */
  readonly kind?: SourceKind;
  readonly address: string;
  readonly port: number | null;
}

export type TcpFlag = 'FIN' | 'SYN' | 'RST' | 'PSH' | 'ACK' | 'URG' | 'ECE' | 'CWR';

export interface PacketDetails {
  /** Default `["SYN"]`. */
  readonly tcpFlags?: readonly TcpFlag[];
  /** Default echo request: 8, in IPv6 128. */
  readonly icmpType?: number;
  readonly icmpCode?: number;
  /** The identifier of a query; packets of one trace that do not say it have the same. */
  readonly icmpId?: number;
  /** Default 64. */
  readonly ttl?: number;
  readonly tos?: number;
  /** Whole IP packet in bytes. */
  readonly length?: number;
  /** `bridged`: addressed, on layer 2, to another pod on the same bridge. */
  readonly l2?: 'bridged';
  /** The flow that an ICMP error quotes. */
  readonly quote?: Flow;
}

/** A socket that takes packets on the node: one that listens (TCP) or is not connected (UDP). */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  /** The address that it is bound to; null, `0.0.0.0` or `::`: any. */
  readonly address: string | null;
  readonly port: number;
  /** With IP_TRANSPARENT, as TPROXY wants it. Default false. */
  readonly transparent?: boolean;
  /** Of the process that opened it. */
  readonly uid?: number;
  readonly gid?: number;
}

/** When the packet passes. */
export interface Clock {
  /** ISO 8601, in UTC: `2026-11-29T13:50:00Z`. */
  readonly utc: string;
  /** The kernel's time zone (`--kerneltz`), in minutes west of Greenwich; left out, it is not known. */
  readonly minutesWest?: number;
}

/** What the caller says of the connection; left out, conntrack works it out (a first packet is NEW, a lone RST INVALID …). */
export type GivenState = 'new' | 'established' | 'related' | 'invalid' | 'untracked';

export interface Flow {
  readonly id?: string;
  readonly family: Family;
  readonly from: FlowSource;
  readonly to: FlowDestination;
  readonly protocol: Protocol;
  readonly packet?: PacketDetails;
  readonly state?: GivenState;
  /** The packet's mark as it enters; default 0. */
  readonly mark?: number;
  /** The hardware address that its frame comes from: `02:00:00:00:01:05`. */
  readonly sourceMac?: string;
  /** All sockets of the node that could take it. Left out, they are not known; flows of `after` and `then` have the same. */
  readonly listeners?: readonly Listener[];
  /** All NFQUEUE queues that a program listens to; as `listeners`. */
  readonly queues?: readonly number[];
  /** As `listeners`. */
  readonly clock?: Clock;
  /** Flows sent before on the same, fresh conntrack table; the answer is of this packet only. */
  readonly after?: readonly Flow[];
  /** The following packets of a sequence; the answer is then a joint distribution. */
  readonly then?: readonly Flow[];
}
