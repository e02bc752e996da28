import { parseAddress } from '../../values/address.ts';
import type { KubernetesNode, Service, ServicePortSpec } from '../../kubernetes/objects.ts';
import type { Family } from '../../kernel/flow.ts';
import { queryWords } from './matchingChoices.ts';
import { servicePortName } from '../services/portName.ts';
import { frontendKindWords } from '../words/frontendWords.ts';
import { type Choice, receivingPod, serviceChoice } from './choice.ts';
import { addressesOf, type ClusterIndex } from './clusterIndex.ts';
import { likeliestNode } from './likelyNodes.ts';

/** Where a packet may go: every Service port by each of its frontends, then the pods. */
export function* destinationsOf(index: ClusterIndex, query: string): Generator<Choice> {
  const nodes = new QueriedNodes(index, query);
  for (const service of index.objects.services) yield* serviceChoices(service, index, nodes);
  for (const pod of index.objects.pods) yield* receivingPod(pod, index);
}

function* serviceChoices(service: Service, index: ClusterIndex, nodes: QueriedNodes): Generator<Choice> {
  const addresses = addressesOf(service);
  for (const port of service.ports) {
    const label = servicePortName(service.namespace, service.name, port.name);
    const { protocol } = port;
    const state = stateWords(service, port, index);
    for (const { kind, address } of addresses) {
      yield serviceChoice({ label, kind, address, port: port.port, protocol, behind: state });
    }
    if (port.nodePort === null) continue;
    const families = new Set(addresses.map(({ family }) => family));
    for (const { node, address } of nodes.of(label, service, port, families)) {
      const behind = ` at ${node.name}${state}`;
      yield serviceChoice({ label, kind: 'nodePort', address, port: port.nodePort, protocol, behind });
    }
  }
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
    const own =
      `${label} ${frontendKindWords('nodePort')} ${port.nodePort}/${port.protocol} at `.toLowerCase();
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
