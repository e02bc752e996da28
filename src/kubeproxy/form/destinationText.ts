/** Where the packet goes, as a person writes it: an address, or a Service port by its name. */
import type { Frontend } from '../services/frontend.ts';
import { parseAddress, type Family } from '../../values/address.ts';
import { addressType } from '../../kernel/node/routing.ts';
import type { Analysis } from '../analysis.ts';
import type { ServicePort } from '../services/catalog.ts';
import { frontendKindWords } from '../words/frontendWords.ts';
import { readEndpoint } from './endpointText.ts';
import { listed } from './packetText.ts';

export interface DestinationText {
  readonly family: Family;
  readonly address: string;
  readonly port: number | null;
  /** Of the Service port that was named. */
  readonly protocol: string | null;
}

export type DestinationReading =
  | { readonly kind: 'destination'; readonly destination: DestinationText }
  | { readonly kind: 'wrong'; readonly message: string };

/**
 * `10.96.12.3:80`, `[fd00::1]:80`, an address alone, `default/web:http`, `default/web`. `family` is the source's, where it
 * has one: of a dual-stack Service it picks the address. `protocol` picks one of several ports of one name.
 */
export function readDestination(
  text: string,
  family: Family | null,
  protocol: string,
  analysis: Analysis,
): DestinationReading {
  if (text === '')
    return wrong(
      'Say where the packet goes: an address with a port, or a Service port such as default/web:http.',
    );
  if (text.includes('/') && !/^[0-9a-f.:[\]]+\/\d+$/i.test(text))
    return ofService(text, family, protocol, analysis);
  const reading = readEndpoint(text);
  return reading.kind === 'wrong'
    ? reading
    : { kind: 'destination', destination: { ...reading.endpoint, protocol: null } };
}

function ofService(
  name: string,
  family: Family | null,
  protocol: string,
  analysis: Analysis,
): DestinationReading {
  const { catalog } = analysis;
  const ports = portsNamed(name, protocol, analysis);
  const [port] = ports;
  if (!port) return wrong(unknownService(name, analysis));
  if (ports.length > 1) {
    return wrong(`${name} has several ports: name one of them, ${listed(ports.map((each) => each.name))}.`);
  }
  const frontend = port.frontends.find(
    (each) => each.address !== null && each.family === (family ?? each.family),
  );
  if (frontend && frontend.address !== null) {
    const { address, port: number, protocol: own } = frontend;
    return {
      kind: 'destination',
      destination: { family: frontend.family, address, port: number, protocol: own },
    };
  }
  const nodePort = catalog.ports.includes(port) && port.frontends.find((each) => each.kind === 'nodePort');
  return wrong(
    nodePort
      ? `${port.name} is reached by node port ${nodePort.port}: give an address of the node, such as 192.168.0.2:${nodePort.port}.`
      : `${port.name} has no ${family === null ? '' : `IPv${family} `}address in these rules: give an address.`,
  );
}

function portsNamed(name: string, protocol: string, { catalog }: Analysis): readonly ServicePort[] {
  const exact = catalog.portNamed(name, protocol === '' ? undefined : protocol) ?? catalog.portNamed(name);
  if (exact) return [exact];
  return catalog.serviceNamed(name)?.ports ?? [];
}

function unknownService(name: string, { catalog }: Analysis): string {
  const service = catalog.serviceNamed(name.replace(/:[^:/]*$/, ''));
  if (service) {
    return `${service.id} has no such port: it has ${listed(service.ports.map((each) => each.name))}.`;
  }
  const [, bare = name] = /\/([^:]+)/.exec(name) ?? [];
  const elsewhere = catalog.services.find((each) => each.name === bare && each.namespace !== null);
  return elsewhere
    ? `These rules have no Service ${name}, but there is ${elsewhere.id}.`
    : `These rules have no Service ${name}. "tree RULES --by service" lists those they have.`;
}

/** What an address and port are: `ClusterIP of default/web:http`, `pod default/client`; empty where nothing tells. */
export function destinationNote(
  address: string,
  port: number | null,
  protocol: string,
  analysis: Analysis,
): string {
  const found = frontendsOf(address, port, protocol, analysis)[0];
  if (found) return `${frontendKindWords(found.frontend.kind)} of ${found.port.name}`;
  return ownerNote(address, analysis);
}

/** The Service frontends that a packet to this address and port meets; node ports too, where the address is the node's. */
export function frontendsOf(
  address: string,
  port: number | null,
  protocol: string | undefined,
  { catalog, node }: Pick<Analysis, 'catalog' | 'node'>,
): readonly { readonly port: ServicePort; readonly frontend: Frontend }[] {
  if (port === null) return [];
  const direct = catalog.frontendsAt(address, port, protocol);
  if (direct.length > 0) return direct;
  const parsed = parseAddress(address);
  if (!parsed || addressType(node, parsed) !== 'LOCAL') return [];
  return catalog
    .frontendsAt(null, port, protocol)
    .filter(({ frontend }) => frontend.family === parsed.family);
}

/** `pod default/client`, `node node-1`, `endpoint of default/web:http`; empty where nothing tells. */
export function ownerNote(address: string, { catalog }: Analysis): string {
  for (const owner of catalog.whoHas(address)) {
    if (owner.kind === 'pod') return `pod ${owner.namespace}/${owner.name}`;
    if (owner.kind === 'node') return `node ${owner.name}`;
    if (owner.kind === 'endpoint') return `endpoint of ${owner.port.name}`;
  }
  return '';
}

function wrong(message: string): DestinationReading {
  return { kind: 'wrong', message };
}
