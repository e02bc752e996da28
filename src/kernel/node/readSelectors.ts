/** The selectors of a policy rule, as `ip -j rule` prints them (iproute2: ip/iprule.c), up to iproute2 6.15. */
import { lookup } from '../../text/lookup.ts';
import type { JsonRecord } from '../../text/json.ts';
import { readProtocol } from '../../values/names.ts';
import { readDscpClass } from '../../values/tos.ts';
import { numberOf, textOf } from './json.ts';
import type { RuleSelector } from './node.ts';

/** What the reader of rules understands, what is read here, and what says nothing of whether a rule matches. */
const KNOWN = new Set(
  [
    'priority not src srclen dst dstlen fwmark fwmask iif oif tos table action goto nop suppress_prefixlength',
    'suppress_prefixlen suppress_ifgroup protocol iif_detached oif_detached unresolved flow_from flow_to',
    'masquerade nat_gateway ipproto uid_start uid_end dscp dscp_mask tun_id l3mdev',
    'sport sport_start sport_end sport_mask dport dport_start dport_end dport_mask',
  ].flatMap((line) => line.split(' ')),
);

/** What is not understood becomes a selector of which nobody knows whether it holds. */
export function readSelectors(row: JsonRecord): readonly RuleSelector[] {
  return [
    ...protocolOf(row),
    ...portsOf(row, 'source', 'sport'),
    ...portsOf(row, 'destination', 'dport'),
    ...usersOf(row),
    ...dscpOf(row),
    ...tunnelOf(row),
    ...(row['l3mdev'] === undefined ? [] : [{ kind: 'vrf' as const }]),
    ...Object.keys(row)
      .filter((field) => !KNOWN.has(field))
      .map((name): RuleSelector => ({ kind: 'other', name })),
  ];
}

/** `"tcp"`, `"ipv6-icmp"`, or, of a number without a name, `"ipproto-143"`. */
function protocolOf(row: JsonRecord): readonly RuleSelector[] {
  if (row['ipproto'] === undefined) return [];
  const text = textOf(row, 'ipproto')?.replace(/^ipproto-/, '') ?? '';
  const protocol = readProtocol(text);
  return protocol.kind === 'value'
    ? [{ kind: 'protocol', protocol: protocol.value }]
    : [{ kind: 'other', name: 'ipproto' }];
}

/** `"dport":80` (or `"dport_start":80,"dport_end":90`), since iproute2 6.15 with `"dport_mask":"0xffff"`. */
function portsOf(
  row: JsonRecord,
  end: 'source' | 'destination',
  field: 'sport' | 'dport',
): readonly RuleSelector[] {
  const isThere = row[field] !== undefined || row[`${field}_start`] !== undefined;
  if (!isThere) return [];
  const from = numberOf(row, field) ?? numberOf(row, `${field}_start`);
  const to = numberOf(row, field) ?? numberOf(row, `${field}_end`);
  if (from === null || to === null) return [{ kind: 'other', name: field }];
  return [{ kind: 'port', end, from, to, mask: numberOf(row, `${field}_mask`) ?? 0 }];
}

function usersOf(row: JsonRecord): readonly RuleSelector[] {
  if (row['uid_start'] === undefined && row['uid_end'] === undefined) return [];
  const [from, to] = [numberOf(row, 'uid_start'), numberOf(row, 'uid_end')];
  if (from === null || to === null) return [{ kind: 'other', name: 'uidrange' }];
  return [{ kind: 'user', from, to }];
}

/** `"dscp":"AF11"` or `"dscp":"10"`, since iproute2 6.15 with `"dscp_mask":"0x3f"`. */
function dscpOf(row: JsonRecord): readonly RuleSelector[] {
  if (row['dscp'] === undefined) return [];
  const named = readDscpClass(textOf(row, 'dscp') ?? '');
  const value = numberOf(row, 'dscp') ?? (named.kind === 'value' ? named.value : null);
  if (value === null) return [{ kind: 'other', name: 'dscp' }];
  return [{ kind: 'dscp', value, mask: numberOf(row, 'dscp_mask') ?? 0x3f }];
}

function tunnelOf(row: JsonRecord): readonly RuleSelector[] {
  if (row['tun_id'] === undefined) return [];
  const id = numberOf(row, 'tun_id');
  return [id === null ? { kind: 'other', name: 'tun_id' } : { kind: 'tunnel', id }];
}

/** Of /etc/iproute2/rt_dsfield, before 2018. */
const OLD_NAMES: Readonly<Record<string, number>> = lookup({ lowdelay: 16, throughput: 8, reliability: 4 });

/** `"0x10"`, or a name of /etc/iproute2/rt_dsfield: `AF11`, `CS1`. 0 where there is none. */
export function tosOf(row: JsonRecord): number {
  const text = textOf(row, 'tos') ?? '';
  const named = readDscpClass(text);
  return numberOf(row, 'tos') ?? OLD_NAMES[text] ?? (named.kind === 'value' ? named.value << 2 : 0);
}
