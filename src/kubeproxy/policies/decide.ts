/**
 * Whether NetworkPolicies let one connection pass, by their documented meaning (networking.k8s.io/v1): a Pod that a policy
 * selects for a direction gets (sends) what some rule of some such policy allows, and nothing else; both ends have to allow it;
 * a Pod and its own node always reach each other, and so does a Pod itself.
 */
import { groupBy } from '../../text/groupBy.ts';
import { contains, parseAddress } from '../../values/address.ts';
import { readNetwork } from '../../values/networks.ts';
import type { NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule } from '../../kubernetes/networkPolicy.ts';
import type { KubernetesObjects, Pod } from '../../kubernetes/objects.ts';
import type { ServiceProtocol } from '../../kubernetes/protocol.ts';
import { allOf, anyOf, fits, labelsOfNamespace } from './selectors.ts';

/** Who is asked, at the port on which the Pod itself listens. */
export interface PolicyTarget {
  readonly pod: Pod;
  readonly port: number;
  readonly protocol: ServiceProtocol;
}

/** Who asks: a Pod, or an address that is none's. */
export type PolicyClient =
  { readonly kind: 'pod'; readonly pod: Pod } | { readonly kind: 'address'; readonly address: string };

/** Why a connection is forbidden: every policy that would have had to allow it. */
export interface Forbidden {
  readonly direction: 'ingress' | 'egress';
  readonly by: readonly NetworkPolicy[];
}

/** Null where policies let it pass; `unknown` where that hangs on what is not told. */
export function forbiddenBy(
  client: PolicyClient,
  target: PolicyTarget,
  objects: KubernetesObjects,
): Forbidden | 'unknown' | null {
  const { pod } = target;
  // A Pod on its node's network is that node to every plugin, or none of its concern: the API leaves it open.
  const isNode = pod.hostNetwork || (client.kind === 'pod' && client.pod.hostNetwork);
  if (isNode) return null;
  if (client.kind === 'pod' && client.pod.namespace === pod.namespace && client.pod.name === pod.name)
    return null;
  const into = policiesFor(pod, 'ingress', objects);
  const allowsIn = allowed(into, 'ingress', target, pod, client, objects);
  if (allowsIn === false) return { direction: 'ingress', by: into };
  if (client.kind === 'address') return allowsIn === null ? 'unknown' : null;
  const out = policiesFor(client.pod, 'egress', objects);
  const allowsOut = allowed(out, 'egress', target, client.pod, { kind: 'pod', pod }, objects);
  if (allowsOut === false) return { direction: 'egress', by: out };
  return allowsIn === null || allowsOut === null ? 'unknown' : null;
}

/** The policies that select a Pod for a direction. */
export function policiesFor(
  pod: Pod,
  direction: 'ingress' | 'egress',
  { policies }: KubernetesObjects,
): readonly NetworkPolicy[] {
  if (pod.hostNetwork) return [];
  return policiesIn(pod.namespace, policies).filter(
    (policy) => policy[direction] !== null && fits(policy.pods, { labels: pod.labels, isAll: true }) === true,
  );
}

const byNamespace = new WeakMap<readonly NetworkPolicy[], ReadonlyMap<string, readonly NetworkPolicy[]>>();

function policiesIn(namespace: string, policies: readonly NetworkPolicy[]): readonly NetworkPolicy[] {
  let known = byNamespace.get(policies);
  if (known === undefined) {
    known = groupBy(policies, (policy) => policy.namespace);
    byNamespace.set(policies, known);
  }
  return known.get(namespace) ?? [];
}

/** The rules of such policies that mean a port; those of a port whose name the Pod does not have mean none. */
export function rulesAt(
  policies: readonly NetworkPolicy[],
  direction: 'ingress' | 'egress',
  target: PolicyTarget,
): readonly { readonly policy: NetworkPolicy; readonly rule: PolicyRule }[] {
  return policies.flatMap((policy) =>
    (policy[direction] ?? [])
      .filter(({ ports }) => ports.length === 0 || ports.some((port) => isPort(port, target)))
      .map((rule) => ({ policy, rule })),
  );
}

/** `own`: whose policies they are. `other`: the peer that their rules have to name. */
function allowed(
  policies: readonly NetworkPolicy[],
  direction: 'ingress' | 'egress',
  target: PolicyTarget,
  own: Pod,
  other: PolicyClient,
  objects: KubernetesObjects,
): boolean | null {
  if (policies.length === 0) return true;
  return anyOf(
    rulesAt(policies, direction, target).map(({ rule: { peers } }) =>
      peers.length === 0 ? true : anyOf(peers.map((peer) => isPeer(peer, own.namespace, other, objects))),
    ),
  );
}

/** A name is that of a container port of the Pod that is asked. */
function isPort({ protocol, port, endPort }: PolicyPort, target: PolicyTarget): boolean {
  if (protocol !== target.protocol) return false;
  if (port === null) return true;
  if (typeof port === 'string')
    return target.pod.containerPorts.some(
      (each) => each.name === port && each.protocol === protocol && each.port === target.port,
    );
  return target.port >= port && target.port <= (endPort ?? port);
}

/**
 * `ipBlock` is meant for addresses outside: whether it takes Pods, too, is each plugin's own. A client outside may be seen
 * with another address, which hangs on how it was translated on its way.
 */
function isPeer(
  peer: PolicyPeer,
  namespace: string,
  client: PolicyClient,
  objects: KubernetesObjects,
): boolean | null {
  if (peer.kind === 'block') {
    const addresses = client.kind === 'pod' ? client.pod.ips : [client.address];
    const inBlock = addresses.some((each) => isInBlock(peer, each));
    return client.kind === 'pod' && inBlock ? null : inBlock;
  }
  if (client.kind === 'address') return false;
  const { pod } = client;
  const inNamespace =
    peer.namespaces === null
      ? pod.namespace === namespace
      : fits(peer.namespaces, labelsOfNamespace(pod.namespace, objects));
  const isMeant = peer.pods === null ? true : fits(peer.pods, { labels: pod.labels, isAll: true });
  return allOf([inNamespace, isMeant]);
}

function isInBlock({ cidr, except }: PolicyPeer & { readonly kind: 'block' }, text: string): boolean {
  const isIn = (network: string): boolean => {
    const read = readNetwork(network, null);
    const address = parseAddress(text);
    return (
      read.kind === 'value' &&
      address !== null &&
      read.value.family === address.family &&
      contains(read.value, address)
    );
  };
  return isIn(cidr) && !except.some(isIn);
}
