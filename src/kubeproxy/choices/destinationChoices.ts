import { servicePortName } from '../services/portName.ts';
import { parseAddress, normalAddress } from '../../values/address.ts';
import type { KubernetesNode, Pod, Service, ServicePortSpec } from '../../kubernetes/objects.ts';
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Family } from '../../kernel/flow.ts';
import { isOver } from '../services/objectIndex.ts';
import { frontendWords } from '../form/destinationText.ts';
import { queryWords } from '../form/matchingChoices.ts';
import type { ClusterChoice } from './clusterChoices.ts';
import { addressesOf, type ClusterIndex } from './clusterIndex.ts';
import { likeliestNode } from './likelyNodes.ts';

/** Where a packet may go: every Service port by each of its frontends, then the pods. */
export function* destinationsOf(index: ClusterIndex, query: string): Generator<ClusterChoice> {
  const nodes = new QueriedNodes(index, query);
  for (const service of index.objects.services) yield* serviceChoices(service, index, nodes);
  for (const pod of index.objects.pods) yield* podChoices(pod, index);
}

function* serviceChoices(
  service: Service,
  index: ClusterIndex,
  nodes: QueriedNodes,
): Generator<ClusterChoice> {
  const addresses = addressesOf(service);
  for (const port of service.ports) {
    const label = servicePortName(service.namespace, service.name, port.name);
    const state = stateWords(service, port, index);
    for (const { kind, address } of addresses) {
      yield choice(label, frontendWords[kind], { address, port: port.port }, port.protocol, state);
    }
    if (port.nodePort === null) continue;
    const families = new Set(addresses.map(({ family }) => family));
    for (const { node, address } of nodes.of(label, service, port, families)) {
      yield choice(
        label,
        frontendWords.nodePort,
        { address, port: port.nodePort },
        port.protocol,
        ` at ${node.name}${state}`,
      );
    }
  }
}

/** `ClusterIP 10.96.12.3:80/TCP · no ready endpoints` */
function choice(
  label: string,
  kind: string,
  end: { readonly address: string; readonly port: number },
  protocol: string,
  behind: string,
): ClusterChoice {
  const to = formatEndpoint(end);
  return {
    label,
    description: `${kind} ${to}/${protocol.toUpperCase()}${behind}`,
    form: { to, protocol },
    icon: 'service',
  };
}

function stateWords(service: Service, port: ServicePortSpec, index: ClusterIndex): string {
  const endpoints = index.endpointsOf(service, port);
  if (endpoints.some(({ endpoint }) => endpoint.ready)) return '';
  return endpoints.length === 0 ? ' · no endpoints' : ' · no ready endpoints';
}

interface NodeAddress {
  readonly node: KubernetesNode;
  readonly address: string;
}

/**
 * At which nodes node ports are offered: the likeliest one, and, where the query's words are a node's, those: every port
 * at every node would be millions of choices.
 */
class QueriedNodes {
  readonly #index: ClusterIndex;
  readonly #words: readonly string[];
  readonly #found = new Map<string, readonly KubernetesNode[]>();

  constructor(index: ClusterIndex, query: string) {
    this.#index = index;
    this.#words = queryWords(query);
  }

  *of(
    label: string,
    service: Service,
    port: ServicePortSpec,
    families: ReadonlySet<Family>,
  ): Generator<NodeAddress> {
    const own = `${label} ${frontendWords.nodePort} ${port.nodePort}/${port.protocol} at `.toLowerCase();
    const left = this.#words.filter((word) => !own.includes(word));
    const nodes = left.length > 0 ? this.#holding(left) : likeliestNode(this.#index, service, port);
    for (const node of nodes) {
      for (const family of families) {
        const address = addressOfNode(node, family);
        if (address !== null) yield { node, address };
      }
    }
  }

  #holding(words: readonly string[]): readonly KubernetesNode[] {
    const key = words.join(' ');
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const found = this.#index.objects.nodes.filter((node) => {
      const text = [node.name, ...node.internalAddresses].join(' ').toLowerCase();
      return words.every((word) => text.includes(word.replace(/:\d+(?:\/\w*)?$/, '')));
    });
    this.#found.set(key, found);
    return found;
  }
}

function addressOfNode(node: KubernetesNode, family: Family): string | null {
  return node.internalAddresses.find((each) => parseAddress(each)?.family === family) ?? null;
}

/** A pod by each port that it is an endpoint with; one of which none is known can be pinged. */
function* podChoices(pod: Pod, index: ClusterIndex): Generator<ClusterChoice> {
  if (isOver(pod)) return;
  const label = `${pod.namespace}/${pod.name}`;
  const on = pod.nodeName === null ? '' : ` on ${pod.nodeName}`;
  for (const address of pod.ips) {
    if (parseAddress(address) === null) continue;
    const ports = index.listeningOf(pod).filter((each) => each.address === normalAddress(address));
    for (const { port, protocol } of ports) {
      const to = formatEndpoint({ address, port });
      const description = `pod ${to}/${protocol.toUpperCase()}${on}`;
      yield { label, description, form: { to, protocol }, icon: 'pod' };
    }
    if (ports.length > 0) continue;
    const description = `pod ${address}${on}, by ICMP: no port of it is known`;
    yield { label, description, form: { to: address, protocol: 'icmp' }, icon: 'pod' };
  }
}
