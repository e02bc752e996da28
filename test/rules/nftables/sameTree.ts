import type { Ruleset, Table, TableItem } from '../../../src/rules/nftables/nodes.ts';
import { priorityNumber } from '../../../src/rules/nftables/catalogue/priorities.ts';
import { typeOf } from '../../../src/rules/nftables/catalogue/typeOf.ts';
import type { Expression } from '../../../src/rules/nftables/expressions.ts';
import { meaning } from './support.ts';

/** Types of ICMPv6 by name in JSON, where text has numbers in a range (nft 1.0.6). */
const NAMES: Readonly<Record<string, number>> = {
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
};

/** Tables that iptables-nft made: JSON has `xt` for what text has in words. */
function isOfIptables({ family, name }: Table): boolean {
  return ['ip', 'ip6'].includes(family) && ['raw', 'mangle', 'nat', 'filter', 'security'].includes(name.text);
}

/**
 * What a ruleset says, without what one of the two forms of nft 1.0.6 leaves out: chains' comments, the flag `dynamic`, the words
 * `auto-merge`, `interval` of a map's data, `typeof`, how a priority is called; and in the order that both can have.
 */
export function comparable(ruleset: Ruleset): unknown {
  return ruleset.tables
    .filter((table) => !isOfIptables(table))
    .map(({ family, name, items }) => [
      family,
      name.text,
      items.map((item) => itemIn(family, item)).sort(byText),
    ]);
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}

function itemIn(family: string, item: TableItem): string {
  return JSON.stringify(meaning(plain(family, item)), (key, value: unknown) =>
    key === 'expires' ? null : evened(value),
  );
}

function plain(family: string, item: TableItem): unknown {
  if (item.kind === 'chain') {
    const priority = item.base && priorityNumber(family, item.base.priority);
    return { ...item, base: item.base && { ...item.base, priority }, comment: null };
  }
  if (item.kind !== 'set' && item.kind !== 'map') return item;
  const flags = item.flags.filter((flag) => flag !== 'dynamic');
  return { ...item, flags, dataInterval: null, autoMerge: null, type: item.type && typeNames(item.type.of) };
}

/** JSON names the types of what text asks with `typeof`. */
function typeNames(of: Expression): readonly string[] {
  if (of.kind === 'concat') return of.parts.flatMap(typeNames);
  return [of.kind === 'value' ? of.text : (typeOf(of) ?? '')];
}

const BYTES: Readonly<Record<string, number>> = { bytes: 1, kbytes: 1024, mbytes: 1024 ** 2 };

/** What is left of an element's time runs between two listings; JSON has whole seconds, quotas in bytes, and names for the ends of ranges. */
function evened(value: unknown): unknown {
  if (typeof value === 'number') return Math.floor(value);
  if (typeof value !== 'object' || value === null || !('kind' in value)) return value;
  if (value.kind === 'range') return evenedEnds(value);
  if (value.kind !== 'quota' || !('amount' in value) || !('unit' in value)) return value;
  return { ...value, amount: Number(value.amount) * (BYTES[String(value.unit)] ?? 0), unit: 'bytes' };
}

function evenedEnds(range: object): unknown {
  const ends = Object.entries(range).map(([key, each]) => [
    key,
    key === 'kind' ? each : (NAMES[String(each)] ?? each),
  ]);
  return Object.fromEntries(ends);
}
