/** Answers that do not come back, or may not: why, in clauses. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Flow } from '../../kernel/flow.ts';
import { isIPv4Loopback } from '../../kernel/node/addressTypes.ts';
import { addressType } from '../../kernel/node/routing.ts';
import { numberSysctl } from '../../kernel/node/sysctls.ts';
import { getsReset } from '../../kernel/passage/answerWay.ts';
import type { Reply } from '../../kernel/replies.ts';
import type { Outcome } from '../../kernel/trace.ts';
import { parseAddress } from '../../values/address.ts';
import { replyEnd } from '../answer/replies.ts';
import { beganElsewhere } from './began.ts';
import { stoppedClause, untracking } from './causes.ts';
import type { Context } from './context.ts';
import { leadsToGone } from './knownConnections.ts';
import { ledAway } from './ledAway.ts';
import { closedReason, nobodyClause, proxyService } from './nobody.ts';
import { refusal, silence, unlessLost } from './noticed.ts';
import { privateSource } from './privateSource.ts';
import { isTaken } from './sockets.ts';
import { clientWord, either, placeWords, shareWords } from './words.ts';

/** A part of the answers to an outcome's packets that is lost to who sent them. */
export interface Loss {
  /** `no answer can come back: the receiver takes 127.0.0.1 for itself`; of `place`: `nobody answers there: …`. */
  readonly text: string;
  /** `place`: nobody is where the packet goes. `listener`: nothing takes it there. `reply`: the answer does not come back. */
  readonly kind: 'place' | 'listener' | 'reply';
  /** Of the answers to the outcome's packets. */
  readonly share: number;
  /** Not where the answer may come back all the same. */
  readonly sure: boolean;
}

/** What outcomes that end alike lose together. */
export interface LossSum {
  /** Of `clause`, which says where the packet goes: the same with what is lost of the answers. */
  readonly clause: string;
  /** Of their packets, those that surely get no answer, and those that may get none. */
  readonly lost: number;
  readonly doubtful: number;
  /** What the sender notices where all is lost; empty where that is not the same for all, or nothing is. */
  readonly notice: string;
}

/** `parts`: outcomes with what they weigh; `clause`: `forwarded to one of 2 endpoints of shop/web:http`. */
export function withLosses(
  clause: string,
  parts: readonly { readonly outcome: Outcome; readonly share: number }[],
  context: Context,
): LossSum {
  const total = parts.reduce((sum, { share }) => sum + share, 0);
  const weighed = parts.flatMap(({ outcome, share }) =>
    lossesOf(outcome, context).map((loss) => ({ ...loss, outcome, share: (loss.share * share) / total })),
  );
  const [first] = weighed;
  if (first === undefined) return { clause, lost: 0, doubtful: 0, notice: '' };
  const sumOf = (sure: boolean): number =>
    weighed.reduce((sum, loss) => sum + (loss.sure === sure ? loss.share : 0), 0);
  const lost = sumOf(true);
  const notice = lost > ALL ? lossNotice(first, first.outcome, context) : '';
  return { clause: lossClause(clause, first, weighed), lost, doubtful: Math.min(1, sumOf(false)), notice };
}

/** Shares are sums of numbers that are not exact. */
const ALL = 1 - 1e-9;

function lossClause(clause: string, first: Loss, losses: readonly Loss[]): string {
  if (first.kind === 'place') return first.text;
  if (first.kind === 'listener') return `${clause}, where ${first.text}`;
  const reasons = [...groupAlike(losses)].map(([alike, { texts, share }]) => {
    const [only = alike, another] = texts;
    const text = another === undefined ? only : alike;
    return share > ALL ? text : `in ${shareWords(share)} of cases ${text}`;
  });
  return `${clause}, but ${either(reasons, 'and')}`;
}

/** Those in which only who answers is another are one. */
function groupAlike(
  losses: readonly Loss[],
): ReadonlyMap<string, { readonly texts: ReadonlySet<string>; readonly share: number }> {
  const groups = new Map<string, { readonly texts: Set<string>; share: number }>();
  for (const { text, share } of losses) {
    const alike = text.replace(SENDER, ' from another address, which');
    const group = groups.get(alike) ?? { texts: new Set<string>(), share: 0 };
    group.texts.add(text);
    group.share += share;
    groups.set(alike, group);
  }
  return groups;
}

/** `gets it from 10.244.2.5:8080, which it never asked` */
const SENDER = / from \S+, which(?= it never asked)/;

function lossNotice({ kind, text }: Loss, outcome: Outcome, context: Context): string {
  const { flow } = context;
  if (kind === 'listener') return refusalNotice(outcome, context);
  if (mayMeetNobody(outcome, flow)) return '';
  return text.includes(STRANGER) && flow.protocol !== 'tcp' ? '' : silence(flow);
}

/**
 * Whether the packet may find no neighbour. A node asks for the neighbour's hardware address from the source of the packet
 * (arp_solicit), and to 127.0.0.1 nobody answers: who sends is told "no route to host", but hangs where the neighbour is
 * known from other packets.
 */
function mayMeetNobody({ verdict, source }: Outcome, { family }: Flow): boolean {
  const address = family === 4 && verdict !== 'local' ? parseAddress(source?.address ?? '') : null;
  return address !== null && isIPv4Loopback(address.value);
}

/** What the sender notices of a port of this node at which nothing listens. */
function refusalNotice(outcome: Outcome, context: Context): string {
  const { flow, analysis } = context;
  const told = unlessLost(refusal(flow), outcome, context);
  if (flow.protocol !== 'tcp') return isAnswerGone(outcome, context) ? '' : told;
  const [source, destination] = [outcome.source, outcome.destination].map((end) =>
    parseAddress(end?.address ?? ''),
  );
  const arrives = source && destination ? getsReset(analysis.node, source, destination) : true;
  if (arrives === null) return '';
  return arrives ? told : silence(flow);
}

function isAnswerGone(outcome: Outcome, context: Context): boolean {
  const ends = context.repliesTo(outcome).map((reply) => replyEnd(reply, outcome, context.flow));
  return ends.some((end) => end !== 'answered' && end !== 'open');
}

/** A client that is not connected takes an answer from anybody. */
const STRANGER = 'which it never asked';

/** What is lost of the answers to an outcome that passes; nothing where an answer can come back. */
export function lossesOf(outcome: Outcome, context: Context): readonly Loss[] {
  const place = placeLoss(outcome, context);
  if (place !== null) return [place];
  return context.repliesTo(outcome).flatMap((reply) => replyLoss(reply, outcome, context) ?? []);
}

/** Of a packet that a rule has made unreadable: `rule 1 of POSTROUTING makes its checksum wrong: whoever gets it throws it away`. */
function spoiledText({ steps }: Outcome): string | null {
  const step = steps.findLast((each) => each.kind === 'rule' && 'spoils' in each.effect);
  return step?.kind === 'rule'
    ? `${placeWords(step.at)} makes its checksum wrong: whoever gets it throws it away`
    : null;
}

function placeLoss(outcome: Outcome, context: Context): Loss | null {
  const spoiled = spoiledText(outcome);
  if (spoiled !== null) return { text: spoiled, kind: 'reply', share: 1, sure: true };
  const nobody = nobodyClause(outcome, context);
  if (nobody !== null) return { text: nobody, kind: 'place', share: 1, sure: true };
  const proxy = proxyService(outcome, context);
  if (proxy !== null) {
    const text = `whether the load balancer of ${proxy} answers there, the rules do not tell: they leave its address to it (ipMode Proxy)`;
    return { text, kind: 'reply', share: 1, sure: false };
  }
  const taken =
    outcome.verdict === 'local' && !isDeaf(outcome, context)
      ? isTaken(outcome, context.flow, context.analysis.node)
      : undefined;
  if (taken === false) {
    return { text: 'nothing listens', kind: 'listener', share: 1, sure: true };
  }
  const closed = taken === true ? null : closedReason(outcome, context);
  if (closed !== null) {
    return { text: `most likely nothing listens: ${closed}`, kind: 'listener', share: 1, sure: true };
  }
  const away = ledAway(outcome, context);
  if (away !== null) return { text: away, kind: 'reply', share: 1, sure: false };
  if (leadsToGone(outcome, context)) {
    return { text: 'most likely nobody answers there', kind: 'reply', share: 1, sure: false };
  }
  if (isDeaf(outcome, context)) {
    const text = `nothing answers ${context.flow.protocol.toUpperCase()} that is sent to many`;
    return { text, kind: 'reply', share: 1, sure: true };
  }
  const elsewhere = beganElsewhere(outcome, context);
  const doubt = elsewhere ?? privateSource(outcome, context);
  if (doubt !== null) return { text: doubt, kind: 'reply', share: 1, sure: false };
  return ignoresPings(outcome, context)
    ? { text: 'this node answers no pings: icmp_echo_ignore_all is 1', kind: 'reply', share: 1, sure: true }
    : null;
}

/** TCP, SCTP and DCCP take nothing that is sent to a broadcast or multicast address (tcp_v4_rcv: PACKET_HOST alone). */
export function isDeaf({ verdict, destination }: Outcome, { flow, analysis }: Context): boolean {
  if (verdict !== 'local' || !ONE_TO_ONE.has(flow.protocol)) return false;
  const address = parseAddress(destination?.address ?? '');
  const type = address === null ? null : addressType(analysis.node, address);
  return type === 'BROADCAST' || type === 'MULTICAST';
}

const ONE_TO_ONE: ReadonlySet<string> = new Set(['tcp', 'sctp', 'dccp']);

/** Whether it is a ping of this node, which its kernel answers. */
export function isPingOfNode({ verdict }: Outcome, { flow }: Context): boolean {
  if (verdict !== 'local' || flow.protocol !== 'icmp') return false;
  const request = flow.family === 4 ? 8 : 128;
  return (flow.packet?.icmpType ?? request) === request;
}

function ignoresPings(outcome: Outcome, context: Context): boolean {
  if (!isPingOfNode(outcome, context)) return false;
  const name = context.family === 4 ? 'net.ipv4.icmp_echo_ignore_all' : 'net.ipv6.icmp.echo_ignore_all';
  return numberSysctl(context.analysis.node, name) === 1;
}

function replyLoss(reply: Reply, outcome: Outcome, context: Context): Loss | null {
  const text = lossText(reply, outcome, context);
  if (text === null) return null;
  const { way, outcome: walked } = reply;
  const sure = isSettled(way) || (way.kind === 'through' && way.sure && walked?.assuming.length === 0);
  // Nobody knows the odds of what is not known: it has no share.
  const isOpen = walked !== null && walked.assuming.length > 0;
  return { text, kind: 'reply', share: isOpen ? 1 : reply.share, sure };
}

/** Whether addresses alone tell, whatever the routes are. */
function isSettled({ kind }: Reply['way']): boolean {
  return kind === 'itself' || kind === 'to-many';
}

function lossText(reply: Reply, outcome: Outcome, context: Context): string | null {
  const { outcome: walked } = reply;
  const client = clientWord(context.flow);
  switch (replyEnd(reply, outcome, context.flow)) {
    case 'itself':
      return itselfText(outcome, context);
    case 'unheard':
      return `no answer can come back: ${client} takes ${context.flow.to.address} for itself`;
    case 'to-many':
      return `no answer can come back: ${context.flow.from.address ?? 'the source'} is the address of many, and nobody's own`;
    case 'stopped':
      return (
        walked &&
        `the answer ${walked.assuming.length === 0 ? 'is' : 'may be'} ${stoppedClause(walked, context)}`
      );
    case 'astray':
      return walked?.verdict === 'local'
        ? `this node takes the answer for its own, and ${client} does not get it${untrackedWords(walked)}`
        : `the answer does not go back to ${client}${untrackedWords(walked)}`;
    case 'stranger':
      return walked && strangerText(reply, walked, outcome, context);
    case 'past':
      return `the answer may bypass this node: ${bypassText(outcome, context)}`;
    default:
      return null;
  }
}

/** Whoever answers answers to the source that it sees. */
function bypassText(outcome: Outcome, { flow }: Context): string {
  const client = clientWord(flow);
  const source = outcome.source?.address ?? null;
  if (source !== null && source !== flow.from.address) return `it then goes to ${source}, not to ${client}`;
  return `${client} then gets it from ${senderWords(outcome)}, ${STRANGER}${flow.protocol === 'tcp' ? ', and hangs' : ''}`;
}

function itselfText({ source, destination }: Outcome, { flow }: Context): string {
  const who = flow.from.kind === 'pod' ? 'pod' : 'receiver';
  return source?.address === destination?.address
    ? `the ${who} would get a packet from its own address and drop it: nothing masquerades its way back to itself (hairpin)`
    : `no answer can come back: the receiver takes ${source?.address ?? 'the source'} for itself`;
}

function strangerText({ way }: Reply, walked: Outcome, outcome: Outcome, context: Context): string {
  const gets = `${clientWord(context.flow)} gets the answer from ${senderWords({ destination: walked.source ?? outcome.destination })}, ${STRANGER}`;
  const isBridged = way.kind === 'through' && way.flow.packet?.l2 === 'bridged';
  if (!isBridged || walked.steps.length > 0) return `${gets}${untrackedWords(walked)}`;
  const name = context.family === 4 ? 'bridge-nf-call-iptables' : 'bridge-nf-call-ip6tables';
  return `${gets}: it goes straight over ${walked.interface ?? 'the bridge'}, past these rules, since net.bridge.${name} is 0`;
}

function senderWords({ destination }: Pick<Outcome, 'destination'>): string {
  return destination === null ? 'another address' : formatEndpoint(destination);
}

/** `: rule 1 of OUTPUT keeps it from being tracked`; empty where something else is the cause. */
function untrackedWords(walked: Outcome | null): string {
  const cause = walked === null ? null : untracking(walked);
  return cause === null ? '' : `: ${cause}`;
}
