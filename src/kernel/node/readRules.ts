import { type Family, type Network, parseAddress } from '../../values/address.ts';
import { type JsonRecord } from '../../text/json.ts';
import { numberOf, readRows, textOf } from './json.ts';
import type { RoutingRule } from './node.ts';
import { networkOf } from './readRoutes.ts';
import { readSelectors, tosOf } from './readSelectors.ts';
import type { FileReading } from './reading.ts';
import { ruleLists } from './text/ruleText.ts';

/**
 * `ip rule`, with `-j` or without → the policy rules by priority. That command lists IPv4 alone; IPv6's may follow as a
 * second list (`ip -6 rule`). A rule with an IPv6 prefix is IPv6's wherever it stands.
 */
export function readRules(text: string): FileReading<readonly RoutingRule[]> {
  const rows = readRows(text, [ruleLists]);
  if (rows.kind === 'error') return { value: null, problems: [rows.message] };
  const problems: string[] = [];
  const rules = rows.lists.flatMap((list, index) =>
    list.flatMap((row) => {
      const rule = readRule(row, index === 1 ? 6 : 4);
      if (rule === null)
        problems.push(`the rule of priority ${numberOf(row, 'priority') ?? '?'} is not understood`);
      return rule === null ? [] : [rule];
    }),
  );
  return { value: rules.toSorted((a, b) => a.priority - b.priority), problems };
}

function readRule(row: JsonRecord, listFamily: Family): RoutingRule | null {
  const priority = numberOf(row, 'priority') ?? 0;
  const from = prefixOf(row, 'src');
  const to = prefixOf(row, 'dst');
  const action = actionOf(row);
  if (from === 'broken' || to === 'broken' || action === null) return null;
  return {
    family: from?.family ?? to?.family ?? listFamily,
    priority,
    from,
    to,
    mark: row['fwmark'] === undefined ? null : (numberOf(row, 'fwmark') ?? 0),
    markMask: numberOf(row, 'fwmask') ?? 0xffffffff,
    inputInterface: textOf(row, 'iif'),
    outputInterface: textOf(row, 'oif'),
    not: row['not'] !== undefined,
    tos: tosOf(row),
    selectors: readSelectors(row),
    suppressPrefixLength: numberOf(row, 'suppress_prefixlen') ?? numberOf(row, 'suppress_prefixlength'),
    suppressGroup: textOf(row, 'suppress_ifgroup'),
    givesRealms: row['flow_to'] !== undefined || row['flow_from'] !== undefined,
    action,
  };
}

function prefixOf(row: JsonRecord, field: 'src' | 'dst'): Network | null | 'broken' {
  const text = textOf(row, field);
  if (text === null || text === 'all') return null;
  const address = parseAddress(text);
  if (address === null) return 'broken';
  return networkOf(address, numberOf(row, `${field}len`))?.network ?? 'broken';
}

function actionOf(row: JsonRecord): RoutingRule['action'] | null {
  // "nat 10.1.1.1", which no kernel translates any more: what is no known action ends the packet (fib4_rule_action).
  if (row['masquerade'] !== undefined || row['nat_gateway'] !== undefined) return { kind: 'blackhole' };
  const table = row['table'];
  if (typeof table === 'string' || typeof table === 'number') return { kind: 'table', table: String(table) };
  const priority = numberOf(row, 'goto');
  if (priority !== null) return { kind: 'goto', priority };
  if (row['nop'] !== undefined) return { kind: 'nop' };
  if (row['l3mdev'] !== undefined) return { kind: 'vrf' };
  const action = textOf(row, 'action');
  if (action === 'blackhole' || action === 'unreachable' || action === 'prohibit') return { kind: action };
  return null;
}
