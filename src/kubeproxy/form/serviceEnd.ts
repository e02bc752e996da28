/** A Service as the destination of a packet: which of its ports, and by which of its addresses. */
import type { Family } from '../../values/address.ts';
import type { Analysis } from '../analysis.ts';
import type { CatalogService, ServicePort } from '../services/catalog.ts';
import type { Frontend, FrontendKind } from '../services/frontend.ts';
import { type Asking, type DestinationReading, familyWords, goesTo, noDestination } from './destination.ts';
import type { NameWords } from './endWords.ts';
import { readPort } from './endpointText.ts';
import { nodeAddress, nodeStandIns } from './nodeAddress.ts';
import { hasPorts, listed } from './packetText.ts';

/**
 * `default/web`, `default/web:http`, `web.default:80`. From outside the cluster a Service is reached by its load
 * balancer, an external IP or its node port, from within by its cluster IP.
 */
export function ofService(
  service: CatalogService,
  words: NameWords,
  asking: Asking,
  analysis: Analysis,
): DestinationReading {
  const ports = portsMeant(service, words.port, asking.protocol);
  const [port] = ports;
  if (port === undefined) return withoutPort(service, words, asking, analysis);
  if (ports.length > 1) {
    const names = listed(ports.map((each) => each.name));
    return noDestination(`${service.id} has several ports: name one of them, ${names}.`);
  }
  const number = words.port === null ? null : readPort(words.port);
  const frontend = frontendMeant(port, number, asking);
  return frontend === undefined ? noFrontend(port, asking) : reached(frontend, analysis);
}

/** Of several ports with one name, or of one protocol, the protocol that was said tells, else the first. */
export function portsMeant(
  { ports }: CatalogService,
  text: string | null,
  protocol: string,
): readonly ServicePort[] {
  const named = text === null ? ports : portsCalled(ports, text);
  const fitting = named.filter((each) => each.protocol === protocol);
  if (fitting.length > 0) return fitting.length === 1 ? fitting : oneName(fitting);
  return oneName(named);
}

function oneName(ports: readonly ServicePort[]): readonly ServicePort[] {
  return ports.every(({ name }) => name === ports[0]?.name) ? ports.slice(0, 1) : ports;
}

/** By its name or its number; a node port's number is its port's, too. */
function portsCalled(ports: readonly ServicePort[], text: string): readonly ServicePort[] {
  const named = ports.filter(({ portName }) => portName === text);
  if (named.length > 0) return named;
  const number = readPort(text);
  const own = ports.filter((port) => portNumber(port) === number);
  if (own.length > 0) return own.slice(0, 1);
  const at = ports.filter(({ frontends }) => frontends.some((each) => each.port === number));
  return at.slice(0, 1);
}

/** Null where neither objects nor rules tell. */
function portNumber({ spec, frontends }: ServicePort): number | null {
  return spec?.port ?? frontends.find(({ kind }) => kind !== 'nodePort')?.port ?? null;
}

const open: readonly FrontendKind[] = ['loadBalancerIP', 'external', 'externalIP', 'nodePort'];
/** What has a cluster IP alone is asked for by that: what this node does with such a packet may be the question. */
const fromOutside: readonly FrontendKind[] = [...open, 'clusterIP'];
const fromWithin: readonly FrontendKind[] = ['clusterIP', ...open];

/** `number`: as it was said; a node port is meant where it is one's. */
function frontendMeant(port: ServicePort, number: number | null, asking: Asking): Frontend | undefined {
  const possible = frontendsFor(port.frontends, asking);
  const nodePort = number === portNumber(port) ? undefined : possible.find((each) => each.port === number);
  return nodePort ?? possible[0];
}

/** Those that a packet of this source takes, the likeliest first. */
function frontendsFor(frontends: readonly Frontend[], { family, outside }: Asking): readonly Frontend[] {
  const kinds = outside ? fromOutside : fromWithin;
  return kinds.flatMap((kind) =>
    frontends.filter((each) => each.kind === kind && each.family === (family ?? each.family)),
  );
}

function reached({ address, family, port, protocol }: Frontend, analysis: Analysis): DestinationReading {
  return goesTo(address ?? nodeAddress(analysis, family) ?? nodeStandIns[family], port, protocol);
}

function noFrontend(port: ServicePort, { family }: Asking): DestinationReading {
  const { name, object } = port;
  if (object?.clusterIPs[0] === 'None') return headless(port, family);
  if (object?.type === 'ExternalName') {
    return noDestination(`${name} is an ExternalName: it has no address in the cluster.`);
  }
  return noDestination(`${name} has no ${familyWords(family)}address in these rules: give an address.`);
}

/** DNS answers with the addresses of its endpoints. */
function headless({ name, listed: endpoints }: ServicePort, family: Family | null): DestinationReading {
  const fitting = (endpoints ?? []).filter((each) => each.family === (family ?? each.family));
  const ready = fitting.filter(({ endpoint }) => endpoint.ready);
  const [only] = ready;
  if (only === undefined)
    return noDestination(`${name} is headless and has no ready endpoint: give an address.`);
  if (ready.length === 1) return goesTo(only.address, only.port);
  const names = ready.slice(0, FEW).map(({ endpoint: { pod }, address, port }) => {
    return pod === null ? address : `pod:${pod.namespace}/${pod.name}:${port}`;
  });
  const more = ready.length > FEW ? [`${ready.length - FEW} more`] : [];
  return noDestination(
    `${name} is headless: it has no address of its own. Name one of ${listed([...names, ...more])}.`,
  );
}

const FEW = 6;

/** No port is meant, or one that it has not. */
function withoutPort(
  { id, ports }: CatalogService,
  { port, dns }: NameWords,
  asking: Asking,
  analysis: Analysis,
): DestinationReading {
  const number = port === null ? null : readPort(port);
  const all = frontendsFor(
    ports.flatMap(({ frontends }) => frontends),
    asking,
  );
  const first = all.find(({ address }) => address !== null);
  // A client that asks DNS sends to that address whatever port it likes.
  if (dns && number !== null && first !== undefined) {
    const reading = reached(first, analysis);
    return reading.kind === 'destination' ? goesTo(reading.destination.address, number) : reading;
  }
  const [only] = ports;
  if (only === undefined) return noDestination(`${id} has no ports: give an address.`);
  return noDestination(`${id} has no such port: it has ${listed(ports.map(withNumbers))}.`);
}

/** `shop/web:http (80/TCP)`: a port that was said by its number is looked for by that. */
function withNumbers({ name, frontends }: ServicePort): string {
  const said = frontends
    .filter(({ address }) => address !== null)
    .map(({ port, protocol }) => `${port}/${protocol.toUpperCase()}`);
  return said.length === 0 ? name : `${name} (${listed([...new Set(said)])})`;
}

/** The address alone, for a protocol without ports. */
export function addressOfService(
  { id, ports }: CatalogService,
  asking: Asking,
  analysis: Analysis,
): DestinationReading {
  const [first] = frontendsFor(
    ports.flatMap(({ frontends }) => frontends),
    asking,
  );
  if (first === undefined)
    return noDestination(`${id} has no ${familyWords(asking.family)}address here: give one.`);
  const reading = reached(first, analysis);
  return reading.kind === 'destination' ? goesTo(reading.destination.address, null) : reading;
}

/** Whether the protocol that was said has no ports, and so a name needs none. */
export function needsNoPort({ port }: NameWords, { protocol }: Asking): boolean {
  return port === null && protocol !== '' && !hasPorts(protocol);
}
