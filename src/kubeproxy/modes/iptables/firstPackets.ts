/** Which first packets of connections a rule of others may take: read once of each rule, since every refusal is held against it. */
import { SYN_BIT } from '../../../kernel/conntrack/tcp.ts';
import type { Family } from '../../../kernel/flow.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Match, Rule } from '../../../rules/iptables/nodes.ts';
import { readConntrackStates } from '../../../rules/iptables/values/conntrack.ts';
import type { Network } from '../../../values/address.ts';
import { readNetwork } from '../../../values/networks.ts';
import type { NumberRange } from '../../../values/numbers.ts';
import { readPortList, readPortRange } from '../../../values/ports.ts';
import { readTcpFlags } from '../../../values/tcpFlags.ts';
import {
  destinationPortOption,
  generalOption,
  isNoCondition,
  matchNamed,
  matchOption,
  PORT_MATCHES,
  protocolOf,
  valueOf,
} from '../../words/ruleView.ts';

/** What a rule asks of the first packet of a connection; `negated`: it must not be so. */
export interface FirstPackets {
  /** Whether it takes a first packet at all that comes by a link. */
  readonly any: boolean;
  /** Null for all of them. */
  readonly protocol: string | null;
  /** Null where it asks for none, or for none that can be read. */
  readonly to: { readonly network: Network; readonly negated: boolean } | null;
  readonly ports: { readonly ranges: readonly NumberRange[]; readonly negated: boolean } | null;
  /** Whether it asks nothing beside what is told here: then it takes every such packet. */
  readonly all: boolean;
}

/** Of a rule in a dump of `family`. */
export function firstPacketsOf(rule: Rule, family: Family): FirstPackets {
  const protocol = protocolOf(rule);
  const [to, ports] = [destinationOf(rule, family), portsOf(rule)];
  return {
    any: mayBeFirst(rule) && mayOpen(rule) && mayComeIn(rule),
    protocol: protocol === 'all' ? null : protocol,
    to,
    ports,
    all:
      rule.unknown.length === 0 &&
      isToldBy(rule, to) &&
      rule.matches.every((match) => isTold(match, rule, ports)),
  };
}

/** `-p tcp`, `-d 10.96.0.0/12`: of the options without a match no others. */
function isToldBy(rule: Rule, to: FirstPackets['to']): boolean {
  return rule.general.every((option) => {
    if (isNoCondition(option)) return true;
    const name = canonicalName(option);
    return (name === '-p' && option.negation === null) || (name === '-d' && to !== null);
  });
}

/** A comment, or the match of those destination ports and of nothing else. */
function isTold(match: Match, rule: Rule, ports: FirstPackets['ports']): boolean {
  const name = canonicalName(match);
  if (name === 'comment') return true;
  if (!PORT_MATCHES.has(name)) return false;
  const told = ports === null ? null : destinationPortOption(rule);
  return match.options.every((option) => option === told);
}

function destinationOf(rule: Rule, family: Family): FirstPackets['to'] {
  const option = generalOption(rule, '-d');
  if (option === null) return null;
  const network = readNetwork(valueOf(option) ?? '', family);
  return network.kind === 'fault' ? null : { network: network.value, negated: option.negation !== null };
}

function portsOf(rule: Rule): FirstPackets['ports'] {
  const option = destinationPortOption(rule);
  if (option === null) return null;
  const text = valueOf(option) ?? '';
  const list = readPortList(text);
  const range = list.kind === 'fault' ? readPortRange(text) : null;
  const ranges = list.kind === 'value' ? list.value : range?.kind === 'value' ? [range.value] : null;
  return ranges === null ? null : { ranges, negated: option.negation !== null };
}

/** What no rule of nat has translated, and conntrack has not seen before. */
function mayBeFirst(rule: Rule): boolean {
  const tracked = matchNamed(rule, 'conntrack');
  const status = matchOption(tracked, '--ctstatus');
  if (status !== null && status.negation === null) return false;
  const direction = matchOption(tracked, '--ctdir');
  if (direction !== null && valueOf(direction)?.toUpperCase() === 'REPLY') return false;
  return [matchOption(tracked, '--ctstate'), matchOption(matchNamed(rule, 'state'), '--state')].every(
    (option) => {
      const states = option === null ? null : readConntrackStates(valueOf(option) ?? '');
      return states?.kind !== 'value' || states.value.includes('NEW') === (option?.negation === null);
    },
  );
}

/** Of TCP a SYN alone, of the flags that rules can name. */
function mayOpen(rule: Rule): boolean {
  const tcp = matchNamed(rule, 'tcp');
  if (matchOption(tcp, '--syn')?.negation != null) return false;
  const option = matchOption(tcp, '--tcp-flags');
  const mask = readTcpFlags(valueOf(option) ?? '');
  const wanted = readTcpFlags(option?.values[1]?.text ?? '');
  if (option === null || mask.kind === 'fault' || wanted.kind === 'fault') return true;
  return ((SYN_BIT & mask.value) === wanted.value) === (option.negation === null);
}

/** What comes by `lo` has been refused in OUTPUT. */
function mayComeIn(rule: Rule): boolean {
  const option = generalOption(rule, '-i');
  return option === null || option.negation !== null || valueOf(option) !== 'lo';
}
