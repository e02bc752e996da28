/** Connections that `conntrack.txt` tells of and that decide in the rules' place, or did for the same client. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Zone } from '../../kernel/conntrack/zone.ts';
import type { ConntrackEntry } from '../../kernel/node/node.ts';
import { protocolName, protocolNumber } from '../../kernel/protocols.ts';
import { CONNECTIONS } from '../../kernel/ruleAt.ts';
import type { Endpoint, Outcome } from '../../kernel/trace.ts';
import { type Address, formatAddress, normalAddress } from '../../values/address.ts';
import { frontendsOf } from '../form/destinationNote.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Context } from './context.ts';
import type { NarrativeLocation } from './narrative.ts';
import { isSourceChanged } from './seenSource.ts';
import { either, translationOf } from './words.ts';

/** Whether the destination was translated, and by no rule: the packet belongs to a connection that was there before. */
export function isKnownTranslated(outcome: Outcome, { to }: Flow): boolean {
  const { destination } = outcome;
  if (destination === null || translationOf(outcome) !== null) return false;
  return destination.address !== normalAddress(to.address) || destination.port !== to.port;
}

/** `translated by its known connection, not by these rules: no endpoint of kube-system/kube-dns:dns any more` */
export function knownWords(outcome: Outcome, context: Context): string {
  const { destination, source } = outcome;
  const gone = destination && goneFrom(destination, context);
  const from =
    source !== null && isSourceChanged(outcome, context.flow) ? ` (now from ${source.address})` : '';
  return `translated by its known connection${from}, not by these rules${gone ? `: no endpoint of ${gone.name} any more` : ''}`;
}

/** Whether a known connection leads the packet to what is no endpoint of the Service any more. */
export function leadsToGone(outcome: Outcome, context: Context): boolean {
  const { destination } = outcome;
  return (
    destination !== null &&
    isKnownTranslated(outcome, context.flow) &&
    goneFrom(destination, context) !== null
  );
}

/** What is to be said of the connections that the node knows: of the one that decides, else of others of the same client. */
export function knownSentences(outcomes: readonly Outcome[], context: Context): readonly string[] {
  const { node } = context.analysis;
  const decided = outcomes.filter((outcome) => isKnownTranslated(outcome, context.flow));
  if (decided.length > 0) {
    return [...new Set(decided.flatMap((outcome) => entrySentences(outcome, context)))];
  }
  const others =
    context.flow.from.port === null ? (node.conntrack ?? []).filter((entry) => isLike(entry, context)) : [];
  return otherSentence(others, outcomes, context);
}

/** The line of the connection that decides; null where none does. */
export function knownLine(outcome: Outcome, context: Context): NarrativeLocation | null {
  const { flow, analysis } = context;
  const entry = isKnownTranslated(outcome, flow) ? entryOf(outcome, context) : undefined;
  if (entry === undefined) return null;
  const text = analysis.files.get('conntrack.txt')?.split('\n')[entry.line] ?? '';
  return { source: CONNECTIONS, line: entry.line, startCharacter: 0, endCharacter: text.trimEnd().length };
}

function entryOf(outcome: Outcome, { analysis, flow }: Context): ConntrackEntry | undefined {
  return analysis.node.conntrack?.find((each) => isOf(each, outcome, flow));
}

function entrySentences(outcome: Outcome, context: Context): readonly string[] {
  const entry = entryOf(outcome, context);
  if (!entry) return [];
  const unreplied = entry.status.includes('UNREPLIED') ? ['No reply was seen on that connection.'] : [];
  const gone = outcome.destination && goneFrom(outcome.destination, context);
  return gone ? [...unreplied, `${removal(entry)} lets these rules decide again.`] : unreplied;
}

function isOf({ original, reply, protocol }: ConntrackEntry, { conntrack }: Outcome, flow: Flow): boolean {
  return (
    conntrack !== null &&
    protocol === protocolNumber(flow.protocol, flow.family) &&
    isAt(conntrack.originalSource, original.source, original.sourcePort) &&
    isAt(conntrack.originalDestination, original.destination, original.destinationPort) &&
    isAt(conntrack.replySource, reply.source, reply.sourcePort)
  );
}

function isAt({ address, port }: Endpoint, other: Address, otherPort: number | null): boolean {
  return address === formatAddress(other) && (port === '*' || port === otherPort);
}

/** Of the same client to the same place, from any port. */
function isLike({ original, protocol }: ConntrackEntry, { flow }: Context): boolean {
  const { from, to } = flow;
  return (
    from.address !== null &&
    protocol === protocolNumber(flow.protocol, flow.family) &&
    original.destinationPort === to.port &&
    formatAddress(original.source) === normalAddress(from.address) &&
    formatAddress(original.destination) === normalAddress(to.address)
  );
}

/** So many are named. */
const FEW = 3;

/** A client's next packet may belong to a connection of its that leads elsewhere. */
function otherSentence(
  entries: readonly ConntrackEntry[],
  outcomes: readonly Outcome[],
  context: Context,
): readonly string[] {
  const reached = new Set(
    outcomes.flatMap(({ destination }) => (destination ? [formatEndpoint(destination)] : [])),
  );
  const elsewhere = new Map<string, ConntrackEntry>();
  for (const entry of entries) {
    const to = formatEndpoint(replierOf(entry));
    if (!reached.has(to) && !elsewhere.has(to)) elsewhere.set(to, entry);
  }
  const [first] = elsewhere.values();
  if (first === undefined) return [];
  const ports = entries.flatMap(({ original }) => original.sourcePort ?? []).slice(0, FEW);
  const gone = goneFrom(replierOf(first), context);
  const where = either([...elsewhere.keys()].slice(0, FEW), 'and');
  const more = gone ? `, no endpoint of ${gone.name} any more` : '';
  return [
    `Packets of connections that the node knows from ${context.flow.from.address} (port ${either(ports.map(String))}) go to ${where}${more}, whatever these rules say.`,
  ];
}

function replierOf({ reply }: ConntrackEntry): Endpoint {
  return { address: formatAddress(reply.source), port: reply.sourcePort };
}

/** The Service port that was asked for, where these rules have no such endpoint of it. */
function goneFrom({ address, port }: Endpoint, { flow, analysis }: Context): ServicePort | null {
  const [meant] = frontendsOf(flow.to, flow.protocol, analysis);
  if (!meant) return null;
  const known = meant.port.endpoints.some(
    (each) => each.inRules && each.address === address && each.port === port,
  );
  return known ? null : meant.port;
}

/** As `conntrack` asks for a zone; nothing for none. */
const zoneWords: Readonly<Record<Zone['counts'], (id: number) => string>> = {
  both: (id) => (id === 0 ? '' : ` --zone ${id}`),
  original: (id) => ` --orig-zone ${id}`,
  reply: (id) => ` --reply-zone ${id}`,
};

/** `conntrack -D -p udp -s 10.244.2.2 -d 10.96.0.10 --sport 51515 --dport 53` */
function removal({ protocol, original, zone }: ConntrackEntry): string {
  const { source, destination, sourcePort, destinationPort } = original;
  const ports = [
    sourcePort === null ? '' : ` --sport ${sourcePort}`,
    destinationPort === null ? '' : ` --dport ${destinationPort}`,
  ].join('');
  return `\`conntrack -D -p ${protocolName(protocol)}${zoneWords[zone.counts](zone.id)} -s ${formatAddress(source)} -d ${formatAddress(destination)}${ports}\``;
}
