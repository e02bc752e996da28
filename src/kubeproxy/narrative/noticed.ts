/**
 * What the sender notices when its packet does not get through. Linux clients are meant; the error names are libc's. Sources:
 * net/ipv4/icmp.c (icmp_err_convert), net/ipv6/icmp.c (tab_unreach), net/core/ (nf_hook_slow: a drop is EPERM to the sender).
 */
import type { Flow } from '../../kernel/flow.ts';
import type { Outcome } from '../../kernel/trace.ts';
import { clientWord } from './words.ts';

const refused = 'connection refused';

/** By `--reject-with` (every spelling that iptables-save prints): what connect or send fails with. */
const rejections: ReadonlyMap<string, string> = new Map([
  ['icmp-port-unreachable', refused],
  ['icmp-net-unreachable', 'network is unreachable'],
  ['icmp-host-unreachable', 'no route to host'],
  ['icmp-proto-unreachable', 'protocol not available'],
  ['icmp-net-prohibited', 'network is unreachable'],
  ['icmp-host-prohibited', 'no route to host'],
  ['icmp-admin-prohibited', 'no route to host'],
  ['tcp-reset', refused],
  ['icmp6-port-unreachable', refused],
  ['icmp6-no-route', 'network is unreachable'],
  ['icmp6-adm-prohibited', 'permission denied'],
  ['icmp6-addr-unreachable', 'no route to host'],
  ['icmp6-policy-fail', 'permission denied'],
  ['icmp6-reject-route', 'permission denied'],
]);

/** `the client sees "connection refused" at once`; empty where the packet gets through, or nothing can be said. */
export function noticeOf(outcome: Outcome, flow: Flow): string {
  if (outcome.verdict === 'reject') return rejectNotice(outcome, flow);
  if (outcome.verdict !== 'drop') return '';
  return outcome.by === 'kernel' ? kernelNotice(outcome.reason ?? '', flow) : dropNotice(outcome, flow);
}

function rejectNotice(outcome: Outcome, flow: Flow): string {
  const step = outcome.steps.findLast((each) => each.kind === 'rule' && each.effect.kind === 'reject');
  const answered = step?.kind !== 'rule' || step.effect.kind !== 'reject' || step.effect.answered;
  if (!answered) return `the kernel answers nothing to such a packet, and ${clientWord(flow)} waits`;
  const error = rejections.get(outcome.rejectWith ?? '');
  if (isSendRefused(outcome, flow)) return sendRefused(flow);
  if (error === undefined || (flow.state === 'established' && outcome.rejectWith !== 'tcp-reset')) return '';
  if (flow.protocol === 'icmp') return `${clientWord(flow)} is told "${outcome.rejectWith}" at once`;
  return `${clientWord(flow)} sees "${error}"${flow.protocol === 'tcp' ? ' at once' : ''}`;
}

/** A packet of this node that is stopped on its way out: sending itself fails, but for TCP, which tries again. */
function isSendRefused(outcome: Outcome, flow: Flow): boolean {
  const last = outcome.steps.findLast((step) => step.kind === 'hook');
  const onTheWayOut = last?.kind === 'hook' && ['OUTPUT', 'POSTROUTING'].includes(last.hook);
  return flow.from.kind === 'node' && onTheWayOut && flow.protocol !== 'tcp';
}

function sendRefused(flow: Flow): string {
  return `${clientWord(flow)} is told "operation not permitted" at once`;
}

/** Of what the kernel drops on its own, some is silent (net/ipv4/route.c, net/ipv6/ip6_output.c), some is answered. */
function kernelNotice(reason: string, flow: Flow): string {
  if (flow.from.kind === 'node') return '';
  if (/^martian |^reverse path filter|forwarding is off/.test(reason)) return silence(flow);
  return reason.endsWith(' ran out') ? `${clientWord(flow)} is told "time exceeded"` : '';
}

function dropNotice(outcome: Outcome, flow: Flow): string {
  if (isSendRefused(outcome, flow)) return sendRefused(flow);
  return silence(flow);
}

function silence(flow: Flow): string {
  const first = (flow.state ?? 'new') === 'new';
  if (flow.protocol === 'tcp' && first) return `${clientWord(flow)} hangs until it times out`;
  return `${clientWord(flow)} gets no answer`;
}
