/** What the kernel's routing decides of a packet that came in or that the node made. */
import { type Address, type Family, formatAddress } from '../../values/address.ts';
import { prefixText } from './fib.ts';
import type { AddressType, Nexthop, Node, Route, RouteResult } from './node.ts';
import type { Traffic } from './traffic.ts';

/** A packet as routing sees it, after PREROUTING's rules. */
export interface InputQuery {
  readonly source: Address;
  readonly destination: Address;
  readonly inputInterface: string;
  readonly mark: number;
  readonly tos: number;
  /** Left out: nothing else is known of the packet. */
  readonly traffic?: Traffic;
  /** Of a forwarded packet it must be more than 1; left out = it is. */
  readonly ttl?: number;
  /** The checks before the rules (ip6_rcv) are done already: the addresses may be translated since. Left out = they are not. */
  readonly accepted?: boolean;
  /** The bridge that it came in by has routed it, since rules changed its destination there. Left out = it has not. */
  readonly routedOnBridge?: boolean;
}

/** What the kernel finds when it looks for a way for a packet, and gives it up for: its hops, or the answer of the look-up. */
export type Refusal = 'TTL' | (RouteResult & { readonly kind: 'none' })['type'];

export type InputDecision =
  /** Delivered: INPUT is next. `route` null for broadcast and multicast, which need none. */
  | {
      readonly kind: 'local';
      readonly type: AddressType;
      readonly interface: string;
      readonly route: Route | null;
      readonly reason: null;
      readonly assuming: readonly string[];
    }
  /** FORWARD is next; `interface` is the one it will leave by. */
  | {
      readonly kind: 'forward';
      readonly type: AddressType;
      readonly interface: string;
      readonly gateway: Address | null;
      readonly route: Route;
      readonly reason: null;
      readonly assuming: readonly string[];
    }
  | {
      readonly kind: 'drop';
      readonly interface: null;
      readonly route: null;
      /** In plain words: "reverse path filter: …". */
      readonly reason: string;
      /** Null where the kernel tells the sender nothing, whatever it is. */
      readonly refusal: Refusal | null;
      readonly assuming: readonly string[];
    }
  | {
      readonly kind: 'unknown';
      readonly interface: null;
      readonly route: null;
      readonly reason: string;
      readonly candidates: readonly Nexthop[];
      readonly assuming: readonly string[];
    };

/** A packet that the node makes. */
export interface OutputQuery {
  /** Null where the choice is left to routing. */
  readonly source: Address | null;
  readonly destination: Address;
  readonly mark: number;
  readonly tos: number;
  /** Left out: nothing else is known of the packet. */
  readonly traffic?: Traffic;
  /** Where the socket is bound to an interface. */
  readonly outputInterface: string | null;
  /** The source need not be the node's own, as when netfilter routes a packet again (FLOWI_FLAG_ANYSRC). */
  readonly anySource?: boolean;
}

export type OutputDecision =
  /** `source`: the given one, or the one that routing chose; null where that is not known. */
  | {
      readonly kind: 'send';
      readonly type: AddressType;
      readonly interface: string;
      readonly gateway: Address | null;
      readonly source: Address | null;
      readonly route: Route | null;
      readonly assuming: readonly string[];
    }
  /** The system call fails. */
  | {
      readonly kind: 'error';
      readonly errno: 'EINVAL' | 'ENETUNREACH' | 'EHOSTUNREACH' | 'EACCES';
      readonly reason: string;
      readonly assuming: readonly string[];
    }
  | {
      readonly kind: 'unknown';
      readonly reason: string;
      readonly candidates: readonly Nexthop[];
      readonly assuming: readonly string[];
    };

const LOCAL_OF_ADDRESSES: Readonly<Record<Family, string>> = {
  4: 'the node’s own addresses are those of ip-addr.json, as ip-route.json lacks the table local (`ip -j route show table all` lists it)',
  6: 'the node’s own addresses are those of ip-addr.json, as the IPv6 routes lack the table local (`ip -6 -j route show table all` lists it)',
};

/** Collects what an answer takes for granted. */
export class Assuming {
  readonly #list: string[] = [];

  /** Without the family's rules in `ip-rule.json` the node is taken to have the kernel's own policy rules. */
  constructor(node: Node, family: Family) {
    const ofFamily = node.rules?.filter((rule) => rule.family === null || rule.family === family);
    // `ip -j rule` alone lists those of IPv4.
    if (node.localTable[family] === 'addresses') this.add(LOCAL_OF_ADDRESSES[family]);
    const known = family === 4 ? ofFamily !== undefined : (ofFamily?.length ?? 0) > 0;
    if (known || node.routes[family] === null) return;
    this.add('the node has no policy routing rules beside the default ones');
  }

  /** What a route that was read from /proc leaves open. */
  addRoute(route: Route | null, interfaceName: string): void {
    if (route?.partial !== true || route.type !== 'UNICAST' || route.nexthops.length > 0) return;
    this.add(
      `the route to ${prefixText(route)} goes by ${interfaceName} alone (/proc names one next hop of each)`,
    );
  }

  get list(): readonly string[] {
    return this.#list;
  }

  add(what: string): void {
    if (!this.#list.includes(what)) this.#list.push(what);
  }

  drop(reason: string, refusal: Refusal | null = null): InputDecision & { readonly kind: 'drop' } {
    return { kind: 'drop', interface: null, route: null, reason, refusal, assuming: this.#list };
  }

  /** Of a multicast group that the kernel does not join by itself. */
  notJoined(group: Address): InputDecision & { readonly kind: 'drop' } {
    const text = formatAddress(group);
    this.add(`nothing on the node listens to ${text}`);
    return this.drop(`the node has not joined the multicast group ${text}`);
  }

  unknown(reason: string, candidates: readonly Nexthop[] = []): InputDecision {
    return { kind: 'unknown', interface: null, route: null, reason, candidates, assuming: this.#list };
  }

  local(type: AddressType, inputInterface: string, route: Route | null): InputDecision {
    return { kind: 'local', type, interface: inputInterface, route, reason: null, assuming: this.#list };
  }
}
