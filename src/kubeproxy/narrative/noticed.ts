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

/** Those of a UDP socket's errors that it does not tell (`fatal` is 0 in icmp_err_convert and tab_unreach). */
const soft: ReadonlySet<string> = new Set([
  'icmp-net-unreachable',
  'icmp-host-unreachable',
  'icmp6-no-route',
  'icmp6-addr-unreachable',
]);

/** By the errno that routing gives a process of this node (net/ipv4/route.c): in libc's words. */
const errors: ReadonlyMap<string, string> = new Map([
  ['EINVAL', 'invalid argument'],
  ['ENETUNREACH', 'network is unreachable'],
  ['EHOSTUNREACH', 'no route to host'],
  ['EACCES', 'permission denied'],
]);

/** `the client sees "connection refused" at once`; empty where the packet gets through, or nothing can be said. */
export function noticeOf(outcome: Outcome, flow: Flow): string {
  if (outcome.verdict === 'reject') return rejectNotice(outcome, flow);
  if (outcome.verdict !== 'drop') return '';
  return outcome.by === 'kernel' ? kernelNotice(outcome, flow) : dropNotice(outcome, flow);
}

/** What a closed port is to a client. */
export function refusal(flow: Flow): string {
  return seen(refused, flow);
}

function seen(error: string, flow: Flow): string {
  return `${clientWord(flow)} sees "${error}"${flow.protocol === 'tcp' ? ' at once' : ''}`;
}

function rejectNotice(outcome: Outcome, flow: Flow): string {
  const step = outcome.steps.findLast((each) => each.kind === 'rule' && each.effect.kind === 'reject');
  const answered = step?.kind !== 'rule' || step.effect.kind !== 'reject' || step.effect.answered;
  const rejectWith = outcome.rejectWith ?? '';
  const error = rejections.get(rejectWith);
  if (!answered) return `the kernel answers nothing to such a packet, and ${clientWord(flow)} waits`;
  if (isSendRefused(outcome, flow)) return sendRefused(flow);
  if (error === undefined || !awaitsAnswer(flow)) return '';
  if (flow.state === 'established') return rejectWith === 'tcp-reset' ? seen(refused, flow) : '';
  if (flow.protocol === 'icmp') return `${clientWord(flow)} is told "${rejectWith}" at once`;
  if (flow.protocol === 'tcp') return seen(error, flow);
  // SCTP keeps every such error as a soft one (net/sctp/input.c, sctp_v4_err).
  return flow.protocol === 'udp' && !soft.has(rejectWith) ? seen(error, flow) : silence(flow);
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
function kernelNotice(outcome: Outcome, flow: Flow): string {
  const reason = outcome.reason ?? '';
  const errno = errors.get(/^(E[A-Z]+): /.exec(reason)?.[1] ?? '');
  if (errno !== undefined) return sendFailed(errno, outcome, flow);
  const unreachable =
    flow.from.kind === 'node' ? undefined : refusals.find(([pattern]) => pattern.test(reason));
  if (unreachable === undefined || !awaitsAnswer(flow)) return silence(flow);
  const [, answer, byFamily] = unreachable;
  const { words, fatal } = byFamily[flow.family];
  if (flow.protocol === 'icmp') return `${clientWord(flow)} is told "${answer}"`;
  return flow.protocol === 'tcp' || (flow.protocol === 'udp' && fatal) ? seen(words, flow) : silence(flow);
}

interface Told {
  readonly words: string;
  /** Whether a UDP socket tells it, too. */
  readonly fatal: boolean;
}

const noHost: Told = { words: 'no route to host', fatal: false };
const noNet: Told = { words: 'network is unreachable', fatal: false };

/** Packets that the node does not forward, and tells so by ICMP: ip_error, ip6_pkt_discard, ip_forward. */
const refusals: readonly (readonly [
  reason: RegExp,
  icmp: string,
  told: Readonly<Record<Flow['family'], Told>>,
])[] = [
  [/ ran out$/, 'time exceeded', { 4: noHost, 6: noHost }],
  [/^no route to \S+$/, 'network unreachable', { 4: noNet, 6: noNet }],
  [/(?:type|says) unreachable to \S+$/, 'unreachable', { 4: noHost, 6: noNet }],
  [
    /(?:type|says) prohibit to \S+$/,
    'prohibited',
    { 4: { words: 'no route to host', fatal: true }, 6: { words: 'permission denied', fatal: true } },
  ],
];

/**
 * A process hears at once that there is no way to where it sends (connect asks routing). Where a rule chose another
 * destination, TCP only finds out when it sends, and tries again.
 */
function sendFailed(error: string, { steps }: Outcome, flow: Flow): string {
  const isFirst = steps.every(({ kind }) => kind !== 'hook');
  if (flow.protocol === 'tcp' && !isFirst) return silence(flow);
  return `${clientWord(flow)} is told "${error}" at once`;
}

function dropNotice(outcome: Outcome, flow: Flow): string {
  if (isSendRefused(outcome, flow)) return sendRefused(flow);
  return silence(flow);
}

/** What somebody notices who waits for an answer in vain; empty where nobody waits for one. */
export function silence(flow: Flow): string {
  if (!awaitsAnswer(flow)) return '';
  const first = (flow.state ?? 'new') === 'new';
  if (flow.protocol === 'tcp' && first) return `${clientWord(flow)} hangs until it times out`;
  return `${clientWord(flow)} gets no answer`;
}

/** Nobody waits for the answer to a reset, a lone ACK, an ICMP error or reply. */
function awaitsAnswer({ protocol, packet, family }: Flow): boolean {
  const flags = packet?.tcpFlags;
  if (protocol === 'tcp' && flags !== undefined) {
    return flags.includes('SYN') && !flags.some((flag) => flag === 'ACK' || flag === 'RST' || flag === 'FIN');
  }
  const type = packet?.icmpType;
  if (protocol !== 'icmp' || type === undefined) return true;
  return family === 4 ? type === 8 || type === 13 : type === 128;
}
