/** What stands at one hook, of iptables, of nftables and IPVS, in the order in which the kernel calls it. */
import { priorities } from '../../kernel/hookCall.ts';
import { hookNames } from '../../kernel/trace.ts';
import type { Family } from '../../kernel/flow.ts';
import { priorityOf, tableNames } from '../../machines/iptables/tables.ts';
import type { Table } from '../../rules/iptables/nodes.ts';
import { backendOfGenerator } from '../backend.ts';
import type { IpvsCall } from './ipvsHookRows.ts';
import type { NftBase } from './nftHookRows.ts';

export type Called = Table | NftBase | IpvsCall;

interface Place {
  readonly family: Family;
  readonly hook: string;
  /** The tables as nft lists them, in the order in which they were made. */
  readonly listed: readonly string[];
}

interface Call {
  readonly called: Called;
  readonly priority: number;
  /** Among the chains of nat, which are all called at one place. */
  readonly own: number;
  readonly age: number;
}

/** By priority, of equal ones the youngest first; chains of nat together where nat is, whatever their own priority. */
export function inCallOrder(
  tables: readonly Table[],
  native: readonly NftBase[],
  ipvs: IpvsCall | null,
  place: Place,
): readonly Called[] {
  const calls = [
    ...(ipvs === null ? [] : [{ called: ipvs, priority: ipvs.priority, own: ipvs.priority, age: 0 }]),
    ...tables.map((table) => ofTable(table, place)),
    ...native.map((base) => ofBase(base, place)),
  ];
  return calls
    .toReversed()
    .toSorted((a, b) => a.priority - b.priority || a.own - b.own || b.age - a.age)
    .map(({ called }) => called);
}

function ofTable(table: Table, { family, hook, listed }: Place): Call {
  const name = tableNames.find((each) => each === table.name);
  const at = hookNames.find((each) => each === hook);
  const priority =
    name === undefined || at === undefined
      ? Number.POSITIVE_INFINITY
      : priorityOf(name, at, backendOfGenerator(table.generator));
  return {
    called: table,
    priority,
    own: priority,
    age: listed.indexOf(`${family === 4 ? 'ip' : 'ip6'} ${table.name}`),
  };
}

function ofBase(base: NftBase, { hook, listed }: Place): Call {
  return {
    called: base,
    priority: base.isNat ? natPriority(hook) : base.priority,
    own: base.priority,
    age: listed.indexOf(base.chain.table),
  };
}

function natPriority(hook: string): number {
  const late: readonly string[] = ['INPUT', 'POSTROUTING'];
  return late.includes(hook) ? priorities.sourceNat : priorities.destinationNat;
}
