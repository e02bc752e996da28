/** Whether a packet is in an ipset, as `-m set --match-set NAME src,dst` asks (net/netfilter/ipset). */
import type { Family } from '../../values/address.ts';
import { ICMP, ICMPV6, TCP, UDP, SCTP, UDPLITE } from '../packet.ts';
import type { IpSet, Node } from './node.ts';
import type { SetPart } from './setEntries.ts';
import type { Frame } from '../frame.ts';
import type { ChangedSet, EntryRest, SetChanges } from './setChanges.ts';
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

/** An entry, nothing, or why that is not known. */
type Found = StoredEntry | false | { readonly unknown: string };

export interface SetOptions {
  /** `--return-nomatch`: entries marked `nomatch` count, the others do not. Sets that know no such entries are asked as ever. */
  readonly returnNoMatch?: boolean;
  /** What packets of this run changed in sets. */
  readonly changes?: SetChanges;
  /** The packet's Ethernet frame; null where it has none. */
  readonly frame?: () => Frame | null;
}

/** A set within a set is asked only so deep: list:set cannot hold another list:set. */
const MAX_DEPTH = 2;

interface Asked {
  readonly node: Node;
  readonly directions: readonly SetDirection[];
  readonly packet: SetPacket;
  readonly options: SetOptions;
}

/** Whether the packet is in the set. `directions`: `src,dst` of the rule, one for each dimension of the set. */
export function testSet(
  node: Node,
  setName: string,
  directions: readonly SetDirection[],
  packet: SetPacket,
  options: SetOptions = {},
): SetAnswer {
  const found = testNamed({ node, directions, packet, options }, setName, 0);
  return typeof found === 'object' && !('unknown' in found) ? true : found;
}

/** The mark that the packet's entry says (`skbmark`); null for one that says none, false for a packet that is not in the set. */
export function markInSet(
  node: Node,
  setName: string,
  directions: readonly SetDirection[],
  packet: SetPacket,
  options: SetOptions,
): StoredEntry['mark'] | false | { readonly unknown: string } {
  const found = testNamed({ node, directions, packet, options }, setName, 0);
  return typeof found === 'object' && !('unknown' in found) ? found.mark : found;
}

function setOf(node: Node, name: string): IpSet | { readonly unknown: string } {
  if (node.ipsets === null) {
    const why = whyMissing(node, 'ipset-save.txt', 'ipset-save.txt is not given');
    return { unknown: `the ipsets are not known (${why})` };
  }
  return node.ipsets.get(name) ?? { unknown: `the ipset ${name} is not in the snapshot` };
}

function testNamed(asked: Asked, setName: string, depth: number): Found {
  const set = setOf(asked.node, setName);
  if ('unknown' in set) return set;
  if (set.type === 'list:set' && depth < MAX_DEPTH) {
    return anyOf(set.entries.map((entry) => () => testNamed(asked, entry.text, depth + 1)));
  }
  const index = indexOf(set);
  return index === null ? { unknown: notUnderstood(set) } : testIndexed(asked, set, index);
}

function notUnderstood({ type }: IpSet): string {
  return `ipsets of type ${type} are not understood`;
}

/** In a list of sets the first that has the packet decides. */
function anyOf(tests: readonly (() => Found)[]): Found {
  let unknown: Found = false;
  for (const test of tests) {
    const answer = test();
    if (answer !== false && !('unknown' in answer)) return answer;
    if (answer !== false) unknown = answer;
  }
  return unknown;
}

/** Types with networks: IPSET_TYPE_NOMATCH (ip_set_test). */
const KNOWS_NOMATCH = /^hash:.*net/;

function testIndexed(asked: Asked, set: IpSet, index: SetIndex): Found {
  const changed = asked.options.changes?.of(set.name) ?? null;
  if (set.entries.length === 0 && changed === null) return false;
  const values = valuesOf(asked, set, index);
  if (values === null) return false;
  if ('unknown' in values) return values;
  const answer = testEntries(asked, index, values, changed);
  if (answer !== false && !('unknown' in answer)) {
    if (index.parts.includes('mac') && answer.mac === null) fillMac(asked, set, index, values);
    const wanted = asked.options.returnNoMatch === true && KNOWS_NOMATCH.test(set.type);
    return answer.noMatch === wanted ? answer : false;
  }
  if (answer !== false || index.unread.length === 0) return answer;
  return { unknown: `the entry ${index.unread[0] ?? ''} of the ipset ${set.name} is not understood` };
}

/** Null where the packet can be in no set of this kind. */
function valuesOf(
  { directions, packet }: Asked,
  set: IpSet,
  index: SetIndex,
): readonly DimensionValue[] | null | { readonly unknown: string } {
  if (directions.length < index.parts.length) return null;
  if (index.family !== null && index.family !== packet.family) return null;
  const values: DimensionValue[] = [];
  for (const [at, part] of index.parts.entries()) {
    const value = valueOf(part, directions[at] ?? 'src', packet, index, set.type);
    if (value === 'none') return null;
    if (typeof value === 'object' && value !== null) return value;
    values.push(value);
  }
  return values;
}

/** The first entry that fits decides. Of `hash:net,iface` only the most specific network that has any entry counts. */
function testEntries(
  asked: Asked,
  index: SetIndex,
  values: readonly DimensionValue[],
  changed: ChangedSet | null,
): Found {
  const byInterface = index.parts.includes('iface');
  for (const entries of index.find(values, changed)) {
    for (const entry of entries) {
      const fits = entryFits(entry, index, asked);
      if (fits === true) return entry;
      if (fits !== false) return fits;
    }
    if (byInterface && entries.length > 0) return false;
  }
  return false;
}

function entryFits(entry: StoredEntry, index: SetIndex, asked: Asked): SetAnswer {
  if (entry.interface !== null) {
    const name = interfaceOf(index, asked);
    if (name === null || entry.physical) return false;
    if (name === undefined) return { unknown: 'the interface of the packet is not known' };
    return entry.wildcard ? name.startsWith(entry.interface) : name === entry.interface;
  }
  return index.parts.includes('mac') ? macFits(entry, index, asked) : true;
}

/** `physdev:` entries are only for other users of ipset: iptables never asks for them. */
function interfaceOf(index: SetIndex, { directions, packet }: Asked): string | null | undefined {
  return directions[index.parts.indexOf('iface')] === 'src' ? packet.input : packet.output;
}

/** Null without an Ethernet frame, undefined where it is not known. */
function macOf(index: SetIndex, { directions, packet, options }: Asked): string | null | undefined {
  const frame =
    options.frame === undefined
      ? packet.local
        ? null
        : { source: packet.sourceMac, destination: null }
      : options.frame();
  if (frame === null) return null;
  const mac = sideOf(index, directions) === 'src' ? frame.source : frame.destination;
  return mac === NO_MAC ? null : (mac?.toLowerCase() ?? undefined);
}

const NO_MAC = '00:00:00:00:00:00';

function sideOf(index: SetIndex, directions: Asked['directions']): SetDirection {
  return directions[index.parts.indexOf('mac')] ?? 'dst';
}

function macFits({ mac: own }: StoredEntry, index: SetIndex, asked: Asked): SetAnswer {
  const mac = macOf(index, asked);
  if (mac === null) return false;
  if (own === null) return true;
  if (typeof own === 'string')
    return mac === undefined ? { unknown: 'the MAC address of the packet is not known' } : mac === own;
  const isSame = own.packet === asked.packet && own.side === sideOf(index, asked.directions);
  return isSame || { unknown: 'the MAC address that its entry was filled with is not known' };
}

function fillMac(asked: Asked, set: IpSet, index: SetIndex, values: readonly DimensionValue[]): void {
  const { packet, directions, options } = asked;
  const mac = macOf(index, asked) ?? { packet, side: sideOf(index, directions) };
  options.changes?.change(set, index).fill(values, mac);
}

/** `-j SET`: what of the packet is added to the set, or taken out. `exist`: `--exist`. */
export type SetChange = { readonly kind: 'add'; readonly exist: boolean } | { readonly kind: 'remove' };

/** Whether the set took the change; or why it is not known what becomes of the set. */
export function changeSet(
  node: Node,
  setName: string,
  directions: readonly SetDirection[],
  packet: SetPacket,
  change: SetChange,
  options: SetOptions & { readonly changes: SetChanges },
): boolean | { readonly unknown: string } {
  const set = setOf(node, setName);
  if ('unknown' in set) return set;
  if (set.type === 'list:set') {
    // The first of the sets that takes it; the others stay as they are.
    for (const { text } of set.entries) {
      const done = changeSet(node, text, directions, packet, change, options);
      if (done !== false) return done;
    }
    return false;
  }
  const index = indexOf(set);
  if (index === null) return { unknown: notUnderstood(set) };
  if (index.unread.length > 0) return { unknown: `entries of ${setName} are not understood` };
  const asked: Asked = { node, directions, packet, options };
  const values = valuesOf(asked, set, index);
  if (values === null) return false;
  if ('unknown' in values) return values;
  const rest = restOf(asked, index);
  if (rest === null || 'unknown' in rest) return rest ?? false;
  const changed = options.changes.change(set, index);
  return change.kind === 'add' ? changed.add(values, rest, change.exist) : changed.remove(values, rest);
}

/** Null where the packet lacks what the set asks for. */
function restOf(asked: Asked, index: SetIndex): EntryRest | null | { readonly unknown: string } {
  const name = index.parts.includes('iface') ? interfaceOf(index, asked) : '';
  const mac = index.parts.includes('mac') ? macOf(index, asked) : '';
  if (name === null || mac === null) return null;
  if (name === undefined) return { unknown: 'the interface of the packet is not known' };
  if (mac === undefined) return { unknown: 'the MAC address of the packet is not known' };
  return { interface: name === '' ? null : name, mac: mac === '' ? null : mac };
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
