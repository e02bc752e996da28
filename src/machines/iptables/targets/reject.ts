import { isIPv6Multicast } from '../../../kernel/node/sourceAddressIPv6.ts';
import { addressType } from '../../../kernel/node/routing.ts';
import { type KernelAnswer, whyUnanswerable } from '../../../kernel/passage/answerWay.ts';
import { addressOf, hasPorts, isIcmp, isIcmpError, type Packet, TCP } from '../../../kernel/packet.ts';
import { RST_BIT } from '../../../kernel/conntrack/tcp.ts';
import type { Family } from '../../../kernel/flow.ts';
import type { Run } from '../../../kernel/run.ts';
import { endBy, type TargetCompiler, targetValue } from './target.ts';

/** Short names that iptables takes, as iptables-save prints them: libipt_REJECT.c, libip6t_REJECT.c. */
const canonical: ReadonlyMap<string, string> = new Map([
  ['net-unreach', 'icmp-net-unreachable'],
  ['host-unreach', 'icmp-host-unreachable'],
  ['proto-unreach', 'icmp-proto-unreachable'],
  ['port-unreach', 'icmp-port-unreachable'],
  ['net-prohib', 'icmp-net-prohibited'],
  ['host-prohib', 'icmp-host-prohibited'],
  ['admin-prohib', 'icmp-admin-prohibited'],
  ['tcp-rst', 'tcp-reset'],
]);

const canonicalIPv6: ReadonlyMap<string, string> = new Map([
  ['no-route', 'icmp6-no-route'],
  ['adm-prohibited', 'icmp6-adm-prohibited'],
  ['addr-unreach', 'icmp6-addr-unreachable'],
  ['port-unreach', 'icmp6-port-unreachable'],
  ['policy-fail', 'icmp6-policy-fail'],
  ['reject-route', 'icmp6-reject-route'],
  ['tcp-rst', 'tcp-reset'],
]);

/** `-j REJECT --reject-with icmp-port-unreachable`: ipt_REJECT.c, nf_reject_ipv4.c and their IPv6 twins. */
export const reject: TargetCompiler = (target, context) => {
  const isIPv4 = context.family === 4;
  const given =
    targetValue(target, '--reject-with') ?? (isIPv4 ? 'icmp-port-unreachable' : 'icmp6-port-unreachable');
  const answer = (isIPv4 ? canonical : canonicalIPv6).get(given) ?? given;
  return {
    act: (packet, run) => {
      const isDeserved = isAnswered(packet, run, answer === 'tcp-reset');
      const refused = isDeserved ? whyUnanswerable(run, packet, ANSWERS.get(answer) ?? 'reset') : null;
      const answered = isDeserved && refused === null;
      const verdict = answered ? 'reject' : 'drop';
      return {
        effect: { kind: 'reject', with: answer, answered },
        control: endBy(context, verdict, answered ? answer : null, answered ? null : whyNone(refused)),
      };
    },
  };
};

function whyNone(refused: string | null): string {
  return refused === null
    ? 'REJECT sends no answer to such a packet'
    : `REJECT’s answer cannot be sent: ${refused}`;
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

/** Broadcasts, multicasts, ICMP errors and resets are never answered, nor, in IPv6, what comes from `::`. */
function isAnswered(packet: Packet, run: Run, withReset: boolean): boolean {
  if (!isToOne(packet, run)) return false;
  if (withReset) return packet.protocol === TCP && (packet.tcpFlags & RST_BIT) === 0;
  if (isIcmp(packet)) return isQuery(packet.family, packet.icmpType ?? 0);
  return isKnownSum(packet.protocol);
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
  return hasPorts(protocol) || [GRE, ESP, AH].includes(protocol);
}

const GRE = 47;
const ESP = 50;
const AH = 51;

function isToOne(packet: Packet, run: Run): boolean {
  const destination = addressOf(packet, 'destination');
  if (packet.family === 6) {
    return !isIPv6Multicast(destination) && (packet.source !== 0n || packet.sourceUnknown);
  }
  const type = addressType(run.node, destination);
  return type !== 'BROADCAST' && type !== 'MULTICAST';
}
