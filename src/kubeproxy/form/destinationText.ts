/** Where the packet goes, as a person writes it: an address, or a Service port by its name. */
import { normalAddress, parseAddress, type Family } from '../../values/address.ts';
import type { KubernetesNode, Pod } from '../../kubernetes/objects.ts';
import type { Analysis } from '../analysis.ts';
import { clusterIndexOf } from '../choices/clusterIndex.ts';
import {
  type Asking,
  type DestinationReading,
  familyWords,
  goesTo,
  goesToAddress,
  noDestination,
} from './destination.ts';
import type { EndWords, NameWords } from './endWords.ts';
import { readPort } from './endpointText.ts';
import { namedEnd } from './namedEnds.ts';
import { namedHere } from './namedHere.ts';
import { nodeAddress, nodeStandIns } from './nodeAddress.ts';
import { listed } from './packetText.ts';
import { addressOfService, needsNoPort, ofService } from './serviceEnd.ts';
import { outsideAddress } from './outsideAddress.ts';

/**
 * `10.96.12.3:80`, `[fd00::1]:80`, an address alone, `default/web:http`, `default/web`, `web`, `svc/web`,
 * `web.default.svc:80`, `http://web.default/`, `:30080` (of this node), `pod:web-0:8080`.
 */
export function readDestination(words: EndWords, asking: Asking, analysis: Analysis): DestinationReading {
  switch (words.kind) {
    case 'wrong':
      return words;
    case 'address':
      return isUnspecified(words.address) ? ofUnspecified(words, asking, analysis) : goesToAddress(words);
    case 'localhost':
      return ofLocalhost(words.port, asking, analysis);
    case 'somebody':
      return ofSomebody(words, asking, analysis);
    default:
      return ofName(words, asking, analysis);
  }
}

/** A process that connects to `0.0.0.0` or `::` reaches its own localhost (ip_route_output_key_hash, tcp_v6_connect). */
function ofUnspecified(
  { family, port }: Extract<EndWords, { readonly kind: 'address' }>,
  asking: Asking,
  analysis: Analysis,
): DestinationReading {
  return ofLocalhost(port, { ...asking, family }, analysis);
}

function isUnspecified(address: string): boolean {
  return parseAddress(address)?.value === 0n;
}

/** A client outside keeps what it sends to its own localhost: who asks of one means this node's. */
function ofLocalhost(port: number | null, asking: Asking, analysis: Analysis): DestinationReading {
  if (!asking.outside) return goesTo(asking.family === 6 ? '::1' : '127.0.0.1', port);
  const wanted = asking.family ?? familyOfNodePort(port, asking.protocol, analysis);
  return goesTo(nodeAddress(analysis, wanted) ?? nodeStandIns[wanted], port, null, 'localhost');
}

/** `:30080`, `node`, `external:443`; any pod is not one to send to. */
function ofSomebody(
  { of, port }: Extract<EndWords, { readonly kind: 'somebody' }>,
  { family, protocol }: Asking,
  analysis: Analysis,
): DestinationReading {
  if (of === 'pod') return noDestination('Say which pod: pod:default/web-0 or pod:10.244.1.7, with a port.');
  const wanted = family ?? familyOfNodePort(port, protocol, analysis);
  if (of === 'external') {
    return goesToAddress({
      kind: 'address',
      of,
      family: wanted,
      address: outsideAddress(analysis, wanted),
      port,
    });
  }
  return goesTo(nodeAddress(analysis, wanted) ?? nodeStandIns[wanted], port);
}

/** That of a Service with this node port; IPv4 where there is none, or one of each. */
function familyOfNodePort(port: number | null, protocol: string, { catalog, sources }: Analysis): Family {
  const found = port === null ? [] : catalog.frontendsAt(null, port, protocol === '' ? undefined : protocol);
  const own = found.map(({ frontend }) => frontend.family);
  if (own.length > 0) return own.includes(4) ? 4 : 6;
  return sources.families[0] ?? 4;
}

function ofName(words: NameWords, asking: Asking, analysis: Analysis): DestinationReading {
  const found = namedEnd(words, 'destination', namedHere(analysis), asking.namespace);
  switch (found.kind) {
    case 'wrong':
      return found;
    case 'service':
      return needsNoPort(words, asking)
        ? addressOfService(found.service, asking, analysis)
        : ofService(found.service, words, asking, analysis);
    case 'pod':
      return ofPod(found.pod, words, asking, analysis);
    default:
      return ofNode(found.node, words, asking);
  }
}

/** A port that is not said is the only one that it is an endpoint with. */
function ofPod(
  pod: Pod,
  { port }: NameWords,
  { family, protocol }: Asking,
  analysis: Analysis,
): DestinationReading {
  const name = `${pod.namespace}/${pod.name}`;
  const address = pod.ips.find(
    (each) => parseAddress(each)?.family === (family ?? parseAddress(each)?.family),
  );
  if (address === undefined)
    return noDestination(`The pod ${name} has no ${familyWords(family)}address: give one.`);
  const number =
    port === null
      ? null
      : (readPort(port) ?? pod.containerPorts.find((each) => each.name === port)?.port ?? null);
  if (port !== null && number === null)
    return noDestination(`The pod ${name} has no port "${port}": give its number.`);
  if (number !== null || protocol === 'icmp' || analysis.objects === null) return goesTo(address, number);
  const listening = clusterIndexOf(analysis.objects)
    .listeningOf(pod)
    .filter((each) => each.address === normalAddress(address));
  const [only] = listening;
  if (only === undefined) return noDestination(`Say which port of the pod ${name}, such as ${name}:8080.`);
  if (listening.length > 1) {
    const ports = listening.map((each) => `${each.port}/${each.protocol.toUpperCase()}`);
    return noDestination(`Say which port: the pod ${name} is at ${listed(ports)}.`);
  }
  return goesTo(address, only.port, only.protocol);
}

function ofNode(node: KubernetesNode, { port }: NameWords, { family }: Asking): DestinationReading {
  const all = node.internalAddresses;
  const address = all.find((each) => family === null || parseAddress(each)?.family === family);
  const number = port === null ? null : readPort(port);
  if (address === undefined)
    return noDestination(`The node ${node.name} has no ${familyWords(family)}address: give one.`);
  if (port !== null && number === null)
    return noDestination(`"${port}" is not a port: use a number from 1 to 65535.`);
  return goesTo(address, number);
}
