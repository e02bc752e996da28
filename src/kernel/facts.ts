/**
 * What may be so of something that is not known: an interface, an address, a user. Claims about one variable exclude or
 * include each other (who goes out by docker0 does not go out by eth0), and a run never holds two that contradict.
 */
import type { Family } from '../values/address.ts';
import { readInterface, readOwner } from '../values/names.ts';
import { readAddressRange, readNetworks } from '../values/networks.ts';
import type { AddressType } from './node/node.ts';

/** Both ends count. Names and types are numbers here, too. */
interface Interval {
  readonly from: bigint;
  readonly to: bigint;
}

/** "The variable has one of `values`"; `domain` is all that it can be at all. */
export interface Fact {
  readonly variable: string;
  readonly values: readonly Interval[];
  readonly domain: readonly Interval[];
}

/** An interface that is not known: of the packet's arrival, of its (first or last) routing, or a bridge's port. */
export type InterfaceVariable = 'input' | 'output' | 'departure' | 'physicalInput' | 'physicalOutput';

const NAME_LENGTH = 32n;
const CHARACTER = 16n;
const NAME_BITS = NAME_LENGTH * CHARACTER;
const LAST_NAME = (1n << NAME_BITS) - 1n;

/** Names stand in the order of a dictionary, so that those with one beginning are neighbours. */
function nameInterval(text: string, prefix: boolean): Interval {
  const characters = text.slice(0, Number(NAME_LENGTH));
  let value = 0n;
  for (let index = 0; index < characters.length; index++) {
    value = (value << CHARACTER) | BigInt(characters.charCodeAt(index));
  }
  const rest = NAME_BITS - BigInt(characters.length) * CHARACTER;
  const from = value << rest;
  return { from, to: prefix ? from | ((1n << rest) - 1n) : from };
}

/** The one name of a value set; null where there are several. */
function nameOf({ from, to }: Interval): string | null {
  if (from !== to) return null;
  let name = '';
  for (let at = NAME_BITS - CHARACTER; at >= 0n; at -= CHARACTER) {
    const code = Number((from >> at) & 0xffffn);
    if (code === 0) break;
    name += String.fromCharCode(code);
  }
  return name;
}

const ALL_NAMES: readonly Interval[] = [{ from: 0n, to: LAST_NAME }];
const LOOPBACK = nameInterval('lo', false);
const ALL_BUT_LOOPBACK = without(ALL_NAMES, [LOOPBACK]);

/** "The packet comes in by veth+". Packets from elsewhere never come in, or are forwarded, by `lo`. */
export function interfaceFact(
  variable: InterfaceVariable,
  pattern: { readonly name: string; readonly prefix: boolean },
  scope = '',
): Fact {
  const domain = variable === 'departure' ? ALL_NAMES : ALL_BUT_LOOPBACK;
  return {
    variable: `${scope}${variable}`,
    values: [nameInterval(pattern.name, pattern.prefix)],
    domain,
  };
}

/** A name that excludes every other: a hardware address, a user's name. */
export function nameFact(variable: string, name: string): Fact {
  return { variable, values: [nameInterval(name, false)], domain: ALL_NAMES };
}

/** A number from `from` to `to`, out of those up to `last`. */
export function numberFact(
  variable: string,
  ranges: readonly { readonly from: number; readonly to: number }[],
  last: number,
): Fact {
  const values = ranges.map(({ from, to }) => ({ from: BigInt(from), to: BigInt(to) }));
  return { variable, values: united(values), domain: [{ from: 0n, to: BigInt(last) }] };
}

/** "The address is in 10.0.0.0/8,10.244.1.0-10.244.1.9"; null for masks with holes, which are no ranges. */
export function addressFact(variable: string, text: string, family: Family): Fact | null {
  const last = (1n << (family === 4 ? 32n : 128n)) - 1n;
  const domain = [{ from: 0n, to: last }];
  if (text.includes('-')) {
    const range = readAddressRange(text, family);
    return range.kind === 'value' ? { variable, values: [range.value], domain } : null;
  }
  const networks = readNetworks(text, family);
  if (networks.kind !== 'value') return null;
  const intervals: Interval[] = [];
  for (const { value, mask } of networks.value) {
    const host = mask ^ last;
    if ((host & (host + 1n)) !== 0n) return null;
    intervals.push({ from: value, to: value | host });
  }
  return { variable, values: united(intervals), domain };
}

/** The types that the kernel's table `local` can give an IPv4 address which is no multicast (inet_dev_addr_type). */
const IPV4_TYPES: readonly AddressType[] = ['UNICAST', 'LOCAL', 'BROADCAST'];

/** "192.168.0.2 is LOCAL or BROADCAST". In IPv6 types overlap: only whether it is the node's own is a fact there. */
export function typeFact(address: string, types: ReadonlySet<AddressType>): Fact | null {
  const known = address.includes(':') ? (['UNICAST', 'LOCAL'] as const) : IPV4_TYPES;
  if (address.includes(':') && (types.size !== 1 || !types.has('LOCAL'))) return null;
  return {
    variable: `type:${address}`,
    values: known.flatMap((type, index) => (types.has(type) ? (points[index] ?? []) : [])),
    domain: points.slice(0, known.length),
  };
}

/** "192.168.0.2 is the node's own", which every packet asks. */
export function localFact(address: string): Fact {
  const domain = address.includes(':') ? IPV6_POINTS : points;
  return { variable: `type:${address}`, values: LOCAL_POINT, domain };
}

/** "192.168.0.255 is a broadcast address": of IPv4. */
export function broadcastFact(address: string): Fact {
  return { variable: `type:${address}`, values: BROADCAST_POINT, domain: points };
}

/** Of types, by their place in the lists above. */
const points: readonly Interval[] = IPV4_TYPES.map((_, index) => ({
  from: BigInt(index),
  to: BigInt(index),
}));
const LOCAL_POINT = points.slice(1, 2);
const BROADCAST_POINT = points.slice(2, 3);
const IPV6_POINTS = points.slice(0, 2);

/** "The route back passes", a thing that is so or not. */
export function plainFact(variable: string): Fact {
  return { variable, values: [{ from: 1n, to: 1n }], domain: [{ from: 0n, to: 1n }] };
}

/** Whoever does not have the values. */
export function opposite({ variable, values, domain }: Fact): Fact {
  return { variable, values: without(domain, values), domain };
}

/** 4294967295 is no user: (uid_t) -1. */
const LAST_ID = 0xfffffffe;

/** "The process runs as user 0-999"; names are another variable, but that `root` is 0. */
export function ownerFact(noun: string, text: string): Fact | null {
  const owner = readOwner(text === 'root' ? '0' : text);
  if (owner.kind !== 'value') return null;
  return owner.value.kind === 'name'
    ? nameFact(`owner:${noun}:name`, text)
    : numberFact(`owner:${noun}`, [owner.value.ids], LAST_ID);
}

/** What a question's key says, so that decisions of the caller count before their questions come up. */
export function factOfKey(key: string, family: Family): Fact | null {
  const colon = key.indexOf(':');
  const [kind, text] = [key.slice(0, colon), key.slice(colon + 1)];
  switch (kind) {
    case 'input':
    case 'output':
    case 'departure':
    case 'physicalInput':
    case 'physicalOutput': {
      const pattern = readInterface(text);
      return pattern.kind === 'value' ? interfaceFact(kind, pattern.value) : null;
    }
    case 'source':
    case 'masqueraded':
      return addressFact(kind, text, family);
    case 'owner': {
      const [, noun = '', id = ''] = /^(user|group):(.+)$/.exec(text) ?? [];
      return noun === '' ? null : ownerFact(noun, id);
    }
    case 'local':
      return typeFact(text, new Set(['LOCAL']));
    default:
      return null;
  }
}

/** What one run holds to be so. */
export class Knowledge {
  readonly #left = new Map<string, readonly Interval[]>();

  /** Whether the fact follows, either way, from what is known; null where it is open. */
  holds({ variable, values, domain }: Fact): boolean | null {
    const left = this.#left.get(variable) ?? domain;
    if (!meets(left, values)) return false;
    for (const each of left) if (!isWithin(each, values)) return null;
    return true;
  }

  /** From now on the fact is (not) so. What contradicts all that was learned before changes nothing. */
  learn(fact: Fact, isSo: boolean): void {
    const left = this.#left.get(fact.variable) ?? fact.domain;
    const next = isSo ? common(left, fact.values) : without(left, fact.values);
    if (next.length > 0) this.#left.set(fact.variable, next);
  }

  /** The one interface that the variable can only be; undefined where there are several. */
  interfaceName(variable: InterfaceVariable, scope: string): string | undefined {
    const left = this.#left.get(`${scope}${variable}`);
    const [only] = left ?? [];
    return left?.length === 1 && only !== undefined ? (nameOf(only) ?? undefined) : undefined;
  }
}

/** Whether a fact leaves nothing open: it has one value. */
export function isExact({ values }: Fact): boolean {
  const [only] = values;
  return values.length === 1 && only !== undefined && only.from === only.to;
}

/** Sorted, apart from each other. */
function united(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = intervals
    .filter(({ from, to }) => from <= to)
    .toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const result: Interval[] = [];
  for (const next of sorted) {
    const last = result.at(-1);
    if (last !== undefined && next.from <= last.to + 1n) {
      result[result.length - 1] = { from: last.from, to: next.to > last.to ? next.to : last.to };
    } else result.push(next);
  }
  return result;
}

function common(one: readonly Interval[], other: readonly Interval[]): readonly Interval[] {
  const found: Interval[] = [];
  for (const a of one) {
    for (const b of other) {
      const from = a.from > b.from ? a.from : b.from;
      const to = a.to < b.to ? a.to : b.to;
      if (from <= to) found.push({ from, to });
    }
  }
  return found;
}

/** As `common(…).length > 0`. */
function meets(one: readonly Interval[], other: readonly Interval[]): boolean {
  for (const a of one) for (const b of other) if (a.from <= b.to && b.from <= a.to) return true;
  return false;
}

/** Whether the intervals leave nothing of one. */
function isWithin({ from, to }: Interval, others: readonly Interval[]): boolean {
  let next = from;
  for (;;) {
    const holding = holderOf(next, others);
    if (holding === null) return false;
    if (holding.to >= to) return true;
    next = holding.to + 1n;
  }
}

function holderOf(value: bigint, intervals: readonly Interval[]): Interval | null {
  for (const each of intervals) if (each.from <= value && value <= each.to) return each;
  return null;
}

function without(one: readonly Interval[], other: readonly Interval[]): readonly Interval[] {
  let left = one;
  for (const { from, to } of other) {
    const parts: Interval[] = [];
    for (const each of left) {
      if (to < each.from || from > each.to) parts.push(each);
      else {
        if (each.from < from) parts.push({ from: each.from, to: from - 1n });
        if (each.to > to) parts.push({ from: to + 1n, to: each.to });
      }
    }
    left = parts;
  }
  return left;
}
