/** What stands at an address, in the words of a form's notes. */
import { parseAddress } from '../../values/address.ts';
import type { Flow } from '../../kernel/flow.ts';
import { addressType } from '../../kernel/node/routing.ts';
import type { Analysis } from '../analysis.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Frontend } from '../services/frontend.ts';
import { frontendKindWords } from '../words/frontendWords.ts';
import { keptBySender } from './keptBySender.ts';

/** How the ends were meant. */
export interface Meant {
  /** The word that the destination's address stands in the place of; null where it is meant itself. */
  readonly inPlaceOf: string | null;
  /** Whether the port was not said, and is the only one there. */
  readonly isOnlyPort: boolean;
  /** Whether the source is no part of the cluster. */
  readonly outside: boolean;
}

/** What the destination is: `ClusterIP of default/web:http`, `pod default/client`; empty where nothing tells. */
export function destinationNote(
  flow: Flow,
  { inPlaceOf, outside, isOnlyPort }: Meant,
  analysis: Analysis,
): string {
  const { to, protocol } = flow;
  const place = placeNote(outside, to, protocol, analysis);
  const note = isOnlyPort ? `${place}, whose only port is ${to.port}/${protocol.toUpperCase()}` : place;
  if (inPlaceOf === null) return keptBySender(flow) === 'loopback' ? KEPT : note;
  const instead = `${to.address} in place of ${inPlaceOf}: a client keeps what it sends to its own`;
  return note === '' ? instead : `${note}, ${instead}`;
}

const KEPT =
  'a loopback address: who sends to it keeps the packet, and it comes here only if somebody forged it';

function placeNote(outside: boolean, to: Flow['to'], protocol: string, analysis: Analysis): string {
  const { address, port } = to;
  const found = frontendsOf(to, protocol, analysis)[0];
  if (found) {
    const what = `${frontendKindWords(found.frontend.kind)} of ${found.port.name}`;
    return outside && isInsideOnly(found.port) ? `${what}, which has no address for clients outside` : what;
  }
  const owner = ownerNote(address, analysis, port);
  if (owner !== '' || port === null) return owner;
  const nodePort = to.kind === undefined ? maybeNodePort(address, port, protocol, analysis) : null;
  return nodePort === null ? '' : `node port of ${nodePort.name}, if the address is this node’s`;
}

/** Whether it has a ClusterIP alone, by the rules. */
function isInsideOnly({ frontends }: ServicePort): boolean {
  return frontends.every(({ kind }) => kind === 'clusterIP');
}

/** Where nothing tells whose the address is. */
function maybeNodePort(
  address: string,
  port: number,
  protocol: string,
  { catalog, node, hints }: Analysis,
): ServicePort | null {
  const parsed = parseAddress(address);
  if (!parsed || (addressType(node, parsed) ?? hints.addressHint(parsed)) !== null) return null;
  const found = catalog.frontendsAt(null, port, protocol);
  return found.find(({ frontend }) => frontend.family === parsed.family)?.port ?? null;
}

/** The Service frontends that a packet to this address and port meets; node ports too, where the address is the node's. */
export function frontendsOf(
  { address, port, kind }: Flow['to'],
  protocol: string | undefined,
  { catalog, node, hints }: Pick<Analysis, 'catalog' | 'node' | 'hints'>,
): readonly { readonly port: ServicePort; readonly frontend: Frontend }[] {
  if (port === null) return [];
  const direct = catalog.frontendsAt(address, port, protocol);
  if (direct.length > 0) return direct;
  const parsed = parseAddress(address);
  if (!parsed) return [];
  const type = addressType(node, parsed) ?? hints.addressHint(parsed)?.type;
  if (type === undefined ? kind !== 'node' : type !== 'LOCAL') return [];
  return catalog
    .frontendsAt(null, port, protocol)
    .filter(({ frontend }) => frontend.family === parsed.family);
}

/**
 * `pod default/client`, `node node-1`, `endpoint of default/web:http`; empty where nothing tells. With a port, an endpoint is
 * named only where that is its port: what else listens on a node is none of the Service's.
 */
export function ownerNote(address: string, { catalog }: Analysis, port: number | null = null): string {
  for (const owner of catalog.whoHas(address)) {
    if (owner.kind === 'pod') return `pod ${owner.namespace}/${owner.name}`;
    if (owner.kind === 'node') return `node ${owner.name}`;
    if (owner.kind === 'endpoint' && (port === null || owner.endpoint.port === port)) {
      return `endpoint of ${owner.port.name}`;
    }
  }
  return '';
}
