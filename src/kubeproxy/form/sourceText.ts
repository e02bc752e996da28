/** Who sends the packet, as a person writes it. */
import { parseAddress, type Family } from '../../values/address.ts';
import { inferArrival } from '../../kernel/arrival.ts';
import { interfaceOf, isLoopbackInterface } from '../../kernel/node/addressTypes.ts';
import type { SourceKind } from '../../kernel/flow.ts';
import type { KubernetesNode, Pod } from '../../kubernetes/objects.ts';
import type { Analysis } from '../analysis.ts';
import { containerWords } from '../containerNetworks.ts';
import { ownNodeName } from '../ownNode.ts';
import { readEndWords, type EndWords, type NameWords } from './endWords.ts';
import { readPort } from './endpointText.ts';
import { namedEnd } from './namedEnds.ts';
import { namedHere } from './namedHere.ts';
import { outsideAddress } from './outsideAddress.ts';
import { somePod } from './somePod.ts';

export interface SourceText {
  readonly kind: SourceKind;
  /** Null for a node process that leaves it to routing. */
  readonly address: string | null;
  readonly port: number | null;
  /** Null where the address does not tell, since there is none. */
  readonly family: Family | null;
  /** Whom the address stands for where the words named nobody: `any client outside`; null where they did. */
  readonly standsFor: string | null;
}

export type SourceReading =
  | { readonly kind: 'source'; readonly source: SourceText }
  | { readonly kind: 'wrong'; readonly message: string };

/**
 * `pod:10.244.1.7`, `pod:default/client`, `client`, `external:203.0.113.9:5000`, `external`, `pod`, `node`,
 * `node:192.168.0.2`, `node-1`, `localhost`, `10.244.1.7`. `to` is the other end: of somebody with several addresses its
 * family picks one, and who stands for any pod is none that the packet goes to. `arrives`: the question says at which interface.
 */
export function readSource(text: string, to: EndWords, analysis: Analysis, arrives: boolean): SourceReading {
  if (text === '') return wrong('Say who sends the packet: pod:IP, external:IP, node or an address.');
  const words = readEndWords(text);
  const family = to.kind === 'address' ? to.family : null;
  switch (words.kind) {
    case 'wrong':
      return words;
    case 'address':
      return ofAddress(words, analysis, arrives);
    case 'localhost':
      return source({ kind: 'node', address: null, port: words.port, family: null });
    case 'somebody':
      return ofSomebody(words, to, analysis);
    default:
      return ofName(words, family, analysis);
  }
}

function ofAddress(
  { of, address, port, family }: Extract<EndWords, { readonly kind: 'address' }>,
  analysis: Analysis,
  arrives: boolean,
): SourceReading {
  const kind = of === 'pod' && !arrives && isOfThisNode(address, analysis) ? 'node' : of;
  return source({ kind: kind ?? kindOf(family, address, analysis), address, port, family });
}

/** Whether a Pod with this address is on the network of its host, this node: what it sends is a process's of the node. */
function isOfThisNode(address: string, { node }: Analysis): boolean {
  const parsed = parseAddress(address);
  const name = parsed === null ? null : interfaceOf(node, parsed);
  return name !== null && !isLoopbackInterface(node, name);
}

/** A bare address: the node's own, a pod's as far as is known, else somebody outside. */
function kindOf(family: Family, address: string, { node, catalog, rulesets }: Analysis): SourceKind {
  const parsed = parseAddress(address);
  if (!parsed || /^127\.|^::1$/.test(address)) return 'node';
  const guess = inferArrival(node, family, parsed);
  if (guess.kind !== 'external') return guess.kind;
  const owners = catalog.whoHas(address);
  const pod = owners.some((owner) => (owner.kind === 'pod' ? !owner.hostNetwork : owner.kind === 'endpoint'));
  return pod || containerWords(rulesets[family], parsed) !== null ? 'pod' : 'external';
}

/** Somebody of a kind: an address that stands for all of them, and is said to. */
function ofSomebody(
  { of: kind, port }: Extract<EndWords, { readonly kind: 'somebody' }>,
  to: EndWords,
  analysis: Analysis,
): SourceReading {
  if (kind === 'node') return source({ kind, address: null, port, family: null });
  const family = familyAsked(to, analysis);
  if (kind === 'external') {
    return source(
      { kind, address: outsideAddress(analysis, family), port, family },
      'any client outside the cluster',
    );
  }
  const address = somePod(family, to, analysis);
  if (address === null) {
    return wrong(`No pod of IPv${family} is known here: give the address of one, such as pod:10.244.1.7.`);
  }
  return source({ kind, address, port, family }, 'any pod');
}

/** That of the destination; of a name, that of the Service; IPv4 where both will do. */
function familyAsked(to: EndWords, analysis: Analysis): Family {
  if (to.kind === 'address') return to.family;
  const own = familiesOf(to, analysis);
  const possible = analysis.sources.families;
  return possible.find((family) => own.length === 0 || own.includes(family)) ?? possible[0] ?? 4;
}

/** Empty where any will do. */
function familiesOf(to: EndWords, analysis: Analysis): readonly Family[] {
  if (to.kind === 'somebody' && to.port !== null) {
    return analysis.catalog.frontendsAt(null, to.port).map(({ frontend }) => frontend.family);
  }
  const named = to.kind === 'name' ? namedEnd(to, 'destination', namedHere(analysis)) : null;
  return named?.kind === 'service' ? named.service.ports.flatMap((port) => port.families) : [];
}

function ofName(words: NameWords, family: Family | null, analysis: Analysis): SourceReading {
  const port = words.port === null ? null : readPort(words.port);
  if (words.port !== null && port === null) {
    return wrong(`"${words.port}" is not a port: use a number from 1 to 65535.`);
  }
  if (isOwnNode(words, analysis)) return source({ kind: 'node', address: null, port, family: null });
  const found = namedEnd(words, 'source', namedHere(analysis));
  switch (found.kind) {
    case 'wrong':
      return found;
    case 'pod':
      return ofPod(found.pod, port, family, analysis);
    case 'node':
      return ofNode(found.node, port, family, analysis);
    default:
      return wrong(`${found.service.id} is a Service, which sends no packets: name a pod, or an address.`);
  }
}

/** This node by its name, which the snapshot may tell without any objects. */
function isOwnNode({ of, dns, text, name }: NameWords, analysis: Analysis): boolean {
  return (of === null || of === 'node') && (dns ? text : name) === ownNodeName(analysis);
}

/** One on its node's network sends as a process of the node does. */
function ofPod(pod: Pod, port: number | null, family: Family | null, analysis: Analysis): SourceReading {
  const name = `${pod.namespace}/${pod.name}`;
  const node = pod.hostNetwork
    ? analysis.objects?.nodes.find((each) => each.name === pod.nodeName)
    : undefined;
  if (node !== undefined) return ofNode(node, port, family, analysis);
  const address = ofFamily(pod.ips, family);
  if (address === null) return wrong(`The pod ${name} has no address yet: give one.`);
  return source({ kind: 'pod', address, port, family: familyOf(address) });
}

/**
 * A process of this node, if that is its name. Of another node only its address is seen here: its packets come in from
 * the network.
 */
function ofNode(
  node: KubernetesNode,
  port: number | null,
  wanted: Family | null,
  analysis: Analysis,
): SourceReading {
  const own = ownNodeName(analysis);
  if (node.name === own) return source({ kind: 'node', address: null, port, family: null });
  const address = ofFamily(node.internalAddresses, wanted);
  if (address === null) return wrong(`The node ${node.name} has no internal address: give one.`);
  return source({ kind: own === null ? 'node' : 'external', address, port, family: familyOf(address) });
}

/** Whether it is no part of the cluster, as far as is known: another node is one. */
export function isOutside({ kind, address }: SourceText, { catalog }: Analysis): boolean {
  if (kind !== 'external' || address === null) return false;
  return !catalog.whoHas(address).some((owner) => owner.kind === 'node');
}

/** That of the pod that sends; null where no pod is known to have the address. */
export function namespaceOf({ kind, address }: SourceText, { objects, catalog }: Analysis): string | null {
  if (kind !== 'pod' || address === null || objects === null) return null;
  const pods = catalog.whoHas(address).filter((owner) => owner.kind === 'pod');
  return pods[0]?.namespace ?? null;
}

/** The first that is of the family, else the first. */
function ofFamily(addresses: readonly string[], family: Family | null): string | null {
  return addresses.find((each) => familyOf(each) === family) ?? addresses[0] ?? null;
}

function familyOf(address: string): Family | null {
  return parseAddress(address)?.family ?? null;
}

function source(given: Omit<SourceText, 'standsFor'>, standsFor: string | null = null): SourceReading {
  return { kind: 'source', source: { ...given, standsFor } };
}

function wrong(message: string): SourceReading {
  return { kind: 'wrong', message };
}
