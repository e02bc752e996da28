/** From where a frontend is tried, and which packet that is. */
import { formatAddress, parseAddress } from '../../values/address.ts';
import { joinHostPort } from '../../values/hostPort.ts';
import { readNetwork } from '../../values/networks.ts';
import { inferArrival } from '../../kernel/arrival.ts';
import type { Analysis } from '../analysis.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { FlowForm } from '../form/flowForm.ts';
import { podCandidates } from '../form/somePod.ts';
import { outsideAddress } from '../form/outsideAddress.ts';
import { ownNodeName } from '../ownNode.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Frontend } from '../services/frontend.ts';
import type { Vantage } from './way.ts';

/** In the order of a table's columns. */
export const vantages: readonly Exclude<Vantage, 'given'>[] = [
  'pod',
  'itself',
  'node',
  'other-node',
  'outside',
];

/** As a heading. */
export const vantageWords: Readonly<Record<Vantage, string>> = {
  pod: 'a pod',
  itself: 'itself',
  node: 'node',
  'other-node': 'other node',
  outside: 'outside',
  given: 'as asked',
};

/** As a part of a sentence: `from outside`. */
export const fromWords: Readonly<Record<Vantage, string>> = {
  pod: 'from a pod',
  itself: 'from an endpoint to itself',
  node: 'from this node',
  'other-node': 'from another node',
  outside: 'from outside',
  given: 'from there',
};

/** The packet; null where nobody stands there, or nobody is meant to ask from there. */
export function packetFrom(
  vantage: Exclude<Vantage, 'given'>,
  port: ServicePort,
  frontend: Frontend,
  analysis: Analysis,
): FlowForm | null {
  const from = sourceOf(vantage, port, frontend, analysis);
  return from === null ? null : packetTo(frontend, from);
}

/**
 * What stands for any client of a vantage is one of many, of which a rule may mean that one alone: the packet of another one.
 * Null where there is none, or who asks was named.
 */
export function otherClient(
  frontend: Frontend,
  vantage: Vantage,
  { family, from }: Flow,
  analysis: Analysis,
): FlowForm | null {
  if (vantage === 'outside')
    return frontend.sourceRanges === null
      ? packetTo(frontend, `external:${bracketed(outsideAddress(analysis, family, from.address))}`)
      : null;
  if (vantage !== 'pod') return null;
  const asked = analysis.catalog.frontendsAt(frontend.address, frontend.port);
  const endpoints = new Set(asked.flatMap(({ port }) => port.endpoints.map(({ address }) => address)));
  const pods = podCandidates(family, analysis);
  const other = pods.find((each) => each !== from.address && !endpoints.has(each));
  return other === undefined ? null : packetTo(frontend, `pod:${bracketed(other)}`);
}

/** `from` as `readForm` takes it. */
export function packetTo({ address, port, protocol }: Frontend, from: string): FlowForm {
  const to = address === null ? `:${port}` : joinHostPort(address, port);
  return { from, to, protocol, state: '', mark: '', interface: '', ttl: '', tcpFlags: '' };
}

function sourceOf(
  vantage: Exclude<Vantage, 'given'>,
  port: ServicePort,
  frontend: Frontend,
  analysis: Analysis,
): string | null {
  switch (vantage) {
    case 'pod':
    case 'node':
      return vantage;
    case 'itself': {
      const own = localEndpoint(port, frontend, analysis);
      return own === null ? null : `pod:${bracketed(own)}`;
    }
    case 'other-node': {
      const other = otherNodeAddress(frontend, analysis);
      return other === null ? null : `external:${bracketed(other)}`;
    }
    default:
      return outsideOf(frontend);
  }
}

/** Nobody outside is meant to reach a cluster IP. Where source ranges are, a client is one that they let in. */
function outsideOf({ kind, sourceRanges }: Frontend): string | null {
  if (kind === 'clusterIP') return null;
  const range = (sourceRanges ?? []).flatMap((text) => {
    const read = readNetwork(text, null);
    return read.kind === 'value' ? [read.value] : [];
  })[0];
  return range === undefined
    ? 'external'
    : `external:${bracketed(formatAddress({ ...range, value: firstHost(range) }))}`;
}

/** The address behind that of the network; of a single one itself. */
function firstHost({ family, value, mask }: { family: 4 | 6; value: bigint; mask: bigint }): bigint {
  const all = family === 4 ? 0xffff_ffffn : (1n << 128n) - 1n;
  return mask === all ? value : value | 1n;
}

/** An endpoint whose packets come in as those of a pod of this node. */
function localEndpoint({ endpoints }: ServicePort, { family }: Frontend, { node }: Analysis): string | null {
  for (const endpoint of endpoints) {
    const address = endpoint.family === family && endpoint.inRules ? parseAddress(endpoint.address) : null;
    if (address !== null && inferArrival(node, family, address).kind === 'pod') return endpoint.address;
  }
  return null;
}

function otherNodeAddress({ family }: Frontend, analysis: Analysis): string | null {
  const own = ownNodeName(analysis);
  if (own === null) return null;
  for (const { name, internalAddresses } of analysis.objects?.nodes ?? []) {
    const address = internalAddresses.find((each) => parseAddress(each)?.family === family);
    if (name !== own && address !== undefined) return address;
  }
  return null;
}

/** As it stands before a port. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
