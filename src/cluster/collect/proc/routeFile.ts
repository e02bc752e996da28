/**
 * /proc/net/route: the IPv4 table `main`, each route with one interface and gateway (net/ipv4/fib_trie.c:
 * fib_route_seq_show). Of several next hops only the first is printed, of types only whether packets are refused, no TOS,
 * no preferred source.
 */

/** A line of /proc/net/route. */
export interface RouteLine {
  /** `10.0.0.0/24` */
  readonly prefix: string;
  /** Null for `*`: none. */
  readonly interface: string | null;
  readonly hasGateway: boolean;
  /** Null for none, or one of IPv6. */
  readonly gateway: string | null;
  readonly metric: number;
}

const RTF_GATEWAY = 0x2;

/** `eth0	0000000A	00000000	0001	0	0	0	00FFFFFF	0	0	0` */
const LINE = /^(\S+)\t([0-9A-F]{8})\t([0-9A-F]{8})\t([0-9A-F]{4})\t-?\d+\t-?\d+\t(-?\d+)\t([0-9A-F]{8})\t/;

/** In the kernel's order; null where the text is no such file. `bigEndian`: of the machine that printed it. */
export function readRouteFile(text: string, bigEndian: boolean): readonly RouteLine[] | null {
  const [heading = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  if (!heading.startsWith('Iface\tDestination\tGateway')) return null;
  const routes: RouteLine[] = [];
  for (const line of lines) {
    const match = LINE.exec(line);
    if (match === null) return null;
    const [, name = '', destination = '', gateway = '', flags = '', metric = '', mask = ''] = match;
    const hasGateway = (Number.parseInt(flags, 16) & RTF_GATEWAY) !== 0;
    const via = addressOf(gateway, bigEndian);
    routes.push({
      prefix: `${addressOf(destination, bigEndian)}/${bitsOf(mask)}`,
      interface: name === '*' ? null : name,
      hasGateway,
      gateway: hasGateway && via !== '0.0.0.0' ? via : null,
      // Printed as a signed number.
      metric: Number(metric) >>> 0,
    });
  }
  return routes;
}

/** `0100000A` → `10.0.0.1`: the bytes as they lie in memory, read as a number of the machine's own. */
function addressOf(hex: string, bigEndian: boolean): string {
  const bytes = [0, 2, 4, 6].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return (bigEndian ? bytes : bytes.toReversed()).join('.');
}

function bitsOf(mask: string): number {
  return Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
}
