/**
 * The addresses of a test's cluster. All of them lie in 198.18.0.0/15 (RFC 2544) or fd00::198:18:0:0/95, in network
 * namespaces; only the link of an instance reaches this machine's own namespace, so instances differ in that and share
 * the rest. An IPv6 address is the IPv4 one read with colons: 198.18.3.10 → fd00::198:18:3:10.
 */

/** Instances that may run at the same time on one machine. */
export const instanceLimit = 64;

/** 198.19.0.0/16 holds all Pods, a /24 for each node. */
export const podNetworks: readonly string[] = ['198.19.0.0/16', 'fd00::198:19:0:0/96'];

export const serviceNetworks: readonly string[] = ['198.18.128.0/17', 'fd00::198:18:8000:0/112'];

/** For LoadBalancer and external addresses; routed from outside to the first node. */
export const frontendNetworks: readonly string[] = ['198.18.64.0/24', 'fd00::198:18:64:0/112'];

export interface Pair {
  readonly 4: string;
  readonly 6: string;
}

/** `198.18.3.10` → fd00::198:18:3:10 */
export function pairOf(address: string): Pair {
  return { 4: address, 6: `fd00::${address.replaceAll('.', ':')}` };
}

/** Hosts of an instance's link, 198.18.N.0/24 and fd00::198:18:N:0/112. */
const hosts = { controlPlane: 1, node: 10, outside: 200, machine: 254 } as const;

export function linkAddress(instance: number, host: keyof typeof hosts, index = 0): Pair {
  return pairOf(`198.18.${instance}.${hosts[host] + index}`);
}

/** The Pod networks of a node; `index` from 0. */
export function nodePodNetworks(index: number): readonly string[] {
  return [`198.19.${index + 1}.0/24`, `fd00::198:19:${index + 1}:0/112`];
}

/** The bridge of a node's Pods. */
export function podGateway(index: number): Pair {
  return pairOf(`198.19.${index + 1}.254`);
}

/** Pods with a namespace of their own get addresses from the end, those of kwok from the beginning. */
export function podAddress(nodeIndex: number, podIndex: number): Pair {
  return pairOf(`198.19.${nodeIndex + 1}.${250 - podIndex}`);
}

/** The bridge's hardware address does not change when Pods come and go. */
export function bridgeHardware(index: number): string {
  return `02:00:00:00:fe:${(index + 1).toString(16).padStart(2, '0')}`;
}
