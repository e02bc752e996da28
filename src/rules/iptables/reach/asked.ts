/**
 * What a rule asks of a packet as a set of packets. Where a condition is none of the kinds that sets can hold (chance, lists that change, marks,
 * payload), the set is larger than what the rule matches, and says so.
 */
import type { Family, Network } from '../../../values/address.ts';
import { readProtocol } from '../../../values/names.ts';
import { readNetworks } from '../../../values/networks.ts';
import { readPortList, readPortRange } from '../../../values/ports.ts';
import { questionMeaning } from '../meaning.ts';
import { canonicalName } from '../names.ts';
import type { Match, Option, Rule } from '../nodes.ts';
import { readConntrackStates, STATES } from '../values/conntrack.ts';
import { type Cube, type Dimension, type Domain, dimensions, everything, limited, meet } from './cube.ts';
import type { Interfaces } from './interfaces.ts';
import { intersect, only, type Range, type Ranges, union, without } from './ranges.ts';

/** The packets of a table's walk: the family of its addresses, the interfaces that its rules name. */
export interface Space {
  readonly table: string;
  readonly family: Family;
  readonly interfaces: Interfaces;
  readonly domain: Domain;
}

export interface Asked {
  /** Every packet that the rule matches is in it; null where no packet can be. */
  readonly cube: Cube | null;
  /** Whether the rule matches every packet in it. */
  readonly exact: boolean;
}

export function spaceOf(table: string, family: Family, interfaces: Interfaces): Space {
  const addresses = range(0n, family === 4 ? 0xffff_ffffn : (1n << 128n) - 1n);
  const domain: Domain = {
    protocol: range(0n, 255n),
    source: addresses,
    destination: addresses,
    // -1: a packet without ports.
    sourcePort: range(-1n, MOST_PORT),
    destinationPort: range(-1n, MOST_PORT),
    input: interfaces.all,
    output: interfaces.all,
    state: range(0n, BigInt(TRACKED.length) - 1n),
  };
  return { table, family, interfaces, domain };
}

const MOST_PORT = 65_535n;

function range(from: bigint, to: bigint): Ranges {
  return [{ from, to }];
}

export function packetsOf(rule: Rule, space: Space): Asked {
  const asked = [
    ...rule.general.map((option) => ofGeneral(option, space)),
    ...rule.matches.flatMap((match) => ofMatch(match, space)),
  ];
  const cubes = asked.flatMap((each) => (each === null || each === 'any' ? [] : [each]));
  const cube = cubes.reduce<Cube | null>((all, each) => (all === null ? null : meet(all, each)), everything);
  return {
    cube: cube !== null && isEmpty(cube) ? null : cube,
    exact: rule.unknown.length === 0 && !asked.includes(null),
  };
}

function isEmpty({ ranges }: Cube): boolean {
  return dimensions.some((dimension) => ranges[dimension]?.length === 0);
}

/** Null for a condition that no set holds; `any` for one that says nothing of the packet. */
type Condition = Cube | 'any' | null;

function ofGeneral(option: Option, space: Space): Condition {
  const [text = ''] = option.values.map((value) => value.text);
  const name = canonicalName(option);
  switch (name) {
    case '-p':
      return ofProtocol(option, text, space);
    case '-s':
      return within('source', networksOf(text, space), option, space);
    case '-d':
      return within('destination', networksOf(text, space), option, space);
    case '-i':
      return within('input', space.interfaces.matching(text), option, space);
    case '-o':
      return within('output', space.interfaces.matching(text), option, space);
    default:
      return SILENT.has(name) ? 'any' : null;
  }
}

const SILENT: ReadonlySet<string> = new Set(['-c', '-M', '-4', '-6']);

function within(dimension: Dimension, ranges: Ranges | null, option: Option, { domain }: Space): Condition {
  if (ranges === null) return null;
  const all = domain[dimension];
  return limited(
    everything,
    dimension,
    option.negation === null ? intersect(all, ranges) : without(all, ranges),
  );
}

function ofProtocol(option: Option, text: string, space: Space): Condition {
  const protocol = readProtocol(text);
  if (protocol.kind === 'fault') return null;
  if (protocol.value === 0) return option.negation === null ? 'any' : null;
  return within('protocol', only(protocol.value), option, space);
}

/** Null for a mask with holes, and for what is no network of the family. */
function networksOf(text: string, { family }: Space): Ranges | null {
  const read = readNetworks(text, family);
  if (read.kind === 'fault') return null;
  const ranges = read.value.map((network) => rangeOf(network, family));
  return ranges.includes(null) ? null : union(ranges.flatMap((each) => each ?? []));
}

function rangeOf({ value, mask }: Network, family: Family): Range | null {
  const host = ((1n << (family === 4 ? 32n : 128n)) - 1n) ^ mask;
  return (host & (host + 1n)) === 0n ? { from: value, to: value | host } : null;
}

function ofMatch(match: Match, space: Space): readonly Condition[] {
  const name = canonicalName(match);
  if (name === 'comment' || name === 'nfacct') return ['any'];
  if (name === 'conntrack' || name === 'state') return [ofStates(match, space)];
  if (withPorts.has(name)) return match.options.map((option) => ofTransport(name, option, space));
  return [steady.has(name) ? question(name, match.options) : null];
}

const withPorts: ReadonlySet<string> = new Set(['tcp', 'udp', 'udplite', 'sctp', 'dccp', 'multiport']);

/** Matches whose answer for a packet no rule changes on its way through a table. */
const steady: ReadonlySet<string> = new Set([
  'addrtype',
  'icmp',
  'icmp6',
  'iprange',
  'mac',
  'owner',
  'physdev',
  'pkttype',
]);

function ofTransport(match: string, option: Option, space: Space): Condition {
  const [text = ''] = option.values.map((value) => value.text);
  switch (canonicalName(option)) {
    case '--dport':
    case '--dports':
      return ofPorts('destinationPort', text, option);
    case '--sport':
    case '--sports':
      return ofPorts('sourcePort', text, option);
    default:
      // What stands in TCP options and flags can be rewritten in mangle.
      return space.table === 'mangle' ? null : question(match, [option]);
  }
}

/** A packet without ports matches neither the ports nor all but them. */
function ofPorts(dimension: 'sourcePort' | 'destinationPort', text: string, option: Option): Condition {
  const read = text.includes(',') ? readPortList(text) : readPortRange(text);
  if (read.kind === 'fault') return null;
  const list = 'from' in read.value ? [read.value] : read.value;
  if (list.some(({ from, to }) => from > to)) return null;
  const ports = union(list.map(({ from, to }) => ({ from: BigInt(from), to: BigInt(to) })));
  return limited(
    everything,
    dimension,
    option.negation === null ? ports : without(range(0n, MOST_PORT), ports),
  );
}

/** A packet has one of these at a time; SNAT and DNAT come beside them. In raw the connection is not known yet, and may be taken away. */
export const TRACKED: readonly string[] = STATES.filter((state) => state !== 'SNAT' && state !== 'DNAT');

function ofStates({ options }: Match, space: Space): Condition {
  const [option, ...others] = options;
  if (option === undefined || others.length > 0 || space.table === 'raw') return null;
  if (canonicalName(option) !== '--ctstate' && canonicalName(option) !== '--state') return null;
  const read = readConntrackStates(option.values[0]?.text ?? '');
  if (read.kind === 'fault' || !read.value.every((state) => TRACKED.includes(state))) return null;
  return within('state', union(read.value.flatMap((state) => only(TRACKED.indexOf(state)))), option, space);
}

/** Options that are asked together: two rules that ask in the same words get the same answer. */
function question(match: string, options: readonly Option[]): Cube {
  return { ranges: {}, answers: new Map([[questionMeaning(match, options), true]]) };
}
