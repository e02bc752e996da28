/** Hovers of what ipvsadm lists. */
import type { Hover } from 'vscode-languageserver-types';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import { podSentence } from '../../kubeproxy/explain/explainServiceChain.ts';
import { explainVirtualServers } from '../../kubeproxy/explain/explainVirtualServers.ts';
import type { ServicePort } from '../../kubeproxy/services/catalog.ts';
import { durationWords } from '../../kubeproxy/words/clauses.ts';
import { endText, virtualName } from '../../rules/ipvs/names.ts';
import type { IpvsConnection, RealServer, VirtualServer } from '../../rules/ipvs/nodes.ts';
import { explanationParts } from '../hover/explanationParts.ts';
import { code, escaped, paragraphs } from '../markdown.ts';
import { counted, withSeparators } from '../words.ts';
import type { IpvsDocument } from './ipvsDocument.ts';
import { endpointOf, nameOf, placeAt, portOf } from './places.ts';
import { forwardingMeanings, schedulerMeaning } from './vocabulary.ts';

/** Null on a line that holds nothing. */
export function ipvsHover(document: IpvsDocument, analysis: Analysis, offset: number): Hover | null {
  const place = placeAt(document, offset);
  if (place === null) return null;
  if ('connection' in place) return shown(document, place.connection, connectionWords(place.connection));
  const { service, server } = place;
  const port = portOf(analysis, service);
  return server === null
    ? shown(document, service, virtualWords(service, port))
    : shown(document, server, serverWords(service, server, port));
}

function shown(
  document: IpvsDocument,
  span: { readonly start: number; readonly end: number },
  parts: readonly string[],
): Hover {
  return { contents: { kind: 'markdown', value: paragraphs(parts) }, range: document.rangeOf(span) };
}

function titleOf(what: string, port: ServicePort | null): string {
  const called = nameOf(port);
  return called === null ? `**${code(what)}**` : `**${escaped(called)}** · ${code(what)}`;
}

function virtualWords(service: VirtualServer, port: ServicePort | null): readonly string[] {
  const explained = port === null ? null : explainVirtualServers(port);
  return [
    titleOf(virtualName(service.virtual), port),
    ...(explained === null ? [] : explanationParts(explained)),
    schedulerWords(service),
    service.onePacket ? 'Each packet is scheduled by itself.' : '',
  ];
}

function schedulerWords({ scheduler, schedulerFlags }: VirtualServer): string {
  if (scheduler === null) return 'This listing does not say the scheduler.';
  const flags = schedulerFlags.length === 0 ? '' : ` (${schedulerFlags.map(code).join(', ')})`;
  const meaning = schedulerMeaning(scheduler) ?? 'a scheduler that is not known here';
  return `Scheduler ${code(scheduler)}${flags}: ${meaning}.`;
}

function serverWords(
  service: VirtualServer,
  server: RealServer,
  port: ServicePort | null,
): readonly string[] {
  const endpoint = endpointOf(port, server);
  const pod = endpoint === null ? [] : podSentence(endpoint);
  return [
    `${titleOf(endText(server), port)}, a server of ${code(virtualName(service.virtual))}`,
    pod.map(escaped).join(' '),
    weightWords(server, service),
    server.forwarding === null ? '' : forwardingMeanings[server.forwarding],
    countWords(server),
  ];
}

function weightWords({ weight }: RealServer, { servers }: VirtualServer): string {
  if (weight === null) return 'This listing does not say its weight.';
  if (weight === 0) return 'Weight 0: it gets no new connections; those that it has go on.';
  const sum = servers.reduce((total, each) => total + (each.weight ?? 0), 0);
  return `Weight ${weight}; all servers here together have ${withSeparators(sum)}.`;
}

function countWords({ active, inactive, upper }: RealServer): string {
  const counts =
    active === null || inactive === null
      ? ''
      : `When this was listed it had ${counted(active, 'active connection')} and ${withSeparators(inactive)} others.`;
  const limit =
    upper === null || upper === 0 ? '' : `With ${withSeparators(upper)} connections it is overloaded.`;
  return [counts, limit].filter((each) => each !== '').join(' ');
}

/** Of a template of persistence the client's port is 0. */
function connectionWords({
  client,
  virtual,
  server,
  state,
  expires,
  protocol,
}: IpvsConnection): readonly string[] {
  const to =
    protocol === 'ip' ? 'what bears the mark' : code(`${protocol.toUpperCase()} ${endText(virtual)}`);
  const what =
    client.port === 0
      ? `Persistence: new connections of this client to ${to} go to ${code(endText(server))}.`
      : `A connection to ${to}, kept at ${code(endText(server))}; state ${code(state)}.`;
  return [
    `**${code(endText(client))}**`,
    `${what} It ends after ${durationWords(expires)} without a packet.`,
  ];
}
