/** A node: a namespace with a real kube-proxy, and kwok as its kubelet. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterBinaries, kubernetesVersion } from '../../../scripts/clusterBinaries.mjs';
import {
  bridgeHardware,
  frontendNetworks,
  linkAddress,
  nodePodNetworks,
  type Pair,
  podGateway,
  podNetworks,
  serviceNetworks,
} from './addresses.ts';
import type { Client } from './client.ts';
import type { ControlPlane } from './controlPlane.ts';
import { type Backend, imageTools, kwokConfig, proxyTools, Tools } from './kwok.ts';
import { NetworkNamespace } from './namespaces.ts';
import { Program } from './program.ts';

export type NodeProxyMode = 'iptables' | 'nftables' | 'none';

export interface NodeOptions {
  readonly name: string;
  /** What the real kube-proxy of the node writes; `none`: the node has no kube-proxy, and no Pod of it. Default `iptables`. */
  readonly mode?: NodeProxyMode;
  /** Where kube-proxy's iptables puts its rules, and `iptables-save` looks. Default `nft`. */
  readonly backend?: Backend;
  /**
   * How Pods hang on the node: behind the bridge `cni0`, or each on a link of its own with a route, as with Calico and
   * in clouds; the rest of their network is then a blackhole. Default `bridge`.
   */
  readonly podNetwork?: 'bridge' | 'routed';
  /** Programs that an exec finds; default what kube-proxy's image holds. */
  readonly tools?: readonly string[];
  /** False: the kubelet answers every exec with an error. Default true. */
  readonly exec?: boolean;
  /** More fields of kube-proxy's configuration. */
  readonly proxyConfig?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a node is made of; the rest of the cluster has it too. */
export interface NodePlace {
  readonly instance: number;
  readonly index: number;
  readonly folder: string;
  /** Before the names of namespaces. */
  readonly prefix: string;
  readonly controlPlane: ControlPlane;
}

const kubeletPort = 10250;

const sysctls = [
  'net.ipv4.ip_forward=1',
  'net.ipv6.conf.all.forwarding=1',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=0',
  'net.ipv4.icmp_ratelimit=0',
  'net.ipv4.icmp_ratemask=0',
  'net.ipv6.icmp.ratelimit=0',
  'net.bridge.bridge-nf-call-iptables=1',
  'net.bridge.bridge-nf-call-ip6tables=1',
];

export class ClusterNode {
  readonly name: string;
  readonly mode: NodeProxyMode;
  readonly backend: Backend;
  readonly index: number;
  /** Each Pod has a link of its own, and there is no bridge. */
  readonly routed: boolean;
  readonly addresses: Pair;
  readonly namespace: NetworkNamespace;
  /** What exec finds on this node; a test may change it at any time. */
  readonly tools: Tools;
  readonly kubelet: Program;
  /** Null where the node has none. */
  readonly proxy: Program | null;
  readonly #options: NodeOptions;

  constructor(options: NodeOptions, place: NodePlace) {
    this.#options = options;
    this.name = options.name;
    this.mode = options.mode ?? 'iptables';
    this.backend = options.backend ?? 'nft';
    this.index = place.index;
    this.addresses = linkAddress(place.instance, 'node', place.index);
    this.routed = options.podNetwork === 'routed';
    this.namespace = joinedNode(options.name, place);
    this.namespace.ip(this.routed ? blackholes(place.index) : bridge(place.index));
    const folder = join(place.folder, options.name);
    mkdirSync(folder);
    this.tools = new Tools(join(folder, 'tools'), options.tools ?? imageTools, this.backend);
    this.kubelet = this.#startKubelet(folder, place.controlPlane);
    this.proxy = this.mode === 'none' ? null : this.#startProxy(folder, place.controlPlane);
  }

  #startKubelet(folder: string, { authority, machineryConfig }: ControlPlane): Program {
    const config = join(folder, 'kwok.yaml');
    writeFileSync(config, kwokConfig(this.#options.exec ?? true));
    const serving = authority.server(`kubelet-${this.name}`, [this.addresses[4]]);
    return new Program({
      namespace: this.namespace,
      log: join(folder, 'kwok.log'),
      env: { PATH: this.tools.folder },
      command: [
        clusterBinaries().kwok,
        `--kubeconfig=${machineryConfig}`,
        `--config=${config}`,
        `--manage-single-node=${this.name}`,
        `--node-ip=${this.addresses[4]}`,
        `--node-port=${kubeletPort}`,
        `--server-address=0.0.0.0:${kubeletPort}`,
        `--tls-cert-file=${serving.certificate}`,
        `--tls-private-key-file=${serving.key}`,
      ],
    });
  }

  #startProxy(folder: string, { machineryConfig }: ControlPlane): Program {
    const config = join(folder, 'kube-proxy.json');
    writeFileSync(config, JSON.stringify(this.#proxyConfig(machineryConfig)));
    const programs = new Tools(join(folder, 'proxy-tools'), proxyTools, this.backend);
    return new Program({
      namespace: this.namespace,
      log: join(folder, 'kube-proxy.log'),
      env: { PATH: `${programs.folder}:/usr/sbin:/usr/bin:/sbin:/bin` },
      command: [clusterBinaries()['kube-proxy'], `--config=${config}`],
    });
  }

  #proxyConfig(machineryConfig: string): Readonly<Record<string, unknown>> {
    return {
      ...proxyConfigOf(this.mode, this.#options.proxyConfig),
      hostnameOverride: this.name,
      clientConnection: { kubeconfig: machineryConfig, qps: 200, burst: 400 },
    };
  }

  /** The Node object, and the Pod of its kube-proxy. */
  async register(client: Client): Promise<void> {
    await registerNode(client, {
      name: this.name,
      addresses: [this.addresses[4], this.addresses[6]],
      podNetworks: nodePodNetworks(this.index),
      labels: this.#options.labels ?? {},
    });
    if (this.proxy !== null) await client.create(proxyPod(this.name));
  }

  /** Restarts kube-proxy with its rules as they are; nothing where it has none. */
  async restartProxy(): Promise<void> {
    await this.proxy?.stop();
    this.proxy?.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.kubelet.stop('SIGKILL'), this.proxy?.stop('SIGKILL')]);
  }
}

/** kube-proxy's configuration, as the ConfigMap kube-system/kube-proxy and each node's file hold it. */
export function proxyConfigOf(
  mode: NodeProxyMode,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: mode === 'none' ? '' : mode,
    bindAddress: '0.0.0.0',
    clusterCIDR: podNetworks.join(','),
    detectLocalMode: 'ClusterCIDR',
    // These sysctls belong to the machine, not to a namespace.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    iptables: { minSyncPeriod: '0s', syncPeriod: '1h' },
    nftables: { minSyncPeriod: '0s', syncPeriod: '1h' },
    ...more,
  };
}

export interface NodeObject {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly podNetworks: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** Creates the Node with its status, as a kubelet does; kwok then makes it ready. */
export async function registerNode(client: Client, node: NodeObject): Promise<void> {
  const manifest = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      labels: { 'kubernetes.io/hostname': node.name, 'kubernetes.io/os': 'linux', ...node.labels },
    },
    spec: { podCIDR: node.podNetworks[0], podCIDRs: node.podNetworks },
  };
  await client.create(manifest);
  const addresses = node.addresses.map((address) => ({ type: 'InternalIP', address }));
  await client.patch(
    manifest,
    {
      status: {
        addresses: [...addresses, { type: 'Hostname', address: node.name }],
        nodeInfo: {
          architecture: 'amd64',
          operatingSystem: 'linux',
          osImage: 'test',
          machineID: '',
          bootID: '',
          systemUUID: '',
          kernelVersion: '6.1.0',
          kubeProxyVersion: '',
          containerRuntimeVersion: 'kwok://0.8.0',
          kubeletVersion: kubernetesVersion,
        },
      },
    },
    'status',
  );
}

/** As kubeadm's DaemonSet makes it. */
export function proxyPod(node: string): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'kube-system',
      name: `kube-proxy-${node}`,
      labels: { 'k8s-app': 'kube-proxy' },
    },
    spec: {
      nodeName: node,
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      tolerations: [{ operator: 'Exists' }],
      containers: [{ name: 'kube-proxy', image: `registry.k8s.io/kube-proxy:${kubernetesVersion}` }],
    },
  };
}

function bridge(index: number): readonly string[] {
  const address = podGateway(index);
  return [
    `link add cni0 address ${bridgeHardware(index)} type bridge mcast_snooping 0`,
    'link set cni0 up',
    `addr add ${address[4]}/24 dev cni0`,
    `addr add ${address[6]}/112 dev cni0 nodad`,
  ];
}

function blackholes(index: number): readonly string[] {
  return nodePodNetworks(index).map((network) => `route add blackhole ${network}`);
}

/** Joined to the control plane's bridge by `eth0`. */
function joinedNode(name: string, { instance, index, prefix, controlPlane }: NodePlace): NetworkNamespace {
  const node = new NetworkNamespace(`${prefix}${name}`);
  const address = linkAddress(instance, 'node', index);
  const gateway = linkAddress(instance, 'controlPlane');
  node.run(['sysctl', '-qw', ...sysctls]);
  const link = `node${index}`;
  controlPlane.namespace.ip([
    `link add ${link} type veth peer name eth0 netns ${node.name}`,
    `link set ${link} master lan up`,
  ]);
  node.ip([
    'link set eth0 up',
    `addr add ${address[4]}/24 dev eth0`,
    `addr add ${address[6]}/112 dev eth0 nodad`,
    `route add default via ${gateway[4]}`,
    `route add default via ${gateway[6]}`,
  ]);
  return node;
}

/** Routes from each of `nodes` to the Pods of the others. */
export function joinPodNetworks(nodes: readonly ClusterNode[]): void {
  for (const node of nodes) {
    const others = nodes.filter((other) => other !== node);
    node.namespace.ip(others.flatMap(routesTo));
  }
}

function routesTo({ index, addresses }: ClusterNode): readonly string[] {
  const [ipv4 = '', ipv6 = ''] = nodePodNetworks(index);
  return [`route add ${ipv4} via ${addresses[4]}`, `route add ${ipv6} via ${addresses[6]}`];
}

/** A client on the nodes' link, that sends to cluster, LoadBalancer and Pod addresses by way of the first node. */
export function joinOutside(
  instance: number,
  prefix: string,
  controlPlane: ControlPlane,
  first: ClusterNode | undefined,
): NetworkNamespace {
  const outside = new NetworkNamespace(`${prefix}outside`);
  const address = linkAddress(instance, 'outside');
  controlPlane.namespace.ip([
    `link add outside type veth peer name eth0 netns ${outside.name}`,
    'link set outside master lan up',
  ]);
  outside.ip([
    'link set eth0 up',
    `addr add ${address[4]}/24 dev eth0`,
    `addr add ${address[6]}/112 dev eth0 nodad`,
    ...(first === undefined ? [] : routesFromOutside(first)),
  ]);
  return outside;
}

function routesFromOutside({ addresses }: ClusterNode): readonly string[] {
  return [frontendNetworks, serviceNetworks, podNetworks].flatMap(([ipv4 = '', ipv6 = '']) => [
    `route add ${ipv4} via ${addresses[4]}`,
    `route add ${ipv6} via ${addresses[6]}`,
  ]);
}
