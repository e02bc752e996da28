/**
 * The text of `route -n` or `netstat -rn` (net-tools, busybox) as rows of `ip -j route`, for IPv4. It lists the table main
 * alone, of a route one next hop and no preferred source: rows of unicast routes are `partial`.
 */
import type { JsonRecord } from '../../../text/json.ts';
import { maskLength } from './ifconfigText.ts';

const HEADER = /^Destination\s+Gateway\s+Genmask\s+Flags\s/;
/** `0.0.0.0         192.0.2.1       0.0.0.0         UG    100    0        0 eth0` → the columns */
const ROUTE = /^([\d.]+|default)\s+(\S+)\s+([\d.]+)\s+([!A-Z][A-Za-z!]*)\s+(-?\d+|-)\s+\S+\s+\S+\s+(\S+)\s*$/;

export function isOldRouteHeader(line: string): boolean {
  return HEADER.test(line);
}

/** `Destination                    Next Hop                   Flag Met Ref  Use If` of `route -6`, `netstat -6 -rn` */
const IPV6_HEADER = /^Destination\s+Next Hop\s+Flags?\s+Met/;
/** `2001:db8::/64                  ::                         U    256 1      0 eth0`, `[::]/0 …` without -n */
const IPV6_ROUTE = /^\S+\/\d{1,3}\s+\S+\s+!?[A-Za-z!]+\s+-?\d+\s+\d+\s+\d+\s+\S+\s*$/;

export function isOldIPv6Header(line: string): boolean {
  return IPV6_HEADER.test(line) || line.startsWith('Kernel IPv6 routing table');
}

/** It lists the routes of all tables, and tells of none in which table it is: nothing can be made of it. */
export function isOldIPv6Route(line: string): boolean {
  return isOldIPv6Header(line) || IPV6_ROUTE.test(line);
}

export function isOldRouteLine(line: string): boolean {
  return ROUTE.test(line) || HEADER.test(line) || line.startsWith('Kernel IP routing table');
}

/** The rows; null where there is no such table. */
export function oldRouteRows(text: string): readonly JsonRecord[] | null {
  const rows: JsonRecord[] = [];
  let isTold = false;
  let hasMetric = true;
  for (const line of text.split('\n')) {
    if (HEADER.test(line)) {
      isTold = true;
      hasMetric = / Metric /.test(line);
    } else {
      const row = isTold ? rowOf(line, hasMetric) : null;
      if (row !== null) rows.push(row);
    }
  }
  return isTold ? rows : null;
}

function rowOf(line: string, hasMetric: boolean): JsonRecord | null {
  const [, destination, gateway = '', mask = '', flags = '', metric, name = ''] = ROUTE.exec(line) ?? [];
  const length = maskLength(mask);
  if (destination === undefined || length === null) return null;
  const network = destination === 'default' ? '0.0.0.0' : destination;
  const common = {
    dst: length === 0 ? 'default' : `${network}/${length}`,
    ...(hasMetric && metric !== undefined && Number(metric) > 0 ? { metric: Number(metric) } : {}),
    flags: [],
  };
  // RTF_REJECT is of "unreachable" and "prohibit" alone (net/ipv4/fib_trie.c: fib_flag_trans).
  if (flags.includes('!')) return { ...common, type: 'unreachable' };
  if (name === '*' || name === '-') return { ...common, type: 'blackhole' };
  return {
    ...common,
    dev: name,
    ...(flags.includes('G') ? { gateway } : { scope: 'link' }),
    partial: true,
  };
}
