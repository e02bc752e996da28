/**
 * What the sender notices when its packet does not get through. Linux clients are meant; the error names are libc's. Sources:
 * net/ipv4/icmp.c (icmp_err_convert), net/ipv6/icmp.c (tab_unreach), net/core/ (nf_hook_slow: a drop is EPERM to the sender).
 */
import type { Flow } from '../../kernel/flow.ts';
import { errorAbout } from '../../kernel/passage/kernelErrors.ts';
import type { Reply } from '../../kernel/replies.ts';
import type { Outcome } from '../../kernel/trace.ts';
import { refusalEnd } from '../answer/replies.ts';
import { stoppedClause } from './causes.ts';
import type { Context } from './context.ts';
import { clientWord, isProxied } from './words.ts';

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
export function noticeOf(outcome: Outcome, context: Context): string {
  const { flow } = context;
  if (outcome.verdict === 'reject') return rejectNotice(outcome, context);
  if (outcome.verdict !== 'drop' || isProxied(outcome)) return '';
  return outcome.by === 'kernel' ? kernelNotice(outcome, context) : dropNotice(outcome, flow);
}

/**
 * `notice`, which an answer of the node's own brings, as far as that gets to the sender: `the refusal is dropped by rule 1 of
 * OUTPUT, and the client hangs until it times out`. Empty where nothing tells whether it does.
 */
export function unlessLost(notice: string, outcome: Outcome, context: Context): string {
  if (notice === '' || notice === silence(context.flow)) return notice;
  const fate = refusalFate(outcome, context);
  if (fate.kind === 'lost') return lostNotice(fate.how, context.flow);
  return fate.kind === 'arrives' ? notice : '';
}

/**
 * Of a packet that this node delivers to itself: what the sender notices if nothing listens, where the refusal surely does not get
 * back: `the refusal is dropped by rule 1 of OUTPUT, and the client hangs until it times out`; else empty.
 */
export function lostRefusal(outcome: Outcome, context: Context): string {
  const fate = refusalFate(outcome, context);
  return fate.kind === 'lost' ? lostNotice(fate.how, context.flow) : '';
}

function lostNotice(how: string, flow: Flow): string {
  const waits = silence(flow);
  return waits === '' ? '' : `the refusal ${how}, and ${waits}`;
}

/** `how`: `is dropped by rule 1 of OUTPUT`. `open`: nothing tells. */
type RefusalFate = { readonly kind: 'arrives' | 'open' } | { readonly kind: 'lost'; readonly how: string };

function refusalFate(outcome: Outcome, context: Context): RefusalFate {
  const refusals = context.refusalsOf(outcome);
  const ends = new Set(refusals.map((each) => refusalEnd(each, context.flow)));
  const [lost] = refusals;
  if (ends.size > 1 || ends.has('open')) return { kind: 'open' };
  return lost === undefined || !ends.has('lost')
    ? { kind: 'arrives' }
    : { kind: 'lost', how: lostWords(lost, context) };
}

function lostWords({ way, outcome }: Reply, context: Context): string {
  if (way.kind === 'unsent') return `cannot be sent: ${way.why}`;
  const isStopped = outcome?.verdict === 'drop' || outcome?.verdict === 'reject';
  return isStopped && outcome
    ? `is ${stoppedClause(outcome, context)}`
    : `does not go back to ${clientWord(context.flow)}`;
}

/** What a closed port is to a client. */
export function refusal(flow: Flow): string {
  return seen(refused, flow);
}

function seen(error: string, flow: Flow): string {
  return `${clientWord(flow)} sees "${error}"${flow.protocol === 'tcp' ? ' at once' : ''}`;
}

/**
 * What the sender has of a rule's refusal. `seen`: its socket fails with `error`. `told`: it is a ping, which shows the error's
 * name. `denied`: it is on this node, and sending fails. `silent`: of such an error its socket tells nothing. `unanswered`: the
 * kernel answers nothing to such a packet. `lost`: the refusal does not get to it.
 */
export type RefusalNotice =
  | { readonly kind: 'seen' | 'told'; readonly error: string }
  | { readonly kind: 'denied' | 'silent' | 'unanswered' }
  | { readonly kind: 'lost'; readonly how: string };

/** Of a packet that a rule rejects; null where nobody waits for an answer, and where nothing tells. */
export function refusalNotice(outcome: Outcome, context: Context): RefusalNotice | null {
  const { flow } = context;
  const step = outcome.steps.findLast((each) => each.kind === 'rule' && each.effect.kind === 'reject');
  const answered = step?.kind !== 'rule' || step.effect.kind !== 'reject' || step.effect.answered;
  const rejectWith = outcome.rejectWith ?? '';
  const error = rejections.get(rejectWith);
  if (!answered) return { kind: 'unanswered' };
  if (isSendRefused(outcome, flow)) return { kind: 'denied' };
  if (error === undefined || !awaitsAnswer(flow)) return null;
  const heard = heardOf(rejectWith, error, flow);
  if (heard === null || heard.kind === 'silent') return heard;
  const fate = refusalFate(outcome, context);
  if (fate.kind === 'lost') return fate;
  return fate.kind === 'arrives' ? heard : null;
}

/** What the sender has of a refusal that gets to it. */
function heardOf(rejectWith: string, error: string, { state, protocol }: Flow): RefusalNotice | null {
  if (state === 'established') return rejectWith === 'tcp-reset' ? { kind: 'seen', error: refused } : null;
  if (protocol === 'icmp') return { kind: 'told', error: rejectWith };
  if (protocol === 'tcp') return { kind: 'seen', error };
  // SCTP keeps every such error as a soft one (net/sctp/input.c, sctp_v4_err).
  return protocol === 'udp' && !soft.has(rejectWith) ? { kind: 'seen', error } : { kind: 'silent' };
}

function rejectNotice(outcome: Outcome, context: Context): string {
  const { flow } = context;
  const notice = refusalNotice(outcome, context);
  if (notice === null) return '';
  switch (notice.kind) {
    case 'seen':
      return seen(notice.error, flow);
    case 'told':
      return `${clientWord(flow)} is told "${notice.error}" at once`;
    case 'denied':
      return sendRefused(flow);
    case 'silent':
      return silence(flow);
    case 'unanswered':
      return `the kernel answers nothing to such a packet, and ${clientWord(flow)} waits`;
    default:
      return lostNotice(notice.how, flow);
  }
}

/** Their sockets take no notice of what sending a packet gives (tcp_connect, sctp_packet_transmit, dccp_connect), and try again. */
const TRYING_AGAIN: readonly string[] = ['tcp', 'sctp', 'dccp'];

/** A packet of this node that is stopped on its way out: sending itself fails, but for protocols that try again. */
function isSendRefused(outcome: Outcome, flow: Flow): boolean {
  const last = outcome.steps.findLast((step) => step.kind === 'hook');
  const onTheWayOut = last?.kind === 'hook' && ['OUTPUT', 'POSTROUTING'].includes(last.hook);
  return flow.from.kind === 'node' && onTheWayOut && !TRYING_AGAIN.includes(flow.protocol);
}

function sendRefused(flow: Flow): string {
  return `${clientWord(flow)} is told "operation not permitted" at once`;
}

/** Of what the kernel drops on its own, some is silent (net/ipv4/route.c, net/ipv6/ip6_output.c), some is answered. */
function kernelNotice(outcome: Outcome, context: Context): string {
  const { flow } = context;
  const reason = outcome.reason ?? '';
  const errno = errors.get(/^(E[A-Z]+): /.exec(reason)?.[1] ?? '');
  if (errno !== undefined) return sendFailed(errno, outcome, flow);
  const error = flow.from.kind === 'node' ? null : errorAbout(flow.family, outcome.refusal ?? null);
  const told = error === null ? undefined : kernelErrors[flow.family][`${error.type}/${error.code}`];
  if (told === undefined || !awaitsAnswer(flow)) return silence(flow);
  return unlessLost(unreachableNotice(told, flow), outcome, context);
}

function unreachableNotice({ icmp, words, fatal }: Told, flow: Flow): string {
  if (flow.protocol === 'icmp') return `${clientWord(flow)} is told "${icmp}"`;
  return flow.protocol === 'tcp' || (flow.protocol === 'udp' && fatal) ? seen(words, flow) : silence(flow);
}

interface Told {
  /** What a ping is told. */
  readonly icmp: string;
  readonly words: string;
  /** Whether a UDP socket tells it, too. */
  readonly fatal: boolean;
}

const timeExceeded: Told = { icmp: 'time exceeded', words: 'no route to host', fatal: false };
const noNet: Told = { icmp: 'network unreachable', words: 'network is unreachable', fatal: false };

/** By type and code: the errors about packets that the node does not forward. */
const kernelErrors: Readonly<Record<Flow['family'], Readonly<Record<string, Told>>>> = {
  4: {
    '11/0': timeExceeded,
    '3/0': noNet,
    '3/1': { icmp: 'unreachable', words: 'no route to host', fatal: false },
    '3/13': { icmp: 'prohibited', words: 'no route to host', fatal: true },
  },
  6: {
    '3/0': timeExceeded,
    '1/0': noNet,
    '1/1': { icmp: 'prohibited', words: 'permission denied', fatal: true },
  },
};

/**
 * A process hears at once that there is no way to where it sends (connect asks routing). Where a rule chose another
 * destination, those that try again only find out when they send.
 */
function sendFailed(error: string, { steps }: Outcome, flow: Flow): string {
  const isFirst = steps.every(({ kind }) => kind !== 'hook');
  if (TRYING_AGAIN.includes(flow.protocol) && !isFirst) return silence(flow);
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
