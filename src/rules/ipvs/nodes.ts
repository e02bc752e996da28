/**
 * What `ipvsadm` lists, in any of its forms, as one tree. Bad input is data: what could not be read stands in
 * `IpvsRules.problems`. Every node has its span; what a form does not say is null.
 */
import type { Span } from '../../text/span.ts';
import type { Address, Family } from '../../values/address.ts';

export interface IpvsRules {
  readonly text: string;
  /** In the order of the text; of a virtual server that is listed twice, the first place, with what the others add. */
  readonly services: readonly VirtualServer[];
  /** Of `ipvsadm -Lnc`; null where the text lists none, so that nothing is known of them. */
  readonly connections: readonly IpvsConnection[] | null;
  readonly problems: readonly IpvsProblem[];
}

export type IpvsProblemCode =
  /** A line that is none of ipvsadm's. */
  | 'bad-line'
  /** An option or a word of a line that is not known. */
  | 'unknown-word'
  /** A host or a service by its name: without `-n` ipvsadm writes what stands for the numbers. */
  | 'named-end'
  /** A server of a virtual server that the text does not have. */
  | 'no-virtual-server'
  /** Nothing in the text is of ipvsadm. */
  | 'not-ipvs';

/** `detail`: the words that it is about, data for the message. */
export interface IpvsProblem extends Span {
  readonly code: IpvsProblemCode;
  readonly detail: string;
}

export type IpvsProtocol = 'tcp' | 'udp' | 'sctp';

/** What a virtual server takes: an address with a port (0 = all), or whatever bears a mark. */
export type Virtual =
  | {
      readonly kind: 'address';
      readonly protocol: IpvsProtocol;
      readonly address: Address;
      readonly port: number;
    }
  | { readonly kind: 'mark'; readonly mark: number; readonly family: Family };

/** `-A -t 10.96.0.1:443 -s rr -p 10800` */
export interface VirtualServer extends Span {
  readonly virtual: Virtual;
  /** `rr`, `wrr` … as the text has it; null in a listing of counters. */
  readonly scheduler: string | null;
  /** `sh-port`, `sh-fallback`, `flag-1` … */
  readonly schedulerFlags: readonly string[];
  /** Null where a client is not held to its server; `mask` is the network that counts as one client. */
  readonly persistence: Persistence | null;
  /** One-packet scheduling: of UDP, each packet is scheduled by itself. */
  readonly onePacket: boolean;
  /** The persistence engine, `sip`. */
  readonly engine: string | null;
  readonly servers: readonly RealServer[];
}

export interface Persistence {
  readonly seconds: number;
  /** As a number of the family's bits; of IPv6 the mask of the prefix. */
  readonly mask: bigint;
}

export type Forwarding = 'masq' | 'route' | 'tunnel';

/** `-a -t 10.96.0.1:443 -r 10.244.1.5:8443 -m -w 1` */
export interface RealServer extends Span {
  readonly address: Address;
  /** 0 where the packet keeps its own. */
  readonly port: number;
  /** Null in a listing of counters, and for `Local` of a kernel that does not say the method. */
  readonly forwarding: Forwarding | null;
  readonly weight: number | null;
  /** Connections in use as the listing counts them. */
  readonly active: number | null;
  readonly inactive: number | null;
  /** More connections than these overload the server; 0 or null: no threshold. */
  readonly upper: number | null;
}

/** A line of `ipvsadm -Lnc`. Of a template of persistence the client's port is 0. */
export interface IpvsConnection extends Span {
  /** `ip`: a template of a virtual server that goes by a mark. */
  readonly protocol: IpvsProtocol | 'ip';
  /** `ESTABLISHED`, `SYN_RECV`, `UDP`, `NONE` … */
  readonly state: string;
  /** In seconds, when the listing was made. */
  readonly expires: number;
  readonly client: End;
  /** Of a template for a mark the address is that number. */
  readonly virtual: End;
  readonly server: End;
}

export interface End {
  readonly address: Address;
  readonly port: number;
}
