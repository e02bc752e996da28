/** What has to hold for a rule to match, in words. */
import { percent } from './percent.ts';
import { canonicalName } from '../../rules/iptables/names.ts';
import type { Match, Option, Rule } from '../../rules/iptables/nodes.ts';
import { chanceOf, oneOf } from '../modes/iptables/chance.ts';
import { destinationPortOption, generalOption, matchNamed, matchOption, valueOf } from './ruleView.ts';
import { orList } from '../../text/orList.ts';
import { durationWords, hex, hostWords, markOf, yes, type Clause, type WordsContext } from './clauses.ts';

/** The clauses of a rule, its chance (`1 of 3`) aside. Comments and pure counters are no conditions. */
export function conditionsOf(rule: Rule, context: WordsContext): readonly Clause[] {
  const place = placeClauses(rule);
  const general = [clause(rule, '-s', 'from'), clause(rule, '-i', 'in by'), clause(rule, '-o', 'out by')];
  const others = rule.matches.flatMap((match) => matchClauses(match, context));
  const fragment = generalOption(rule, '-f');
  return [
    ...place,
    ...general.flatMap((each) => each ?? []),
    ...(fragment === null ? [] : [{ text: 'a further fragment', negated: fragment.negation !== null }]),
    ...(generalOption(rule, '-4') === null ? [] : [yes('IPv4')]),
    ...(generalOption(rule, '-6') === null ? [] : [yes('IPv6')]),
    ...others,
    ...rule.unknown.map((option) => yes(asWritten(option))),
  ];
}

function clause(rule: Rule, name: string, preposition: string): Clause | null {
  const option = generalOption(rule, name);
  const value = valueOf(option);
  if (option === null || value === null) return null;
  return { text: `${preposition} ${hostWords(value)}`, negated: option.negation !== null };
}

/** Address, port and protocol of the destination as one: `to 10.96.12.3:80/TCP`, `to port 80/TCP`, `TCP`. */
function placeClauses(rule: Rule): readonly Clause[] {
  const protocol = generalOption(rule, '-p');
  const address = generalOption(rule, '-d');
  const port = destinationPortOption(rule);
  const name = protocolWords(protocol);
  const clauses: Clause[] = [];
  const suffixed = name !== '' && port !== null && plain(protocol) && plain(port);
  const suffix = suffixed ? `/${name}` : '';
  const joined = address !== null && port !== null && plain(address) && plain(port);
  if (joined) {
    clauses.push(yes(`to ${joinPort(hostWords(valueOf(address) ?? ''), valueOf(port) ?? '')}${suffix}`));
  } else {
    if (address !== null) {
      clauses.push({ text: `to ${hostWords(valueOf(address) ?? '')}`, negated: address.negation !== null });
    }
    if (port !== null) {
      clauses.push({
        text: `to ${portWords(valueOf(port) ?? '')}${suffix}`,
        negated: port.negation !== null,
      });
    }
  }
  if (name !== '' && protocol !== null && !suffixed) {
    clauses.push({ text: name, negated: protocol.negation !== null });
  }
  return clauses;
}

function joinPort(address: string, port: string): string {
  const range = /^\d+$/u.test(port) ? port : `{${port}}`;
  return address.includes(':') ? `[${address}]:${range}` : `${address}:${range}`;
}

function portWords(port: string): string {
  return /^\d+$/u.test(port) ? `port ${port}` : `ports ${port.replace(':', '–')}`;
}

function protocolWords(option: Option | null): string {
  const name = valueOf(option) ?? '';
  if (name === '' || name === 'all' || name === '0') return '';
  if (/^\d+$/u.test(name)) return `protocol ${name}`;
  return name === 'ipv6-icmp' || name === 'icmpv6' ? 'ICMPv6' : name.toUpperCase();
}

function plain(option: Option | null): boolean {
  return option === null || option.negation === null;
}

type Reader = (option: Option, value: string, match: Match, context: WordsContext) => string | null;

type MatchReaders = ReadonlyMap<string, Reader>;

/** By match and option; an empty text is no condition, null says it as written. */
const readers: ReadonlyMap<string, MatchReaders> = mapped({
  comment: { '--comment': () => '' },
  nfacct: { '--nfacct-name': () => '' },
  statistic: {
    '--mode': () => '',
    '--probability': () => '',
    '--every': () => '',
    '--packet': () => '',
  },
  tcp: {
    '--sport': (_option, value) => `from ${portWords(value)}`,
    '--dport': () => '',
    '--tcp-flags': (option, value) => flagWords(value, option.values[1]?.text ?? ''),
    '--syn': () => 'that opens a connection (SYN)',
    '--tcp-option': (_option, value) => `with TCP option ${value}`,
  },
  udp: portReaders(),
  sctp: portReaders(),
  dccp: portReaders(),
  udplite: portReaders(),
  multiport: {
    '--sports': (_option, value) => `from ${portWords(value)}`,
    '--dports': () => '',
    '--ports': (_option, value) => `from or to ${portWords(value)}`,
  },
  icmp: { '--icmp-type': (_option, value) => (value === 'any' || value === '255' ? '' : `ICMP ${value}`) },
  icmp6: { '--icmpv6-type': (_option, value) => `ICMPv6 ${value}` },
  conntrack: {
    '--ctstate': (_option, value) => `in state ${orList(value.split(','))}`,
    '--ctstatus': (_option, value) => `with conntrack status ${orList(value.split(','))}`,
    '--ctdir': (_option, value) => `in ${value.toLowerCase()} direction`,
    '--ctproto': (_option, value) => `of a connection of protocol ${value}`,
    '--ctorigsrc': (_option, value) => `of a connection from ${hostWords(value)}`,
    '--ctorigdst': (_option, value) => `of a connection first sent to ${hostWords(value)}`,
    '--ctorigdstport': (_option, value) => `of a connection first sent to ${portWords(value)}`,
  },
  state: { '--state': (_option, value) => `in state ${orList(value.split(','))}` },
  mark: { '--mark': (_option, value, _match, context) => markWords(value, 'marked', context) },
  connmark: {
    '--mark': (_option, value, _match, context) => markWords(value, 'of a connection marked', context),
  },
  addrtype: {
    '--src-type': (_option, value) => typeWords('from', value),
    '--dst-type': (_option, value) => typeWords('to', value),
  },
  recent: {
    '--rcheck': (_option, _value, match) => recentWords(match),
    '--update': (_option, _value, match) => recentWords(match),
    '--set': (option) => (option.negation === null ? '' : null),
    '--remove': (_option, _value, match) => `${recentWords(match)}, and takes it off`,
    '--seconds': () => '',
    '--hitcount': () => '',
    '--reap': () => '',
    '--name': () => '',
    '--mask': () => '',
    '--rsource': () => '',
    '--rdest': () => '',
  },
  limit: {
    '--limit': (_option, value, match) =>
      `at most ${value} (burst ${valueOf(matchOption(match, '--limit-burst')) ?? '5'})`,
    '--limit-burst': () => '',
  },
  set: {
    '--match-set': (option, value) => `in ipset ${value} (${option.values[1]?.text ?? ''})`,
  },
  physdev: {
    '--physdev-in': (_option, value) => `in by bridge port ${value}`,
    '--physdev-out': (_option, value) => `out by bridge port ${value}`,
    '--physdev-is-in': () => 'in by a bridge port',
    '--physdev-is-out': () => 'out by a bridge port',
    '--physdev-is-bridged': () => 'bridged, not routed',
  },
  owner: {
    '--uid-owner': (_option, value) => `by user ${value}`,
    '--gid-owner': (_option, value) => `by group ${value}`,
  },
  iprange: {
    '--src-range': (_option, value) => `from ${value.replace('-', '–')}`,
    '--dst-range': (_option, value) => `to ${value.replace('-', '–')}`,
  },
  mac: { '--mac-source': (_option, value) => `from MAC ${value}` },
  pkttype: { '--pkt-type': (_option, value) => `sent as ${value}` },
  length: { '--length': (_option, value) => `${value.replace(':', '–')} bytes long` },
  ttl: {
    '--ttl-eq': (_option, value) => `with TTL ${value}`,
    '--ttl-lt': (_option, value) => `with TTL below ${value}`,
    '--ttl-gt': (_option, value) => `with TTL above ${value}`,
  },
  dscp: {
    '--dscp': (_option, value) => `with DSCP ${value}`,
    '--dscp-class': (_option, value) => `with DSCP class ${value}`,
  },
  tos: { '--tos': (_option, value) => `with TOS ${value}` },
  tcpmss: { '--mss': (_option, value) => `with segment size ${value.replace(':', '–')}` },
  rpfilter: {
    '--invert': () => 'whose source is not routed back the way it came',
    '--loose': () => '',
    '--validmark': () => '',
    '--accept-local': () => '',
  },
});

/** Maps, not objects: the names that are asked for are a stranger's, and may be `constructor`. */
function mapped(
  byMatch: Readonly<Record<string, Readonly<Record<string, Reader>>>>,
): ReadonlyMap<string, MatchReaders> {
  return new Map(
    Object.entries(byMatch).map(([match, options]) => [match, new Map(Object.entries(options))]),
  );
}

function portReaders(): Readonly<Record<string, Reader>> {
  return { '--sport': (_option, value) => `from ${portWords(value)}`, '--dport': () => '' };
}

function matchClauses(match: Match, context: WordsContext): readonly Clause[] {
  const known = readers.get(canonicalName(match));
  if (known === undefined) {
    const words = match.options.map((option) => asWritten(option));
    return [yes(['-m', canonicalName(match), ...words].join(' '))];
  }
  return match.options.flatMap((option) => {
    const read = known.get(canonicalName(option));
    const words = read?.(option, valueOf(option) ?? '', match, context) ?? null;
    if (words === '') return [];
    if (words === null) return [yes(`-m ${canonicalName(match)} ${asWritten(option)}`)];
    return [{ text: words, negated: option.negation !== null }];
  });
}

/** An option nobody has words for, as iptables-save prints it. */
function asWritten(option: Option): string {
  const values = option.values.map((value) =>
    /^[^\s"]+$/u.test(value.text) ? value.text : JSON.stringify(value.text),
  );
  return [...(option.negation === null ? [] : ['!']), canonicalName(option), ...values].join(' ');
}

function flagWords(mask: string, set: string): string {
  return set === 'NONE' ? `with none of the flags ${mask}` : `with ${set} of the flags ${mask}`;
}

function markWords(value: string, verb: string, context: WordsContext): string {
  const mark = markOf(value);
  if (mark === null) return `${verb} ${value}`;
  const bit = context.masqueradeMark;
  if (mark.value === bit && mark.mask === bit && verb === 'marked') return 'marked to be masqueraded';
  if (mark.value === 0 && mark.mask === bit && verb === 'marked') return 'not marked to be masqueraded';
  return mark.value === mark.mask || mark.mask === 0xffffffff
    ? `${verb} ${hex(mark.value)}`
    : `${verb} ${hex(mark.value)} in the bits ${hex(mark.mask)}`;
}

function typeWords(preposition: string, types: string): string {
  if (types === 'LOCAL') return `${preposition} an address of this node`;
  return `${preposition} ${orList(types.split(',').map((type) => type.toLowerCase()))} addresses`;
}

function recentWords(match: Match): string {
  const seconds = Number(valueOf(matchOption(match, '--seconds')) ?? Number.NaN);
  const name = valueOf(matchOption(match, '--name')) ?? 'DEFAULT';
  const within = Number.isInteger(seconds) ? ` in the last ${durationWords(seconds)}` : '';
  const hits = valueOf(matchOption(match, '--hitcount'));
  const times = hits === null ? '' : `seen ${hits} times or more `;
  return name.startsWith('KUBE-SEP-')
    ? `of a client that was sent there${within}`
    : `of a client ${times}in list ${name}${within}`;
}

/** `1 of 3`, `33.4 %`; null without a random match. `nth` reads `every 3rd`-like: `1 of every 3`. */
export function chanceWords(rule: Rule): string | null {
  const chance = chanceOf(rule);
  if (chance === null || matchNamed(rule, 'statistic') === null) return null;
  const count = oneOf(chance);
  return count === null ? percent(chance) : `1 of ${count}`;
}
