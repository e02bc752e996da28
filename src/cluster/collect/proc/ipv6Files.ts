/** /proc/net/if_inet6 and /proc/net/ipv6_route: IPv6 addresses with their interfaces, and the routes of all tables. */

/** A line of if_inet6. `address` is written in full; `index` is the interface's. */
export interface Address6 {
  readonly address: string;
  readonly index: number;
  readonly prefixLength: number;
  readonly scope: 'global' | 'link' | 'host' | 'site';
  /** As `ip -j addr` names them: `tentative`, `deprecated` … */
  readonly flags: readonly string[];
  readonly interface: string;
}

/** `fe80…0001 04 40 20 80     eth0`: address, index, prefix length, scope, flags, name; all in hexadecimal. */
const ADDRESS_LINE = /^([0-9a-f]{32}) ([0-9a-f]{2,8}) ([0-9a-f]{2}) ([0-9a-f]{2}) ([0-9a-f]{2,8})\s+(\S+)$/;

/** include/net/ipv6.h: IPV6_ADDR_LOOPBACK, LINKLOCAL, SITELOCAL. */
const SCOPES: ReadonlyMap<number, Address6['scope']> = new Map([
  [0x10, 'host'],
  [0x20, 'link'],
  [0x40, 'site'],
]);

/** include/uapi/linux/if_addr.h: IFA_F_TEMPORARY, DADFAILED, DEPRECATED, TENTATIVE. */
const ADDRESS_FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [0x01, 'temporary'],
  [0x08, 'dadfailed'],
  [0x20, 'deprecated'],
  [0x40, 'tentative'],
];

/** Null where a line is none of such a file. */
export function readIfInet6(text: string): readonly Address6[] | null {
  const found: Address6[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const match = ADDRESS_LINE.exec(line);
    if (match === null) return null;
    const [, address = '', index = '', length = '', scope = '', flags = '', name = ''] = match;
    const bits = Number.parseInt(flags, 16);
    found.push({
      address: ipv6Of(address),
      index: Number.parseInt(index, 16),
      prefixLength: Number.parseInt(length, 16),
      scope: SCOPES.get(Number.parseInt(scope, 16)) ?? 'global',
      flags: ADDRESS_FLAGS.flatMap(([bit, word]) => ((bits & bit) === 0 ? [] : [word])),
      interface: name,
    });
  }
  return found;
}

/** A line of ipv6_route. */
export interface Route6 {
  /** `fd00::/64`, written in full. */
  readonly prefix: string;
  /** The source that it is for; null for any. */
  readonly from: string | null;
  readonly gateway: string | null;
  readonly metric: number;
  readonly kind: 'unicast' | 'local' | 'anycast' | 'refusing';
  /** From a router's advertisement, or learnt: never one of several next hops. */
  readonly single: boolean;
  readonly interface: string;
}

/** Destination, its length, source, its length, next hop, metric, references, use, flags, name. */
const ROUTE_LINE =
  /^([0-9a-f]{32}) ([0-9a-f]{2}) ([0-9a-f]{32}) ([0-9a-f]{2}) ([0-9a-f]{32}) ([0-9a-f]{8}) [0-9a-f]{8} [0-9a-f]{8} ([0-9a-f]{8})\s+(\S+)$/;

/** include/uapi/linux/ipv6_route.h and route.h. */
const RTF_REJECT = 0x200;
const RTF_GATEWAY = 0x2;
const RTF_DYNAMIC = 0x10;
const RTF_ADDRCONF = 0x40000;
const RTF_ANYCAST = 0x100000;
const RTF_CACHE = 0x1000000;
const RTF_LOCAL = 0x80000000;

const NULL_ROUTE_METRIC = 0xffffffff;

/**
 * The tables, in the order in which the kernel prints them, without names: each ends with the routes to ::/0, or with the
 * kernel's own entry for "no default route" (net/ipv6/ip6_fib.c: the walker visits a node after its children). Null where
 * a line is none of such a file, or the last table does not end.
 */
export function readIpv6Routes(text: string): readonly (readonly Route6[])[] | null {
  const tables: Route6[][] = [];
  let open: Route6[] = [];
  let ended = false;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const match = ROUTE_LINE.exec(line);
    if (match === null) return null;
    const isDefault = match[2] === '00' && match[4] === '00';
    if (ended && !isDefault) {
      tables.push(open);
      open = [];
    }
    ended = isDefault;
    const route = routeOf(match);
    // The kernel's own end of a table stands alone: behind it another one begins.
    if (route === null && isDefault) {
      tables.push(open);
      open = [];
      ended = false;
    } else if (route !== null) {
      open.push(route);
    }
  }
  if (ended) tables.push(open);
  else if (open.length > 0) return null;
  return tables;
}

/** Null for what is no route: the kernel's null entries, and remembered exceptions. */
function routeOf(match: RegExpExecArray): Route6 | null {
  const [, to = '', toLength = '', from = '', fromLength = '', hop = '', metricText = ''] = match;
  const flags = Number.parseInt(match[7] ?? '', 16);
  const metric = Number.parseInt(metricText, 16);
  if ((flags & RTF_CACHE) !== 0) return null;
  if (metric === NULL_ROUTE_METRIC && (flags & RTF_REJECT) !== 0) return null;
  const hasGateway = (flags & RTF_GATEWAY) !== 0;
  return {
    prefix: `${ipv6Of(to)}/${Number.parseInt(toLength, 16)}`,
    from: fromLength === '00' ? null : `${ipv6Of(from)}/${Number.parseInt(fromLength, 16)}`,
    gateway: hasGateway ? ipv6Of(hop) : null,
    metric,
    kind: kindOf(flags),
    single: !hasGateway || (flags & (RTF_ADDRCONF | RTF_DYNAMIC)) !== 0,
    interface: match[8] ?? '',
  };
}

function kindOf(flags: number): Route6['kind'] {
  if ((flags & RTF_REJECT) !== 0) return 'refusing';
  // Bit 31: a signed number in JavaScript.
  if ((flags & RTF_LOCAL) !== 0) return 'local';
  return (flags & RTF_ANYCAST) === 0 ? 'unicast' : 'anycast';
}

/** `fd00…0001` → `fd00:0:0:0:0:0:0:1`, which every reader of addresses takes. */
function ipv6Of(hex: string): string {
  const groups = Array.from({ length: 8 }, (_, at) => Number.parseInt(hex.slice(at * 4, at * 4 + 4), 16));
  return groups.map((group) => group.toString(16)).join(':');
}
