/** net/ipv4/route.c: ip_route_input_slow, with net/ipv4/fib_frontend.c: fib_validate_source. */
import { type Address, formatAddress } from '../../values/address.ts';
import { isInterfaceAddress, isIPv4Loopback, isIPv4Multicast, typeOfAddress } from './addressTypes.ts';
import { Assuming, type InputDecision, type InputQuery } from './decisions.ts';
import { fibOf } from './fib.ts';
import type { FibQuery } from './fibQuery.ts';
import { findRoute, loopbackOf } from './findRoute.ts';
import type { Node, Route, RouteResult } from './node.ts';
import { forwardsFrom } from './forwarding.ts';
import { flagSysctl, interfaceSysctl } from './sysctls.ts';
import { ANY_TRAFFIC, reversed } from './traffic.ts';

const LIMITED_BROADCAST = 0xffffffffn;
const ALL_HOSTS = 0xe0000001n;

/** Why a source is a martian, in plain words. */
export const OWN_SOURCE = 'it is an address of the node itself';

/** The kernel's decision on an IPv4 packet that came in. */
export function routeInputIPv4(node: Node, query: InputQuery): InputDecision {
  return new InputIPv4(node, query).decide();
}

/** Why no node takes a packet with these addresses from another machine, whatever its routes are; null where one may. */
export function refusalOfAddresses(source: Address, destination: Address): string | null {
  const { value } = source;
  if (isIPv4Multicast(value) || value === LIMITED_BROADCAST) {
    return martianSource(source, 'a multicast or broadcast address cannot be a source');
  }
  const isForMany = isIPv4Multicast(destination.value) || destination.value === LIMITED_BROADCAST;
  if (isForMany || (value === 0n && destination.value === 0n)) return null;
  if (value === 0n) return martianSource(source, 'only a broadcast may come from 0.0.0.0');
  return destination.value === 0n ? martianDestination(destination, '0.0.0.0 is no destination') : null;
}

/** `martian source 0.0.0.0 (only a broadcast may come from 0.0.0.0)` */
export function martianSource(source: Address, why: string): string {
  return `martian source ${formatAddress(source)} (${why})`;
}

function martianDestination(destination: Address, why: string): string {
  return `martian destination ${formatAddress(destination)} (${why})`;
}

class InputIPv4 {
  readonly #node: Node;
  readonly #query: InputQuery;
  readonly #assuming: Assuming;

  constructor(node: Node, query: InputQuery) {
    this.#node = node;
    this.#query = query;
    this.#assuming = new Assuming(node, 4);
  }

  decide(): InputDecision {
    const source = this.#query.source.value;
    const destination = this.#query.destination.value;
    if (isIPv4Multicast(destination)) return this.#multicast();
    const refused = refusalOfAddresses(this.#query.source, this.#query.destination);
    if (refused !== null) return this.#assuming.drop(refused);
    if (destination === LIMITED_BROADCAST || (source === 0n && destination === 0n))
      return this.#broadcast(null);
    const localnet = this.#checkLoopbackAddresses();
    return localnet ?? this.#routed();
  }

  /** 127/8 comes from, or goes to, another machine only with route_localnet, on `all` or on the incoming interface. */
  #checkLoopbackAddresses(): InputDecision | null {
    const { source, destination, inputInterface } = this.#query;
    const toLoopback = isIPv4Loopback(destination.value);
    if (!toLoopback && !isIPv4Loopback(source.value)) return null;
    const allowed = flagSysctl(this.#node, 4, inputInterface, 'route_localnet', 'either');
    if (allowed === true) return null;
    if (allowed === null) {
      return this.#assuming.unknown(`whether route_localnet is on for ${inputInterface} is not known`);
    }
    const off = `loopback addresses are not routed, as route_localnet is off for ${inputInterface}`;
    return toLoopback ? this.#martianDestination(off) : this.#martianSource(off);
  }

  #routed(): InputDecision {
    const { source, destination, inputInterface, mark, tos, traffic = ANY_TRAFFIC } = this.#query;
    const query = {
      source,
      destination,
      inputInterface,
      outputInterface: null,
      through: null,
      mark,
      tos,
      traffic,
      strict: false,
    };
    const found = findRoute(this.#node, 4, query);
    if (found.kind === 'unknown') return this.#withoutRoute(found);
    if (found.kind === 'none') return this.#noRoute(found);
    switch (found.type) {
      case 'BROADCAST':
        return this.#forwardsBroadcasts() ? this.#forward(found) : this.#broadcast(found.route);
      case 'LOCAL':
        return (
          this.#validateSource(destination, null) ??
          this.#assuming.local('LOCAL', inputInterface, found.route)
        );
      case 'UNICAST':
        return this.#forward(found);
      default:
        return this.#martianDestination(`the route is of type ${found.type.toLowerCase()}`);
    }
  }

  /** Where the routes are not known, the addresses may still say that the packet is for the node. */
  #withoutRoute(found: RouteResult & { readonly kind: 'unknown' }): InputDecision {
    const { destination, inputInterface } = this.#query;
    const type = typeOfAddress(this.#node, destination, null);
    if (found.candidates.length > 0) return this.#severalHops(found);
    if (this.#node.routes[4] !== null || type === null) return this.#assuming.unknown(found.reason);
    if (type === 'LOCAL') {
      return this.#validateSource(destination, null) ?? this.#assuming.local('LOCAL', inputInterface, null);
    }
    return type === 'BROADCAST'
      ? this.#broadcast(null)
      : this.#assuming.unknown(found.reason, found.candidates);
  }

  #forward(found: RouteResult & { readonly kind: 'found' }): InputDecision {
    const { destination, inputInterface, ttl } = this.#query;
    const forwarding = this.#forwarding();
    if (forwarding === false) return this.#assuming.drop(`forwarding is off for ${inputInterface}`);
    if (forwarding === null) this.#assuming.add(`IPv4 forwarding is on for ${inputInterface}`);
    const refused = this.#validateSource(destination, found.interface);
    if (refused !== null) return refused;
    if (ttl !== undefined && ttl <= 1) return this.#assuming.drop('the TTL ran out', 'TTL');
    this.#assuming.addRoute(found.route, found.interface);
    return {
      kind: 'forward',
      type: found.type,
      interface: found.interface,
      gateway: found.gateway,
      route: found.route,
      reason: null,
      assuming: this.#assuming.list,
    };
  }

  /** Of several next hops some may be out of the question: the check of the source depends on where the packet leaves. */
  #severalHops(found: RouteResult & { readonly kind: 'unknown' }): InputDecision {
    const { destination, inputInterface } = this.#query;
    if (this.#forwarding() === false) return this.#assuming.drop(`forwarding is off for ${inputInterface}`);
    const checks = found.candidates.map((hop) => this.#validateSource(destination, hop.interface));
    const refused = checks.find((check) => check?.kind === 'drop') ?? null;
    if (refused !== null && checks.every((check) => check?.kind === 'drop')) return refused;
    const also = refused === null ? '' : '; by some the packet is dropped as its source is refused';
    return this.#assuming.unknown(`${found.reason}${also}`, found.candidates);
  }

  #forwarding(): boolean | null {
    return forwardsFrom(this.#node, 4, this.#query.inputInterface);
  }

  #forwardsBroadcasts(): boolean {
    return flagSysctl(this.#node, 4, this.#query.inputInterface, 'bc_forwarding', 'both') === true;
  }

  /** ip_error tells nobody where forwarding is off. */
  #noRoute({ reason, type }: RouteResult & { readonly kind: 'none' }): InputDecision {
    const { destination, inputInterface } = this.#query;
    const where = `${reason} to ${formatAddress(destination)}`;
    return this.#forwarding() === false
      ? this.#assuming.drop(`${where}, and forwarding is off for ${inputInterface}`)
      : this.#assuming.drop(where, type);
  }

  #broadcast(route: Route | null): InputDecision {
    const refused = this.#query.source.value === 0n ? null : this.#validateSource(null, null);
    return refused ?? this.#assuming.local('BROADCAST', this.#query.inputInterface, route);
  }

  /** ip_route_input_rcu and ip_mc_validate_source: every node listens to 224.0.0.1, what else is not in a snapshot. */
  #multicast(): InputDecision {
    const { source, destination, inputInterface } = this.#query;
    if (destination.value !== ALL_HOSTS) return this.#assuming.notJoined(destination);
    const martian = refusalOfAddresses(source, destination);
    if (martian !== null) return this.#assuming.drop(martian);
    const localnet = this.#checkLoopbackAddresses();
    if (localnet !== null) return localnet;
    const refused = source.value === 0n ? null : this.#validateSource(null, null);
    return refused ?? this.#assuming.local('MULTICAST', inputInterface, null);
  }

  /**
   * fib_validate_source: null when the source passes. `destination` null for a broadcast, `outputInterface` null unless
   * the packet is forwarded.
   */
  #validateSource(destination: Address | null, outputInterface: string | null): InputDecision | null {
    const filter = interfaceSysctl(this.#node, 4, this.#query.inputInterface, 'rp_filter', 'greater');
    if (filter !== null) return this.#validateWith(filter, destination, outputInterface);
    const strict = this.#validateWith(1, destination, outputInterface);
    if (strict === null) return null;
    const off = this.#validateWith(0, destination, outputInterface);
    if (off !== null) return off;
    return this.#assuming.unknown(`${this.#subject()}: it depends on rp_filter, which is not known`);
  }

  #validateWith(
    filter: number,
    destination: Address | null,
    outputInterface: string | null,
  ): InputDecision | null {
    const acceptLocal = this.#acceptsLocal();
    if (filter !== 0 || this.#needsFullCheck(outputInterface)) {
      return this.#validateByRoute(filter, destination, outputInterface);
    }
    if (acceptLocal || isInterfaceAddress(this.#node, this.#query.source) !== true) return null;
    return this.#ownSource();
  }

  #acceptsLocal(): boolean {
    return flagSysctl(this.#node, 4, this.#query.inputInterface, 'accept_local', 'either') === true;
  }

  /** Without rp_filter the routes are asked only when there are custom rules, local routes or realms, or for a redirect. */
  #needsFullCheck(outputInterface: string | null): boolean {
    const { inputInterface } = this.#query;
    const redirects = flagSysctl(this.#node, 4, inputInterface, 'send_redirects', 'either') !== false;
    if (outputInterface === inputInterface && redirects) return true;
    const fib = fibOf(this.#node, 4);
    if (fib?.hasRealms === true) return true;
    return !this.#acceptsLocal() && fib !== null && (fib.hasCustomRules || fib.hasCustomLocalRoutes);
  }

  /** __fib_validate_source: would an answer leave by the interface that the packet came in by? */
  #validateByRoute(
    filter: number,
    destination: Address | null,
    outputInterface: string | null,
  ): InputDecision | null {
    const { source, inputInterface, mark, tos, traffic = ANY_TRAFFIC } = this.#query;
    const back: FibQuery = {
      destination: source,
      source: destination,
      inputInterface: outputInterface ?? loopbackOf(this.#node),
      outputInterface: null,
      through: null,
      mark: flagSysctl(this.#node, 4, inputInterface, 'src_valid_mark', 'either') === true ? mark : 0,
      tos,
      traffic: reversed(traffic),
      strict: false,
    };
    const found = findRoute(this.#node, 4, back);
    if (found.kind === 'none') return filter === 0 ? null : this.#reversePath(found.reason);
    if (found.kind === 'unknown') return this.#validateHops(filter, found);
    if (found.type !== 'UNICAST' && !(found.type === 'LOCAL' && this.#acceptsLocal())) {
      return found.type === 'LOCAL'
        ? this.#ownSource()
        : this.#martianSource(`it is of type ${found.type.toLowerCase()}`);
    }
    if (found.interface === inputInterface || usesInterface(found.route, inputInterface)) return null;
    if (filter !== 0 && found.route.partial && found.route.interface === null) {
      return this.#assuming.unknown(`${this.#subject()}: by which interface it is reached is not known`);
    }
    if (filter !== 0) this.#assuming.addRoute(found.route, found.interface);
    return this.#fromElsewhere(filter, back, found.interface);
  }

  /** A route back with several next hops is fine when one of them is the incoming interface. */
  #validateHops(filter: number, found: RouteResult & { readonly kind: 'unknown' }): InputDecision | null {
    const { inputInterface } = this.#query;
    const uses = found.candidates.some((hop) => hop.interface === inputInterface);
    if (uses || (filter !== 1 && found.candidates.length > 0)) return null;
    if (found.candidates.length > 0) return this.#reversePath(found.reason);
    if (isInterfaceAddress(this.#node, this.#query.source) === true) {
      return this.#ownSource();
    }
    return this.#assuming.unknown(`${this.#subject()}: ${found.reason}`);
  }

  #fromElsewhere(filter: number, back: FibQuery, found: string): InputDecision | null {
    const { inputInterface } = this.#query;
    const elsewhere = `an answer would leave by ${found}, not ${inputInterface}`;
    if (filter === 1) return this.#reversePath(elsewhere);
    const without = this.#hasNoAddress();
    if (without === null && filter !== 0) {
      return this.#assuming.unknown(
        `${this.#subject()}: it is not known whether ${inputInterface} has an address of its own`,
      );
    }
    if (without === true) return filter === 0 ? null : this.#reversePath(elsewhere);
    // Loose mode asks again with the interface as the way out; whatever that says, the packet passes.
    return back.outputInterface === null ? null : this.#reversePath(elsewhere);
  }

  /** Null where the interfaces are not known. */
  #hasNoAddress(): boolean | null {
    if (this.#node.interfaces === null) return null;
    const of = this.#node.interfaces.get(this.#query.inputInterface);
    return of !== undefined && !of.addresses.some((at) => at.address.family === 4);
  }

  #subject(): string {
    return `whether ${formatAddress(this.#query.source)} may come in by ${this.#query.inputInterface}`;
  }

  #reversePath(why: string): InputDecision {
    return this.#assuming.drop(`reverse path filter (rp_filter) of ${this.#query.inputInterface}: ${why}`);
  }

  /** Whether the node takes its own addresses from others is off, unless somebody switched it on. */
  #ownSource(): InputDecision {
    const { inputInterface } = this.#query;
    if (flagSysctl(this.#node, 4, inputInterface, 'accept_local', 'either') === null)
      this.#assuming.add(`accept_local is off for ${inputInterface}`);
    return this.#martianSource(OWN_SOURCE);
  }

  #martianSource(why: string): InputDecision {
    return this.#assuming.drop(martianSource(this.#query.source, why));
  }

  #martianDestination(why: string): InputDecision {
    return this.#assuming.drop(martianDestination(this.#query.destination, why));
  }
}

/** fib_info_nh_uses_dev: the route, or one of its next hops, goes through the interface. */
function usesInterface(route: Route, name: string): boolean {
  return route.interface === name || route.nexthops.some((hop) => hop.interface === name);
}
