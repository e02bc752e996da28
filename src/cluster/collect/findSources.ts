/** Which Pods of a node may tell its rules, in the order in which they are asked. */
import { isProxyPod } from '../../kubernetes/proxyPods.ts';
import type { JsonRecord } from '../../text/json.ts';
import { type ContainerFacts, type PodFacts, readPod, recordAt, textAt } from './podFacts.ts';
import type { PodSource } from './runner.ts';

/** Network agents whose images have iptables, by their container's name; the likeliest first. */
const AGENTS: readonly string[] = ['calico-node', 'kube-flannel', 'aws-node', 'kube-router', 'cilium-agent'];

/** Of a control plane: images without iptables, on every cluster that kubeadm made. */
const CONTROL_PLANE: ReadonlySet<string> = new Set([
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'etcd',
]);

/** No more Pods than these are asked one after the other. */
const MOST_HOST_PODS = 6;

/** A Pod that may tell a node's rules. */
export interface Candidate {
  readonly source: PodSource;
  /** Why it cannot be asked, as the end of a sentence ("is Pending"); null where it can. */
  readonly obstacle: string | null;
}

/** kube-proxy's Pods among `pods`: on the node's own network, those of kube-system first, running ones first. */
export function findProxyPods(node: string, pods: readonly JsonRecord[]): readonly PodFacts[] {
  return podsOn(node, pods)
    .filter((pod) => isProxyPod((name) => pod.labels[name]))
    .toSorted(
      (a, b) =>
        Number(b.namespace === 'kube-system') - Number(a.namespace === 'kube-system') ||
        Number(obstacleOf(a) !== null) - Number(obstacleOf(b) !== null) ||
        compare(a.name, b.name),
    );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function podsOn(node: string, pods: readonly JsonRecord[]): readonly PodFacts[] {
  return pods.flatMap((pod) => {
    const facts = readPod(pod);
    return facts !== null && facts.node === node ? [facts] : [];
  });
}

/** Who is asked, in order. A Pod that only calls itself kube-proxy, but is not on the node's network, is none. */
export function findCandidates(node: string, pods: readonly JsonRecord[]): readonly Candidate[] {
  const proxies = findProxyPods(node, pods);
  const names = new Set(proxies.map((pod) => pod.name));
  const others = podsOn(node, pods).filter((pod) => !names.has(pod.name));
  const agents = AGENTS.flatMap((agent) => others.filter((pod) => isUsable(pod) && hasAgent(pod, agent)));
  const rest = others.filter(
    (pod) =>
      isUsable(pod) &&
      pod.namespace === 'kube-system' &&
      !agents.includes(pod) &&
      !pod.containers.some((container) => CONTROL_PLANE.has(container.name)),
  );
  return [
    ...proxies.map((pod) => candidate('proxyPod', pod, containerOf(pod, ['kube-proxy']))),
    ...[...agents, ...rest]
      .slice(0, MOST_HOST_PODS)
      .map((pod) => candidate('hostPod', pod, containerOf(pod, AGENTS))),
  ];
}

function isUsable(pod: PodFacts): boolean {
  return pod.hostNetwork && obstacleOf(pod) === null;
}

/** By the container's name, or, where only the labels are known, by what most manifests call it. */
function hasAgent(pod: PodFacts, agent: string): boolean {
  return (
    pod.containers.some((container) => container.name === agent) ||
    pod.labels['k8s-app'] === agent ||
    pod.labels['app'] === agent
  );
}

function containerOf(pod: PodFacts, wanted: readonly string[]): ContainerFacts | null {
  return pod.containers.find((container) => wanted.includes(container.name)) ?? pod.containers[0] ?? null;
}

function candidate(kind: PodSource['kind'], pod: PodFacts, container: ContainerFacts | null): Candidate {
  const { namespace, name } = pod;
  return {
    source: { kind, namespace, pod: name, container: container?.name ?? null },
    obstacle: kind === 'proxyPod' && !pod.hostNetwork ? "is not on the node's network" : obstacleOf(pod),
  };
}

function obstacleOf(pod: PodFacts): string | null {
  if (pod.leaving) return 'is being deleted';
  const waiting = pod.containers.find((container) => container.waiting !== null)?.waiting;
  if (pod.phase !== 'Running') {
    return `is ${pod.phase === '' ? 'not running' : pod.phase}${waiting === undefined ? '' : ` (${waiting})`}`;
  }
  const running = pod.containers.some((container) => container.running !== false);
  return running || pod.containers.length === 0
    ? null
    : `is not running (${waiting ?? 'its container ended'})`;
}

/** What does kube-proxy's work on a node that has none, where that can be told: `Cilium`, `k3s`; null otherwise. */
export function findReplacement(
  node: string,
  pods: readonly JsonRecord[],
  nodeObject: JsonRecord | null,
): string | null {
  const here = podsOn(node, pods);
  const labels = recordAt(nodeObject, 'metadata', 'labels');
  const version = textAt(recordAt(nodeObject, 'status', 'nodeInfo'), 'kubeletVersion') ?? '';
  // k3s runs kube-proxy inside its agent, MicroK8s inside kubelite: the rules are there, the Pod is not.
  if (version.includes('+k3s')) return 'k3s';
  if (typeof labels['microk8s.io/cluster'] === 'string') return 'MicroK8s';
  const found = REPLACEMENTS.find(([, matches]) => here.some(matches));
  return found?.[0] ?? null;
}

const REPLACEMENTS: readonly (readonly [name: string, matches: (pod: PodFacts) => boolean])[] = [
  // GKE's agent is Cilium under another name.
  ['Dataplane V2', (pod) => pod.labels['k8s-app'] === 'cilium' && pod.name.startsWith('anetd')],
  ['Cilium', (pod) => pod.labels['k8s-app'] === 'cilium' || hasAgent(pod, 'cilium-agent')],
  ['kube-router', (pod) => hasAgent(pod, 'kube-router')],
  ['OVN-Kubernetes', (pod) => pod.labels['app'] === 'ovnkube-node'],
  ['Antrea', (pod) => pod.labels['app'] === 'antrea' && pod.labels['component'] === 'antrea-agent'],
  ['Calico', (pod) => hasAgent(pod, 'calico-node')],
];
