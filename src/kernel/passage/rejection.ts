/** Whether a packet that a rule rejects is answered: nf_reject_ipv4.c and its IPv6 twin. */
import type { Address } from '../../values/address.ts';
import { RST_BIT } from '../conntrack/tcp.ts';
import type { Family } from '../flow.ts';
import { addressType } from '../node/routing.ts';
import { isIPv6Multicast } from '../node/sourceAddressIPv6.ts';
import {
  addressOf,
  DCCP,
  hasTrackedPorts,
  isIcmp,
  isIcmpError,
  type Packet,
  TCP,
  UDPLITE,
} from '../packet.ts';
import type { Run } from '../run.ts';
import type { HookName } from '../trace.ts';
import { type KernelAnswer, whyUnanswerable } from './answerWay.ts';

/**
 * Null where the packet is answered with `answer` (`tcp-reset`, `icmp-port-unreachable`, `icmp6-no-route` …); else why not, in
 * plain text. `hook`: where the rule stands.
 */
export function whyUnanswered(packet: Packet, run: Run, answer: string, hook: HookName): string | null {
  const why = whyNeverAnswered(packet, run, answer === 'tcp-reset', hook);
  if (why !== null) return `REJECT does not answer ${why}`;
  const refused = whyUnanswerable(run, packet, answerNamed(answer), hook);
  return refused === null ? null : `REJECT’s answer cannot be sent: ${refused}`;
}

/** What `--reject-with` calls so; a reset where it is no ICMP error. */
export function answerNamed(name: string): KernelAnswer {
  return ANSWERS.get(name) ?? 'reset';
}

/** The errors by their names: type and code. */
const ANSWERS: ReadonlyMap<string, KernelAnswer> = new Map([
  ['icmp-net-unreachable', { type: 3, code: 0 }],
  ['icmp-host-unreachable', { type: 3, code: 1 }],
  ['icmp-proto-unreachable', { type: 3, code: 2 }],
  ['icmp-port-unreachable', { type: 3, code: 3 }],
  ['icmp-net-prohibited', { type: 3, code: 9 }],
  ['icmp-host-prohibited', { type: 3, code: 10 }],
  ['icmp-admin-prohibited', { type: 3, code: 13 }],
  ['icmp6-no-route', { type: 1, code: 0 }],
  ['icmp6-adm-prohibited', { type: 1, code: 1 }],
  ['icmp6-addr-unreachable', { type: 1, code: 3 }],
  ['icmp6-port-unreachable', { type: 1, code: 4 }],
  ['icmp6-policy-fail', { type: 1, code: 5 }],
  ['icmp6-reject-route', { type: 1, code: 6 }],
]);

/** What the packet is that nothing is answered to, in IPv6 also what comes from `::`; null where it is answered. */
function whyNeverAnswered(packet: Packet, run: Run, withReset: boolean, hook: HookName): string | null {
  // Before the packet is routed IPv4 does not know yet that it is for many; but the route back to its source is looked up there.
  if (hook === 'PREROUTING' && isOfMany(run, addressOf(packet, 'source'))) return 'a packet from many';
  if (hook !== 'PREROUTING' || packet.family === 6) {
    if (isToMany(packet, run)) return 'a packet to many';
    if (isFromNobody(packet)) return 'a packet without a source';
  }
  if (packet.isDamaged && !PARTLY_SUMMED.has(packet.protocol)) return 'a packet with a wrong checksum';
  if (withReset) {
    if (packet.protocol !== TCP) return 'a packet other than of TCP with a reset';
    return (packet.tcpFlags & RST_BIT) === 0 ? null : 'a reset';
  }
  if (isIcmp(packet)) {
    return isQuery(packet.family, packet.icmpType ?? 0) ? null : 'an ICMP packet that asks nothing';
  }
  return isKnownSum(packet.protocol) ? null : 'a packet of this protocol, which it takes for damaged';
}

/** ICMP that may be answered by an error: more types than report one are not (net/ipv4/icmp.c: `icmp_pointers`, icmp_send). */
function isQuery(family: Family, type: number): boolean {
  return family === 6 ? !isIcmpError(family, type) : QUERIES.has(type);
}

/** Echo, timestamp, information and address mask, and their replies. */
const QUERIES: ReadonlySet<number> = new Set([0, 8, 13, 14, 15, 16, 17, 18]);

/**
 * Before it answers, the kernel checks a sum over all of the packet, but for the protocols that are known to have none
 * (nf_reject_verify_csum). Of any other protocol that sum is wrong.
 */
function isKnownSum(protocol: number): boolean {
  return hasTrackedPorts(protocol) || [GRE, ESP, AH].includes(protocol);
}

/** Of what may have a sum over a part of the packet none is checked. */
const PARTLY_SUMMED: ReadonlySet<number> = new Set([UDPLITE, DCCP]);

const GRE = 47;
const ESP = 50;
const AH = 51;

function isFromNobody(packet: Packet): boolean {
  return packet.family === 6 && packet.source === 0n && !packet.sourceUnknown;
}

function isToMany(packet: Packet, run: Run): boolean {
  const destination = addressOf(packet, 'destination');
  return packet.family === 6 ? isIPv6Multicast(destination) : isOfMany(run, destination);
}

function isOfMany(run: Run, address: Address): boolean {
  const type = addressType(run.node, address);
  return type === 'BROADCAST' || type === 'MULTICAST';
}
