/** How the answer finds its way back, from the tuples that conntrack keeps. */
import { parseAddress } from '../../values/address.ts';
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { ConntrackTuples, Endpoint, Outcome } from '../../kernel/trace.ts';
import type { RouteResult } from '../../kernel/node/node.ts';
import { addressType, lookupRoute } from '../../kernel/node/routing.ts';
import type { Context } from './context.ts';
import { affinitySentences } from './affinity.ts';
import { knownSentences } from './knownConnections.ts';
import { partsOf, passes } from './onward.ts';
import { sourceSentence } from './seenSource.ts';
import { shareWords } from './words.ts';

/** Sentences on outcomes that pass: about the source, about the replies, about a pod that meets itself. */
export function passageDetails(outcomes: readonly Outcome[], context: Context): readonly string[] {
  const passing = outcomes.filter((outcome) => partsOf(outcome, context.onward).some(passes));
  if (passing.length === 0) return [];
  const sentences = [
    ...knownSentences(passing, context),
    sourceSentence(passing, context),
    ...replySentences(passing, context),
    ...affinitySentences(passing, context),
    passing.every(isDelivered) ? 'Whether something listens there, the rules do not tell.' : '',
  ];
  return sentences.filter((text) => text !== '');
}

function isDelivered(outcome: Outcome): boolean {
  return outcome.verdict === 'local';
}

function replySentences(passing: readonly Outcome[], context: Context): readonly string[] {
  const sentences = new Map<string, number>();
  for (const outcome of passing) {
    const sentence = replySentence(outcome, context);
    if (sentence === '') continue;
    sentences.set(sentence, (sentences.get(sentence) ?? 0) + outcome.shareGivenAssumptions);
  }
  const total = sumOf(passing);
  return [...sentences]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 2)
    .map(([sentence, share]) =>
      share < total - 1e-9 ? `${sentence} (${shareWords(share / total)})` : sentence,
    );
}

/** How the answer to one outcome comes back; empty where nothing was translated, so that nothing can go wrong here. */
export function replySentence(outcome: Outcome, context: Context): string {
  const { conntrack, destination, verdict } = outcome;
  if (!conntrack || !destination) return '';
  const { originalSource, originalDestination, replySource, replyDestination } = conntrack;
  const same = sameAddress(originalDestination, replySource) && sameAddress(originalSource, replyDestination);
  if (same) return '';
  const asked = formatEndpoint(originalDestination);
  if (verdict === 'local') return `Replies leave this node with ${asked} as their source again.`;
  if (isOwn(replyDestination, context)) return repliesToNode(outcome, asked, context);
  if (sameAddress(replySource, replyDestination)) {
    return 'The pod would get a packet from its own address and drop it: nothing masquerades its way back to itself (hairpin).';
  }
  return repliesToClient(conntrack, outcome.interface, context);
}

function repliesToNode(outcome: Outcome, asked: string, context: Context): string {
  const stuck = hairpinOff(outcome, context);
  if (stuck !== '') return stuck;
  const { from } = context.flow;
  const back = from.kind === 'node' || from.address === null ? null : routeTo(from.address, context);
  if (back?.kind === 'none') return `Replies come back to this node, but it has no route to ${from.address}.`;
  return repliesBack(asked);
}

/** The good case, in the same words however it comes about. */
function repliesBack(asked: string): string {
  return `Replies come back through this node, which makes ${asked} their source again.`;
}

/** A pod that reaches itself through its bridge, which sends no frame back out of the port it came by unless told so. */
function hairpinOff({ conntrack, interface: out }: Outcome, { analysis }: Context): string {
  if (!conntrack || !sameAddress(conntrack.replySource, conntrack.originalSource)) return '';
  const ports = analysis.node.bridgePorts?.filter((port) => port.bridge === out) ?? [];
  if (ports.length === 0 || ports.some((port) => port.hairpin)) return '';
  return `The pod does not get it: hairpin mode is off on every port of bridge ${out}.`;
}

function repliesToClient(
  { replySource: endpoint, originalSource: client, originalDestination }: ConntrackTuples,
  out: string | null,
  context: Context,
): string {
  const asked = formatEndpoint(originalDestination);
  const toEndpoint = routeTo(endpoint.address, context);
  const toClient = routeTo(client.address, context);
  if (toEndpoint?.kind !== 'found' || toClient?.kind !== 'found') {
    return `Replies have to come back through this node, which alone can make ${asked} their source again.`;
  }
  const direct = toEndpoint.gateway === null && toClient.gateway === null;
  if (toEndpoint.interface === toClient.interface) {
    return direct ? bridgedReply(asked, out ?? toEndpoint.interface, context) : strayReply(asked, client);
  }
  return toEndpoint.gateway === null || toClient.gateway === null
    ? repliesBack(asked)
    : strayReply(asked, client);
}

/** Both ends on one network: the answer goes straight to the client, and meets these rules only if bridges ask them. */
function bridgedReply(asked: string, bridge: string, { analysis, family }: Context): string {
  const name = family === 4 ? 'net.bridge.bridge-nf-call-iptables' : 'net.bridge.bridge-nf-call-ip6tables';
  const { sysctls } = analysis.node;
  if (sysctls?.get(name) === '1') return repliesBack(asked);
  const condition = sysctls?.has(name) === true ? `since ${name} is 0` : `unless ${name} is 1`;
  return `Replies go straight over ${bridge}, past these rules, ${condition}: the client then sees an address that it never asked.`;
}

function strayReply(asked: string, client: Endpoint): string {
  return `Replies may go to ${client.address} past this node, which alone can make ${asked} their source again: the client would not know them.`;
}

function routeTo(address: string, { analysis, family }: Context): RouteResult | null {
  const destination = parseAddress(address);
  if (!destination) return null;
  return lookupRoute(analysis.node, family, {
    destination,
    source: null,
    inputInterface: null,
    outputInterface: null,
    mark: 0,
    tos: 0,
  });
}

function isOwn(endpoint: Endpoint, { analysis, flow }: Context): boolean {
  const address = parseAddress(endpoint.address);
  const type = address && addressType(analysis.node, address);
  return type === null
    ? flow.from.kind === 'node' || endpoint.address !== flow.from.address
    : type === 'LOCAL';
}

function sameAddress(a: Endpoint, b: Endpoint): boolean {
  return a.address === b.address;
}

function sumOf(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, outcome) => sum + outcome.shareGivenAssumptions, 0);
}
