/** Whether a packet is in an ipset, as `-m set --match-set NAME src,dst` asks (net/netfilter/ipset). */
import type { Family } from '../../values/address.ts';
import { ICMP, ICMPV6, TCP, UDP, SCTP, UDPLITE } from '../packet.ts';
import type { IpSet, Node } from './node.ts';
import type { SetPart } from './setEntries.ts';
import { type DimensionValue, indexOf, type SetIndex, type StoredEntry } from './setIndex.ts';
import { whyMissing } from './whyMissing.ts';

export type SetDirection = 'src' | 'dst';

/** What of a packet a set may ask for. The engine's packet is one. */
export interface SetPacket {
  readonly family: Family;
  /** IP protocol number. */
  readonly protocol: number;
  readonly source: bigint;
  readonly destination: bigint;
  /** `'*'` where it is not known. */
  readonly sourcePort: number | '*' | null;
  readonly destinationPort: number | '*' | null;
  readonly icmpType: number | null;
  readonly icmpCode: number;
  /** Null where the hook has no such interface, undefined where it is not known. */
  readonly input: string | null | undefined;
  readonly output: string | null | undefined;
  readonly mark: number;
  /** Null where it is not known. */
  readonly sourceMac: string | null;
  /** Made by a process of this node: it has no layer 2 header yet. */
  readonly local: boolean;
}

/** `unknown`: why the snapshot does not tell. */
export type SetAnswer = boolean | { readonly unknown: string };

/** A set within a set is asked only so deep: list:set cannot hold another list:set. */
const MAX_DEPTH = 2;

/**
 * Whether the packet is in the set. `directions`: `src,dst` of the rule, one for each dimension of the set.
 * `returnNoMatch` (`--return-nomatch`): entries marked `nomatch` count, the others do not.
 */
export function testSet(
  node: Node,
  setName: string,
  directions: readonly SetDirection[],
  packet: SetPacket,
  returnNoMatch = false,
): SetAnswer {
  return testNamed(node, setName, directions, packet, returnNoMatch, 0);
}

function testNamed(
  node: Node,
  setName: string,
  directions: readonly SetDirection[],
  packet: SetPacket,
  returnNoMatch: boolean,
  depth: number,
): SetAnswer {
  if (node.ipsets === null) {
    const why = whyMissing(node, 'ipset-save.txt', 'ipset-save.txt is not given');
    return { unknown: `the ipsets are not known (${why})` };
  }
  const set = node.ipsets.get(setName);
  if (set === undefined) return { unknown: `the ipset ${setName} is not in the snapshot` };
  if (set.type === 'list:set' && depth < MAX_DEPTH) {
    return anyOf(
      set.entries.map(
        (entry) => () => testNamed(node, entry.text, directions, packet, returnNoMatch, depth + 1),
      ),
    );
  }
  const index = indexOf(set);
  if (index === null) return { unknown: `ipsets of type ${set.type} are not understood` };
  return testIndexed(set, index, directions, packet, returnNoMatch);
}

/** In a list of sets the first that has the packet decides. */
function anyOf(tests: readonly (() => SetAnswer)[]): SetAnswer {
  let unknown: SetAnswer = false;
  for (const test of tests) {
    const answer = test();
    if (answer === true) return true;
    if (answer !== false) unknown = answer;
  }
  return unknown;
}

function testIndexed(
  set: IpSet,
  index: SetIndex,
  directions: readonly SetDirection[],
  packet: SetPacket,
  returnNoMatch: boolean,
): SetAnswer {
  if (directions.length < index.parts.length) return false;
  if (index.family !== null && index.family !== packet.family) return false;
  if (set.entries.length === 0) return false;
  const values: DimensionValue[] = [];
  for (const [at, part] of index.parts.entries()) {
    const value = valueOf(part, directions[at] ?? 'src', packet, index, set.type);
    if (value === 'none') return false;
    if (typeof value === 'object' && value !== null) return value;
    values.push(value);
  }
  const answer = testEntries(index, values, directions, packet);
  if (answer === 'nomatch') return returnNoMatch;
  if (answer === true) return !returnNoMatch;
  if (answer !== false || index.unread.length === 0) return answer;
  return { unknown: `the entry ${index.unread[0] ?? ''} of the ipset ${set.name} is not understood` };
}

/** The first entry that fits decides. Of `hash:net,iface` only the most specific network that has any entry counts. */
function testEntries(
  index: SetIndex,
  values: readonly DimensionValue[],
  directions: readonly SetDirection[],
  packet: SetPacket,
): SetAnswer | 'nomatch' {
  const byInterface = index.parts.includes('iface');
  for (const entries of index.find(values)) {
    for (const entry of entries) {
      const fits = entryFits(entry, index, directions, packet);
      if (fits === true) return entry.noMatch ? 'nomatch' : true;
      if (fits !== false) return fits;
    }
    if (byInterface) return false;
  }
  return false;
}

function entryFits(
  entry: StoredEntry,
  index: SetIndex,
  directions: readonly SetDirection[],
  packet: SetPacket,
): SetAnswer {
  if (entry.interface !== null) return interfaceFits(entry, directions[index.parts.indexOf('iface')], packet);
  const macAt = index.parts.indexOf('mac');
  return macAt === -1 ? true : macFits(entry, directions[macAt] ?? 'src', packet);
}

/** `physdev:` entries are only for other users of ipset: iptables never asks for them. */
function interfaceFits(
  entry: StoredEntry,
  direction: SetDirection | undefined,
  packet: SetPacket,
): SetAnswer {
  const name = direction === 'src' ? packet.input : packet.output;
  if (name === null || entry.physical) return false;
  if (name === undefined) return { unknown: 'the interface of the packet is not known' };
  return entry.wildcard ? name.startsWith(entry.interface ?? '') : name === entry.interface;
}

function macFits(entry: StoredEntry, direction: SetDirection, packet: SetPacket): SetAnswer {
  if (packet.local) return false;
  if (entry.mac === null) return true;
  const mac = direction === 'src' ? packet.sourceMac : null;
  if (mac === null) return { unknown: 'the MAC address of the packet is not known' };
  return mac.toLowerCase() === entry.mac;
}

/** The packet's key in one dimension; `none` where it can be in no set of this kind. */
function valueOf(
  part: SetPart,
  direction: SetDirection,
  packet: SetPacket,
  index: SetIndex,
  setType: string,
): DimensionValue | { readonly unknown: string } {
  switch (part) {
    case 'ip':
    case 'net':
      return direction === 'src' ? packet.source : packet.destination;
    case 'port':
      return portValue(direction, packet, setType);
    case 'mark':
      return String((packet.mark & index.markMask) >>> 0);
    default:
      return null;
  }
}

/** ip_set_getport.c: protocols without ports have port 0, ICMP its type and code; `bitmap:port` knows TCP and UDP only. */
function portValue(
  direction: SetDirection,
  packet: SetPacket,
  setType: string,
): string | { readonly unknown: string } {
  const { protocol } = packet;
  if (setType === 'bitmap:port' && protocol !== TCP && protocol !== UDP) return 'none';
  if (protocol === ICMP || protocol === ICMPV6) {
    if (packet.icmpType === null) return { unknown: 'the ICMP type of the packet is not known' };
    return String((protocol << 16) | (packet.icmpType * 256 + packet.icmpCode));
  }
  const hasPort = protocol === TCP || protocol === UDP || protocol === SCTP || protocol === UDPLITE;
  const port = hasPort ? (direction === 'src' ? packet.sourcePort : packet.destinationPort) : 0;
  if (port === '*' || port === null) return { unknown: 'the port of the packet is not known' };
  return setType === 'bitmap:port' ? String(port) : String((protocol << 16) | port);
}
