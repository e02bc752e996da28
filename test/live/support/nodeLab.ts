/** Sends single packets through a live node, whose rules kube-proxy wrote, and says what its kernel did with each. */
import type { Flow } from '../../../src/kernel/flow.ts';
import { isRecord } from '../../../src/text/json.ts';
import { frameOf, ipPacket } from '../../realKernel/support/rawPacket.ts';
import { type Observation, Recorder } from '../../realKernel/support/recorder.ts';
import { frameLine, packetLine, Sender } from '../../realKernel/support/sender.ts';
import { bridgeHardware } from './addresses.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterNode } from './clusterNode.ts';
import type { NetworkNamespace } from './namespaces.ts';
import { type RealPod, routedHardware } from './pods.ts';

/** Of Pods that have no network of their own: nothing reaches them, as nothing leaves the node. */
const nobodyHardware = '02:00:00:00:ff:ff';

/**
 * The API server's connections stand still while the recorder is there, and neighbours are not asked for: both would count
 * in the rules. TCP takes up again afterwards.
 */
const quietOf = (apiServer: string): string => `
  chain quiet { type filter hook prerouting priority -400;
    ip saddr ${apiServer} drop
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } drop
    icmpv6 type { mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report } drop
  }
  chain mute { type filter hook output priority -401;
    ip daddr ${apiServer} drop
  }
`;

export class NodeLab {
  readonly node: ClusterNode;
  readonly #pods: ReadonlyMap<string, RealPod>;
  readonly #recorder: Recorder;
  readonly #senders = new Map<string, Sender>();
  readonly #outside: NetworkNamespace;
  readonly #hardware = new Map<string, string>();

  /** Nothing reaches the node's programs from now on until `close`: collect before. `pods` may send. */
  constructor(
    cluster: Cluster,
    node: ClusterNode,
    pods: readonly RealPod[],
    podAddresses: readonly string[],
  ) {
    this.node = node;
    this.#outside = cluster.outside;
    const own = pods.filter((pod) => pod.node === node);
    this.#pods = new Map(
      own.flatMap((pod) => [[pod.addresses[4], pod] as const, [pod.addresses[6], pod] as const]),
    );
    if (node.routed) node.namespace.ip(own.flatMap((pod) => this.#neighbours(pod)));
    else this.#settleBridge(cluster, own, podAddresses);
    this.#recorder = new Recorder(node.namespace, node.backend, quietOf(cluster.controlPlane.host));
    this.#recorder.reset();
  }

  #neighbours({ addresses, network, link }: RealPod): readonly string[] {
    const hardware = this.#hardwareOf(network);
    return [addresses[4], addresses[6]].map((address) => neighbour(address, hardware, link));
  }

  /** Else the bridge would flood to every port what goes to a Pod that has not spoken yet. */
  #settleBridge(cluster: Cluster, own: readonly RealPod[], podAddresses: readonly string[]): void {
    const { namespace } = this.node;
    const others = podAddresses.filter((address) => !this.#pods.has(address));
    namespace.ip([
      `link add nobody type veth peer name nobody netns ${cluster.controlPlane.namespace.name}`,
      'link set nobody master cni0 up',
      ...others.map((address) => neighbour(address, nobodyHardware, 'cni0')),
      ...own.flatMap((pod) => this.#neighbours({ ...pod, link: 'cni0' })),
    ]);
    cluster.controlPlane.namespace.ip(['link set nobody up']);
    const ports = own.map((pod) => [this.#hardwareOf(pod.network), pod.link] as const);
    for (const [hardware, port] of [[nobodyHardware, 'nobody'] as const, ...ports])
      namespace.run(['bridge', 'fdb', 'replace', hardware, 'dev', port, 'master', 'static']);
  }

  /** By the flow's interface: from a Pod of the node, from the link (`eth0`), or by a program of the node (null). */
  async send(flow: Flow): Promise<Observation> {
    const sent = await this.#put(flow);
    return this.#recorder.observe(flow.family, sent);
  }

  /** Without forgetting connections and `recent` lists afterwards. */
  async sendOneOfMany(flow: Flow): Promise<Observation> {
    const sent = await this.#put(flow);
    return this.#recorder.observe(flow.family, sent, false);
  }

  /** What came in since, added. */
  again(flow: Flow, seen: Observation): Observation {
    return this.#recorder.observeMore(flow.family, seen);
  }

  /** Forgets connections and `recent` lists. */
  reset(): void {
    this.#recorder.reset();
  }

  #put(flow: Flow): Promise<string> {
    const { interface: face } = flow.from;
    const address = flow.from.address ?? this.#ownAddress(flow.to.address);
    const packet = ipPacket(flow, address);
    if (face === null || face === undefined) {
      return this.#sender(this.node.namespace).ask(
        packetLine(address, flow.to.address, flow.mark ?? 0, packet),
      );
    }
    const pod = this.#pods.get(address);
    const inside = face !== 'eth0' && pod !== undefined;
    const from = inside ? pod.network : this.#outside;
    const to = inside ? this.#gatewayHardware() : this.#hardwareOf(this.node.namespace);
    const frame = frameOf(packet, flow.family, { from: this.#hardwareOf(from), to });
    return this.#sender(from).ask(frameLine('eth0', frame));
  }

  #gatewayHardware(): string {
    return this.node.routed ? routedHardware : bridgeHardware(this.node.index);
  }

  /** What the kernel gives a socket that has no address of its own. */
  #ownAddress(destination: string): string {
    const found = /\bsrc (\S+)/.exec(this.node.namespace.run(['ip', 'route', 'get', destination]));
    if (found?.[1] === undefined) throw new Error(`There is no route to ${destination}.`);
    return found[1];
  }

  /** The hardware address of a namespace's `eth0`. */
  #hardwareOf(namespace: NetworkNamespace): string {
    const known = this.#hardware.get(namespace.name);
    if (known !== undefined) return known;
    const address = namespace.run(['cat', '/sys/class/net/eth0/address']).trim();
    this.#hardware.set(namespace.name, address);
    return address;
  }

  #sender(namespace: NetworkNamespace): Sender {
    const known = this.#senders.get(namespace.name);
    if (known !== undefined) return known;
    const sender = new Sender(namespace);
    this.#senders.set(namespace.name, sender);
    return sender;
  }

  close(): void {
    for (const sender of this.#senders.values()) sender.close();
    this.#recorder.remove();
    if (!this.node.routed) this.node.namespace.ip(['link del nobody']);
  }
}

function neighbour(address: string, hardware: string, device: string): string {
  return `neigh replace ${address} lladdr ${hardware} nud permanent dev ${device}`;
}

/** The addresses of all Pods of a node that are not on the node's own network. */
export async function podAddressesOn(cluster: Cluster, node: ClusterNode): Promise<readonly string[]> {
  const pods = await cluster.client.list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node.name}`);
  return pods.flatMap(({ spec, status }) => {
    if (isRecord(spec) && spec['hostNetwork'] === true) return [];
    const addresses = isRecord(status) ? status['podIPs'] : null;
    return Array.isArray(addresses)
      ? addresses.flatMap((each) => (isRecord(each) ? [String(each['ip'])] : []))
      : [];
  });
}
