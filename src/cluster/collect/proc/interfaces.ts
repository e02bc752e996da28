/**
 * Interfaces and their addresses from what /proc tells: rows as `ip -j addr` prints them. IPv6's stand in if_inet6; of
 * IPv4's nothing says on which interface they are, which for most follows from the networks that interfaces lead to.
 */
import type { FibTrie } from './fibTrie.ts';
import type { Address6 } from './ipv6Files.ts';
import type { MainRoute } from './routes4.ts';

interface AddressRow {
  readonly family: 'inet' | 'inet6';
  readonly local: string;
  readonly prefixlen: number;
  readonly scope: string;
  readonly [flag: string]: string | number | true;
}

/** A row of `ip-addr.json`. `partial`: it may have more addresses, and be a port of a bridge. */
interface InterfaceRow {
  readonly ifindex?: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly addr_info: readonly AddressRow[];
  readonly partial: true;
}

/** Interfaces with those addresses whose place is known. */
export interface KnownInterfaces {
  readonly rows: readonly InterfaceRow[];
  /** Own IPv4 addresses of which it is not known where they are. */
  readonly unplaced: readonly string[];
}

/** `  eth0: 2211047791 …` in /proc/net/dev; null where the text is no such file. */
export function readDeviceNames(text: string): readonly string[] | null {
  const [first = '', , ...lines] = text.split('\n');
  if (!first.startsWith('Inter-|')) return null;
  return lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon === -1 ? [] : [line.slice(0, colon).trim()];
  });
}

/**
 * One row for each of `names`, in their order. An IPv4 address is placed where its network leads to one interface for
 * certain.
 */
export function knownInterfaces(
  names: readonly string[],
  trie: FibTrie,
  main: readonly MainRoute[],
  addresses6: readonly Address6[],
): KnownInterfaces {
  const placed = placeAddresses(trie, main);
  const loopback: AddressRow = { family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host' };
  const hasLoopback = localAddresses(trie).includes('127.0.0.1');
  const rows = names.map((name): InterfaceRow => {
    const own6 = addresses6.filter((each) => each.interface === name);
    const own4 = placed.flatMap((each) => (each.interface === name ? [each.row] : []));
    const isUp = own4.length > 0 || own6.length > 0 || main.some(({ line }) => line?.interface === name);
    const isLoopback = name === 'lo';
    return {
      ...(own6[0] === undefined ? {} : { ifindex: own6[0].index }),
      ifname: name,
      flags: [...(isLoopback ? ['LOOPBACK'] : []), ...(isUp || (isLoopback && hasLoopback) ? ['UP'] : [])],
      addr_info: [...(isLoopback && hasLoopback ? [loopback] : []), ...own4, ...own6.map(rowOf6)],
      partial: true,
    };
  });
  const found = new Set(placed.map((each) => each.row.local));
  const unplaced = localAddresses(trie).filter((each) => !found.has(each) && !each.startsWith('127.'));
  return { rows, unplaced };
}

/** Entries of 32 bits: what the kernel makes of each address. */
function localAddresses(trie: FibTrie): readonly string[] {
  const entries = trie.tables.get('local') ?? [];
  return entries.flatMap(({ type, scope, prefix }) =>
    type === 'LOCAL' && scope === 'host' && prefix.endsWith('/32') ? [prefix.slice(0, -3)] : [],
  );
}

interface Placed {
  readonly interface: string;
  readonly row: AddressRow;
}

/**
 * An address is taken to be an interface's where it is the only own one in the one network on that link, and that network
 * has its broadcast address, as the kernel adds it with the address (fib_add_ifaddr).
 */
function placeAddresses(trie: FibTrie, main: readonly MainRoute[]): readonly Placed[] {
  const own = localAddresses(trie);
  const broadcasts = new Set(
    (trie.tables.get('local') ?? []).filter((each) => each.type === 'BROADCAST').map((each) => each.prefix),
  );
  const links = main.filter(
    ({ entry, line }) => entry.type === 'UNICAST' && entry.scope === 'link' && line?.hasGateway === false,
  );
  return links.flatMap(({ entry, line }) => {
    const network = networkOf(entry.prefix);
    const inside = own.filter((each) => contains(network, each));
    const [local, ...more] = inside;
    if (local === undefined || more.length > 0 || network.bits > 30 || line?.interface === undefined)
      return [];
    const rivals = links.filter((other) => contains(networkOf(other.entry.prefix), local));
    if (rivals.length !== 1 || line.interface === null || !broadcasts.has(lastOf(network))) return [];
    const row: AddressRow = { family: 'inet', local, prefixlen: network.bits, scope: 'global' };
    return [{ interface: line.interface, row }];
  });
}

interface Network {
  readonly value: number;
  readonly bits: number;
}

function networkOf(prefix: string): Network {
  const [address = '', bits = ''] = prefix.split('/');
  return { value: numberOf(address), bits: Number(bits) };
}

function numberOf(address: string): number {
  return address.split('.').reduce((value, byte) => value * 256 + Number(byte), 0);
}

function contains({ value, bits }: Network, address: string): boolean {
  const size = 2 ** (32 - bits);
  const number = numberOf(address);
  return number >= value && number < value + size;
}

/** `10.0.0.255/32` of 10.0.0.0/24. */
function lastOf({ value, bits }: Network): string {
  const last = value + 2 ** (32 - bits) - 1;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(last / 2 ** shift) % 256).join('.')}/32`;
}

function rowOf6({ address, prefixLength, scope, flags }: Address6): AddressRow {
  return {
    family: 'inet6',
    local: address,
    prefixlen: prefixLength,
    scope,
    ...Object.fromEntries(flags.map((flag) => [flag, true as const])),
  };
}
