/**
 * Tables of nftables that see frames and no packets: `bridge` what a bridge of the node takes in, hands on and sends, `arp` the
 * protocol by which IPv4 finds its neighbours. No trace follows either. Linux: net/bridge/netfilter, net/ipv4/arp.c.
 */
import type { Family } from '../kernel/flow.ts';
import { tableName } from '../rules/nftables/chains.ts';
import type { Ruleset, Table } from '../rules/nftables/nodes.ts';
import { rulesIn } from '../rules/nftables/rulesIn.ts';
import type { Rule, Statement } from '../rules/nftables/statements.ts';
import { either } from './narrative/words.ts';

export const frameFamilies = ['bridge', 'arp'] as const;
export type FrameFamily = (typeof frameFamilies)[number];

/** What the tables of a family of frames see, as a phrase. */
export const seenByFrames: Readonly<Record<FrameFamily, string>> = {
  bridge: 'frames that bridges of this node take in, hand on or send',
  arp: 'questions and answers of ARP; no packet of IP',
};

export function isOfFrames({ family }: Pick<Table, 'family'>): boolean {
  return frameFamilies.some((each) => each === family);
}

/** What tables of frames may do to a packet that an answer is about, in sentences; empty where they can do nothing to it. */
export function framesWords({ tables }: Ruleset, family: Family): readonly string[] {
  const acting = tables.filter((table) => isOfFrames(table) && acts(table));
  const named = (of: FrameFamily): readonly string[] => [
    ...new Set(acting.filter((table) => table.family === of).map(tableName)),
  ];
  const bridge = named('bridge');
  const arp = family === 4 ? named('arp') : [];
  return [
    ...(bridge.length === 0
      ? []
      : [
          `Rules for frames on bridges (${either(bridge, 'and')}) are not followed: where this packet comes in, goes through or leaves by a bridge of this node, what they drop, mark or send elsewhere is not in this answer. By other interfaces no packet meets them.`,
        ]),
    ...(arp.length === 0
      ? []
      : [
          `Rules for ARP (${either(arp, 'and')}) are not followed: no packet of IP meets them, but where they stop ARP the next hop is not found, and what is to be sent there is lost.`,
        ]),
  ];
}

/** Whether frames come to the table, and something in it does more than to count or let through. */
function acts(table: Table): boolean {
  if (table.flags.includes('dormant')) return false;
  const chains = table.items.filter((item) => item.kind === 'chain');
  const isCalled = chains.some(({ base }) => base !== null);
  const rules = [...rulesIn({ tables: [table], commands: [] })];
  return isCalled && (chains.some(({ policy }) => policy?.text === 'drop') || rules.some(isActing));
}

const LEAVES_ALONE: ReadonlySet<Statement['kind']> = new Set([
  'match',
  'counter',
  'last',
  'limit',
  'quota',
  'log',
]);

function isActing({ statements }: Rule): boolean {
  return statements.some(
    (statement) =>
      !LEAVES_ALONE.has(statement.kind) && !(statement.kind === 'verdict' && statement.verdict !== 'drop'),
  );
}
