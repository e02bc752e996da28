/** Pods that really are on the network: a namespace with the Pod's addresses behind the node's bridge. */
import { podAddress, podGateway, type Pair } from './addresses.ts';
import type { Client, Manifest } from './client.ts';
import type { ClusterNode } from './clusterNode.ts';
import { addressesAnnotation } from './kwok.ts';
import { NetworkNamespace } from './namespaces.ts';

export interface PodOptions {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Names and numbers of its container's ports. */
  readonly ports?: Readonly<Record<string, number>>;
}

export interface RealPod {
  readonly manifest: Manifest;
  readonly name: string;
  readonly node: ClusterNode;
  readonly addresses: Pair;
  readonly network: NetworkNamespace;
  /** Its port of the node's bridge, or its own link where the node routes. */
  readonly link: string;
}

/** Makes the network first, then the Pod object, which kwok makes ready with these addresses. `index`: unique on the node, from 0. */
export async function startRealPod(
  client: Client,
  node: ClusterNode,
  index: number,
  options: PodOptions,
): Promise<RealPod> {
  const addresses = podAddress(node.index, index);
  const link = `pod${index}`;
  const network = (node.routed ? routedNetwork : bridgedNetwork)(node, link, addresses);
  const manifest = podManifest(node.name, options, addresses);
  await client.create(manifest);
  return { manifest, name: options.name, node, addresses, network, link };
}

function bridgedNetwork(node: ClusterNode, link: string, addresses: Pair): NetworkNamespace {
  const gateway = podGateway(node.index);
  const network = new NetworkNamespace(`${node.namespace.name}-${link}`);
  node.namespace.ip([
    `link add ${link} type veth peer name eth0 netns ${network.name}`,
    `link set ${link} master cni0 up`,
    // A Pod that reaches itself through its Service.
    `link set ${link} type bridge_slave hairpin on`,
  ]);
  network.ip([
    'link set eth0 up',
    `addr add ${addresses[4]}/24 dev eth0`,
    `addr add ${addresses[6]}/112 dev eth0 nodad`,
    `route add default via ${gateway[4]}`,
    `route add default via ${gateway[6]}`,
  ]);
  return network;
}

/** The other end of a routed Pod's link; the same for all, as the links do not meet. */
export const routedHardware = '02:00:00:00:fd:01';

/** As Calico does it: a route to each Pod, and a gateway that is only a neighbour. */
function routedNetwork(node: ClusterNode, link: string, addresses: Pair): NetworkNamespace {
  const network = new NetworkNamespace(`${node.namespace.name}-${link}`);
  node.namespace.ip([
    `link add ${link} address ${routedHardware} type veth peer name eth0 netns ${network.name}`,
    `link set ${link} up`,
    `route add ${addresses[4]}/32 dev ${link}`,
    `route add ${addresses[6]}/128 dev ${link}`,
  ]);
  network.ip([
    'link set eth0 up',
    `addr add ${addresses[4]}/32 dev eth0`,
    `addr add ${addresses[6]}/128 dev eth0 nodad`,
    'route add 169.254.1.1 dev eth0 scope link',
    `neigh replace 169.254.1.1 lladdr ${routedHardware} nud permanent dev eth0`,
    'route add default via 169.254.1.1 dev eth0',
    `neigh replace fe80::1 lladdr ${routedHardware} nud permanent dev eth0`,
    'route add default via fe80::1 dev eth0',
  ]);
  return network;
}

function podManifest(nodeName: string, options: PodOptions, addresses: Pair): Manifest {
  const ports = Object.entries(options.ports ?? {}).map(([name, containerPort]) => ({ name, containerPort }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: options.namespace ?? 'default',
      name: options.name,
      labels: options.labels ?? {},
      annotations: { [addressesAnnotation]: `${addresses[4]},${addresses[6]}` },
    },
    spec: { nodeName, containers: [{ name: 'main', image: 'test/server:1', ports }] },
  };
}
