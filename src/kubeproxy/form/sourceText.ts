/** Who sends the packet, as a person writes it. */
import { parseAddress, type Family } from '../../values/address.ts';
import { inferArrival } from '../../kernel/arrival.ts';
import type { SourceKind } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import { ownNodeName } from '../ownNode.ts';
import { readEndpoint, readPort } from './endpointText.ts';

export interface SourceText {
  readonly kind: SourceKind;
  /** Null for a node process that leaves it to routing. */
  readonly address: string | null;
  readonly port: number | null;
  /** Null where the address does not tell, since there is none. */
  readonly family: Family | null;
}

/** Of somebody outside: from the blocks for documentation (RFC 5737, RFC 3849), which no cluster has. */
export const outsideAddresses: Readonly<Record<Family, string>> = { 4: '203.0.113.9', 6: '2001:db8::9' };

export type SourceReading =
  | { readonly kind: 'source'; readonly source: SourceText }
  | { readonly kind: 'wrong'; readonly message: string };

/**
 * `pod:10.244.1.7`, `pod:default/client`, `external:203.0.113.9:5000`, `node`, `node:192.168.0.2`, `node:node-1`,
 * `10.244.1.7`. `family` is the destination's, where it has one: of a pod or a node with several addresses it picks one.
 */
export function readSource(text: string, family: Family | null, analysis: Analysis): SourceReading {
  if (text === '') return wrong('Say who sends the packet: pod:IP, external:IP, node or an address.');
  const prefixed = /^(pod|external|node)(?::(.*))?$/is.exec(text);
  if (!prefixed) return ofAddress(null, text, analysis);
  const kind = kindNamed(prefixed[1] ?? '');
  const rest = prefixed[2] ?? '';
  if (kind === 'node' && (rest === '' || readPort(rest) !== null)) {
    return { kind: 'source', source: { kind, address: null, port: readPort(rest), family: null } };
  }
  if (rest === '')
    return wrong(`An address is missing behind "${kind}:", such as ${kind}:${examples[kind]}.`);
  const node = kind === 'node' ? nodeNamed(rest, family, analysis) : null;
  if (node !== null) return { kind: 'source', source: node };
  const pod = kind === 'pod' ? podNamed(rest, family, analysis) : null;
  const unknown = kind !== 'external' && pod === null && NAME.test(rest);
  if (unknown && readEndpoint(rest).kind === 'wrong') return wrong(unknownName(kind, rest, analysis));
  return ofAddress(kind, pod ?? rest, analysis);
}

/** `default/client`, `node-1` */
const NAME = /^[a-z0-9](?:[a-z0-9./-]*[a-z0-9])?$/;

function unknownName(kind: 'pod' | 'node', name: string, { objects }: Analysis): string {
  const form = kind === 'pod' ? 'pod:namespace/name' : 'node:name';
  return objects === null
    ? `"${name}" is no address, and without objects.json no ${kind} is known by its name.`
    : `"${name}" is no address, and the objects have no ${kind} of this name with one (${form}).`;
}

const examples: Readonly<Record<SourceKind, string>> = {
  pod: '10.244.1.7',
  external: outsideAddresses[4],
  node: '192.168.0.2',
};

function kindNamed(name: string): SourceKind {
  const lower = name.toLowerCase();
  return lower === 'pod' || lower === 'node' ? lower : 'external';
}

function ofAddress(kind: SourceKind | null, text: string, analysis: Analysis): SourceReading {
  const reading = readEndpoint(text);
  if (reading.kind === 'wrong') return reading;
  const { address, port, family } = reading.endpoint;
  return {
    kind: 'source',
    source: { kind: kind ?? kindOf(family, address, analysis), address, port, family },
  };
}

/** A bare address: the node's own, a pod's as far as is known, else somebody outside. */
function kindOf(family: Family, address: string, { node, catalog }: Analysis): SourceKind {
  const parsed = parseAddress(address);
  if (!parsed || /^127\.|^::1$/.test(address)) return 'node';
  const guess = inferArrival(node, family, parsed);
  if (guess.kind !== 'external') return guess.kind;
  const owners = catalog.whoHas(address);
  const pod = owners.some((owner) => (owner.kind === 'pod' ? !owner.hostNetwork : owner.kind === 'endpoint'));
  return pod ? 'pod' : 'external';
}

/** The address of `default/client`, where the objects know such a pod. */
function podNamed(name: string, family: Family | null, analysis: Analysis): string | null {
  const pod = analysis.objects?.pods.find((each) => `${each.namespace}/${each.name}` === name);
  return ofFamily(pod?.ips ?? [], family);
}

/** The first that is of the family, else the first. */
function ofFamily(addresses: readonly string[], family: Family | null): string | null {
  return addresses.find((each) => parseAddress(each)?.family === family) ?? addresses[0] ?? null;
}

/**
 * `node-1`, `node-1:4000`: a process of this node, if that is its name. Of another node only its address is seen here: its
 * packets come in from the network. Null where nothing knows a node of this name.
 */
function nodeNamed(text: string, wanted: Family | null, analysis: Analysis): SourceText | null {
  const [, name = '', port = ''] = /^(.+?)(?::(\d+))?$/.exec(text) ?? [];
  const given = { port: readPort(port), address: null, family: null };
  const own = ownNodeName(analysis);
  if (name === own) return { ...given, kind: 'node' };
  const node = analysis.objects?.nodes.find((each) => each.name === name);
  const address = ofFamily(node?.internalAddresses ?? [], wanted);
  const family = address === null ? undefined : parseAddress(address)?.family;
  if (family === undefined) return null;
  return { ...given, kind: own === null ? 'node' : 'external', address, family };
}

function wrong(message: string): SourceReading {
  return { kind: 'wrong', message };
}
