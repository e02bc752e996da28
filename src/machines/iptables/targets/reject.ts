import { whyUnanswered } from '../../../kernel/passage/rejection.ts';
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
    act: (packet, run, { hook }) => {
      const silence = whyUnanswered(packet, run, answer, hook);
      const answered = silence === null;
      const verdict = answered ? 'reject' : 'drop';
      return {
        effect: { kind: 'reject', with: answer, answered },
        control: endBy(context, verdict, answered ? answer : null, silence),
      };
    },
  };
};
