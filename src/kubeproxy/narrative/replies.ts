/** Whom the receiver sees, and how the answer finds its way back, from the tuples that conntrack keeps. */
import { parseAddress } from '../../iptables/values/address.ts';
import { formatEndpoint } from '../../netfilter/endpoint.ts';
import type { Endpoint, Outcome } from '../../netfilter/trace.ts';
import type { RouteResult } from '../../netfilter/node/node.ts';
import { addressType, lookupRoute } from '../../netfilter/node/routing.ts';
import type { Context } from './context.ts';
import { shareWords } from './words.ts';

/** Sentences on outcomes that pass: about the source, about the replies, about a pod that meets itself. */
export function passageDetails(outcomes: readonly Outcome[], context: Context): readonly string[] {
  const passing = outcomes.filter(({ verdict }) => verdict === 'forward' || verdict === 'local');
  if (passing.length === 0) return [];
  return [sourceSentence(passing, context), ...replySentences(passing, context)].filter(
    (text) => text !== '',
  );
}

function sourceSentence(passing: readonly Outcome[], context: Context): string {
  const changed = passing.filter((outcome) => sourceChanged(outcome));
  const receiver = receiverWord(passing, context);
  const total = sumOf(passing);
  if (changed.length === 0) return unchangedSource(passing, receiver, context);
  if (changed.length < passing.length) {
    return `In ${shareWords(sumOf(changed) / total)} of cases the source is replaced by this node's; else ${receiver} sees the client's own address.`;
  }
  const addresses = [...new Set(changed.map(({ source }) => source?.address ?? 'another address'))];
  const seen = addresses.join(' or ');
  return changed.every(({ masqueraded }) => masqueraded)
    ? `${capital(receiver)} sees ${seen}, an address of this node (masqueraded), not the sender's.`
    : `${capital(receiver)} sees ${seen} as the source, not the sender's address.`;
}

function unchangedSource(passing: readonly Outcome[], receiver: string, { flow }: Context): string {
  if (passing.every(({ verdict }) => verdict === 'local')) return '';
  const addresses = [...new Set(passing.map(({ source }) => source?.address ?? null))];
  const [address] = addresses;
  if (addresses.length !== 1 || typeof address !== 'string') return '';
  const whose = flow.from.kind === 'node' ? "this node's address" : "the client's own address";
  return `${capital(receiver)} sees ${whose}, ${address}.`;
}

function sourceChanged({ source, conntrack }: Outcome): boolean {
  return source !== null && conntrack !== null && source.address !== conntrack.originalSource.address;
}

function receiverWord(passing: readonly Outcome[], { catalog }: Context): string {
  const pods = passing.every(
    ({ destination, verdict }) =>
      verdict === 'forward' &&
      destination !== null &&
      catalog.whoHas(destination.address).some((owner) => owner.kind === 'pod' || owner.kind === 'endpoint'),
  );
  return pods ? 'the pod' : 'the receiver';
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
  if (sameAddress(replySource, originalSource)) {
    return 'The pod would get a packet from its own address and drop it: nothing masquerades its way back to itself (hairpin).';
  }
  return repliesToClient(replySource, originalSource, outcome.interface, context);
}

function repliesToNode(outcome: Outcome, asked: string, context: Context): string {
  const { flow } = context;
  const stuck = hairpinOff(outcome, context);
  if (stuck !== '') return stuck;
  if (flow.from.kind === 'node')
    return `Replies come back to this node, which makes ${asked} their source again.`;
  const client = flow.from.address ?? '';
  const back = routeTo(client, context);
  if (back?.kind === 'none') return `Replies come back to this node, but it has no route to ${client}.`;
  return `Replies come back through this node, which makes ${asked} their source again.`;
}

/** A pod that reaches itself through its bridge, which sends no frame back out of the port it came by unless told so. */
function hairpinOff({ conntrack, interface: out }: Outcome, { analysis }: Context): string {
  if (!conntrack || !sameAddress(conntrack.replySource, conntrack.originalSource)) return '';
  const ports = analysis.node.bridgePorts?.filter((port) => port.bridge === out) ?? [];
  if (ports.length === 0 || ports.some((port) => port.hairpin)) return '';
  return `The pod does not get it: hairpin mode is off on every port of bridge ${out}.`;
}

function repliesToClient(endpoint: Endpoint, client: Endpoint, out: string | null, context: Context): string {
  const toEndpoint = routeTo(endpoint.address, context);
  const toClient = routeTo(client.address, context);
  if (toEndpoint?.kind !== 'found' || toClient?.kind !== 'found') {
    return `Replies go from ${endpoint.address} to ${client.address} and have to pass this node, which alone can translate them back.`;
  }
  if (toEndpoint.interface === toClient.interface) {
    return toEndpoint.gateway === null && toClient.gateway === null
      ? bridgedReply(endpoint, out ?? toEndpoint.interface, context)
      : strayReply(endpoint, client);
  }
  if (toEndpoint.gateway === null || toClient.gateway === null) return 'Replies come back through this node.';
  return strayReply(endpoint, client);
}

/** Both ends on one network: the answer goes straight to the client, and meets these rules only if bridges ask them. */
function bridgedReply(endpoint: Endpoint, bridge: string, { analysis, family }: Context): string {
  const name = family === 4 ? 'net.bridge.bridge-nf-call-iptables' : 'net.bridge.bridge-nf-call-ip6tables';
  const { sysctls } = analysis.node;
  if (sysctls?.get(name) === '1')
    return `Replies come back over ${bridge} through this node's rules (${name} is 1).`;
  const condition = sysctls?.has(name) === true ? `since ${name} is 0` : `unless ${name} is 1`;
  return `Replies go straight over ${bridge}, past these rules, ${condition}: the client then sees ${endpoint.address}, whom it never asked.`;
}

function strayReply(endpoint: Endpoint, client: Endpoint): string {
  return `Replies may go from ${endpoint.address} to ${client.address} past this node, which alone can translate them back: the client would not know them.`;
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

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
