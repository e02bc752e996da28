/** The elements of a named set, so many on a line as nft writes (src/expression.c, `calculate_delim`). */
import { typeOf } from '../catalogue/typeOf.ts';
import type { SetDefinition } from '../nodes.ts';
import { printElement } from './expressions.ts';

const FIVE: ReadonlySet<string> = new Set(
  'nf_proto integer arp_op inet_proto inet_service tcp_flag dccp_pkttype mark iface_index classid uid gid ct_dir'.split(
    ' ',
  ),
);
const TWO: ReadonlySet<string> = new Set('ipv4_addr ct_state ct_status pkt_type'.split(' '));

export function printElements({ type, elements }: SetDefinition): string {
  const each = elementsOfLine(type);
  const lines: string[] = [];
  for (let from = 0; from < elements.length; from += each) {
    lines.push(
      elements
        .slice(from, from + each)
        .map(printElement)
        .join(', '),
    );
  }
  return lines.join(',\n\t\t\t     ');
}

function elementsOfLine(type: SetDefinition['type']): number {
  const of = type?.of ?? null;
  const name = of === null ? null : of.kind === 'value' ? of.text : typeOf(of);
  if (name === null) return 1;
  if (TWO.has(name)) return 2;
  return FIVE.has(name) ? 5 : 1;
}
