/** Below the headline: whom the receiver sees, and how the answers come back that do. What is lost, the headline says. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Reply } from '../../kernel/replies.ts';
import type { Outcome } from '../../kernel/trace.ts';
import { askedOf, replyEnd } from '../answer/replies.ts';
import type { Context } from './context.ts';
import { affinitySentences } from './affinity.ts';
import { markClashes } from './markClashes.ts';
import { knownSentences } from './knownConnections.ts';
import { hasOpenSource } from './began.ts';
import { isDeaf, isPingOfNode, lossesOf } from './losses.ts';
import { lostRefusal } from './noticed.ts';
import { partsOf, passes } from './onward.ts';
import { rangeSentences } from './ranges.ts';
import { isSourceChanged, sourceSentence } from './seenSource.ts';
import { isTaken } from './sockets.ts';
import { shareWords, socketOf } from './words.ts';

/** Sentences on outcomes that pass: about the source, about the replies, about who listens. Nothing where nobody receives. */
export function passageDetails(outcomes: readonly Outcome[], context: Context): readonly string[] {
  const passing = outcomes.filter(
    (outcome) => partsOf(outcome, context.onward).some(passes) && !isForNobody(outcome, context),
  );
  if (passing.length === 0) return [];
  const sentences = [
    ...knownSentences(passing, context),
    hasOpenSource(context) ? '' : sourceSentence(passing, context),
    ...rangeSentences(passing),
    ...markClashes(passing, context),
    ...replySentences(passing, context),
    ...affinitySentences(passing, context),
    listenerSentence(passing, context),
  ];
  return sentences.filter((text) => text !== '');
}

function isForNobody(outcome: Outcome, context: Context): boolean {
  return lossesOf(outcome, context).some(({ kind }) => kind !== 'reply');
}

function listenerSentence(passing: readonly Outcome[], context: Context): string {
  if (!passing.every(({ verdict }) => verdict === 'local')) return '';
  if (!passing.every((outcome) => isPingOfNode(outcome, context))) {
    const health = healthCheckOf(passing, context);
    if (health !== null)
      return `kube-proxy itself should listen there: it is the health check node port of ${health}.`;
    return socketSentence(passing, context);
  }
  return passing.some((outcome) => lossesOf(outcome, context).length > 0)
    ? ''
    : 'The kernel of this node answers pings itself.';
}

/** Whether a socket takes what is delivered; where TPROXY found one the headline names it, and where none does it says so. */
function socketSentence(delivered: readonly Outcome[], context: Context): string {
  const { flow } = context;
  if (delivered.every((outcome) => socketOf(outcome) !== null || isDeaf(outcome, context))) return '';
  // ICMP goes to no socket.
  if (flow.protocol === 'icmp') return '';
  const taken = new Set(delivered.map((outcome) => isTaken(outcome, flow, context.analysis.node)));
  if (taken.has(undefined))
    return `Whether something listens there, the rules do not tell${ifClosed(delivered, context)}.`;
  return taken.has(false) ? '' : 'A socket of this node listens there.';
}

/** What is noticed of a closed port, where that is not what everybody expects of one. */
function ifClosed(delivered: readonly Outcome[], context: Context): string {
  const lost = new Set(delivered.map((outcome) => lostRefusal(outcome, context)));
  const [only = ''] = lost;
  return lost.size > 1 || only === '' ? '' : `; if nothing does, ${only}`;
}

/** The Service port whose health check kube-proxy answers at this port of the node; null for any other. */
function healthCheckOf(delivered: readonly Outcome[], { flow, catalog }: Context): string | null {
  if (flow.protocol !== 'tcp' || flow.to.port === null) return null;
  if (!delivered.every(({ destination }) => destination?.port === flow.to.port)) return null;
  return catalog.withHealthCheckAt(flow.to.port)?.name ?? null;
}

function replySentences(passing: readonly Outcome[], context: Context): readonly string[] {
  const sentences = new Map<string, number>();
  for (const outcome of passing) {
    for (const [sentence, share] of sharesOf(answersOf(outcome, context))) {
      const weight = outcome.shareGivenAssumptions * share;
      sentences.set(sentence, (sentences.get(sentence) ?? 0) + weight);
    }
  }
  if ([...sentences.keys()].every((sentence) => sentence === untranslated)) return [];
  const total = passing.reduce((sum, { shareGivenAssumptions }) => sum + shareGivenAssumptions, 0);
  const either = eitherWay(sentences, total, formatEndpoint(askedOf(context.flow)));
  if (either !== null) return [either];
  return [...sentences]
    .toSorted(([, a], [, b]) => b - a)
    .map(([sentence, share]) =>
      share < total - 1e-9 ? `${sentence} (${shareWords(share / total)})` : sentence,
    );
}

/** Of one outcome's answers; ways that are open have no odds, and together are no more than all. */
function sharesOf(ways: readonly AnswerWay[]): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const { sentence, share } of ways)
    shares.set(sentence, Math.min(1, (shares.get(sentence) ?? 0) + share));
  return shares;
}

/** Whether an endpoint is on this node or elsewhere makes no difference to the client. */
function eitherWay(sentences: ReadonlyMap<string, number>, total: number, asked: string): string | null {
  const sum = [...sentences.values()].reduce((all, share) => all + share, 0);
  if (sentences.size !== 2 || sum < total - 1e-9) return null;
  const ways = [hereSentence(asked), throughSentence(asked)];
  return ways.every((way) => sentences.has(way))
    ? `The client gets its replies from ${asked} either way.`
    : null;
}

/** How the answers to one outcome come back, those that do; empty where nothing was translated, and nothing is to be said. */
export function replySentence(outcome: Outcome, context: Context): string {
  const [only, another] = answersOf(outcome, context);
  return only === undefined || another !== undefined || only.sentence === untranslated ? '' : only.sentence;
}

/** Of answers to a packet that nothing translated: said only beside others, whose share would else seem to be all. */
const untranslated = 'Replies come back untranslated.';

interface AnswerWay {
  readonly sentence: string;
  readonly share: number;
}

function answersOf(outcome: Outcome, context: Context): readonly AnswerWay[] {
  return context.repliesTo(outcome).flatMap((reply): readonly AnswerWay[] => {
    const sentence = answerSentence(reply, outcome, context);
    return sentence === '' ? [] : [{ sentence, share: isOpen(reply) ? 1 : reply.share }];
  });
}

/** Whether it stands on what is not known, so that it has no odds. */
function isOpen({ outcome }: Reply): boolean {
  return outcome !== null && outcome.assuming.length > 0;
}

function answerSentence(reply: Reply, outcome: Outcome, context: Context): string {
  const { flow } = context;
  const end = replyEnd(reply, outcome, flow);
  const { destination, source, verdict } = outcome;
  if (destination === null || (end !== 'answered' && end !== 'open')) return '';
  const asked = formatEndpoint(askedOf(flow));
  const isRedirected = formatEndpoint(destination) !== asked;
  const isMasqueraded = isSourceChanged(outcome, flow);
  if (!isRedirected && (!isMasqueraded || verdict === 'local')) return untranslated;
  if (verdict === 'local') return hereSentence(asked);
  const sure = end === 'answered' && reply.way.kind === 'through' && reply.way.sure && !isOpen(reply);
  if (!isRedirected) {
    const client = flow.from.address ?? source?.address;
    return client === undefined ? '' : `Replies come back through this node, which hands them to ${client}.`;
  }
  return sure
    ? throughSentence(asked)
    : `Replies have to come back through this node, which alone can make ${asked} their source again.`;
}

function hereSentence(asked: string): string {
  return `Replies leave this node with ${asked} as their source again.`;
}

function throughSentence(asked: string): string {
  return `Replies come back through this node, which makes ${asked} their source again.`;
}
