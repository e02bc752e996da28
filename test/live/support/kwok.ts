/** kwok plays the kubelet: Pods become Running and Ready, and exec runs programs in the node's namespace. */
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './namespaces.ts';

/** Annotation of a Pod that has a network namespace of its own: its addresses, joined by commas. */
export const addressesAnnotation = 'test.kube-proxy-explorer/addresses';

/** The label of nodes that only exist in the API. */
export const fakeNodeLabel = 'test.kube-proxy-explorer/fake';

/** A Pod or node with this label and `"true"` is left alone: not ready, its IP unset. */
export const heldLabel = 'test.kube-proxy-explorer/held';

const conditions = `
      conditions:
      {{ range NodeConditions }}
      - { lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}, message: {{ .message | Quote }}, reason: {{ .reason | Quote }}, status: {{ .status | Quote }}, type: {{ .type | Quote }} }
      {{ end }}`;

/** A node keeps the addresses and versions that its creator gave it. */
const nodeReady = `
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: { name: node-ready }
spec:
  resourceRef: { apiGroup: v1, kind: Node }
  selector:
    matchExpressions:
    - { key: '.status.conditions.[] | select( .type == "Ready" ) | .status', operator: NotIn, values: ['True'] }
    - { key: '.metadata.labels["${heldLabel}"]', operator: NotIn, values: ['true'] }
  next:
    statusTemplate: |
      {{ $now := Now }}${conditions}
      {{ with NodePort }}
      daemonEndpoints: { kubeletEndpoint: { Port: {{ . }} } }
      {{ end }}
      allocatable: { cpu: 1k, memory: 1Ti, pods: 1M }
      capacity: { cpu: 1k, memory: 1Ti, pods: 1M }
      phase: Running
`;

const podReady = `
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: { name: pod-ready }
spec:
  resourceRef: { apiGroup: v1, kind: Pod }
  selector:
    matchExpressions:
    - { key: '.metadata.deletionTimestamp', operator: DoesNotExist }
    - { key: '.status.phase', operator: In, values: [Pending] }
    - { key: '.metadata.labels["${heldLabel}"]', operator: NotIn, values: ['true'] }
    - { key: '.status.conditions.[] | select( .type == "Ready" ) | .status', operator: NotIn, values: ['True'] }
  next:
    statusTemplate: |
      {{ $now := Now }}
      conditions:
      {{ range $type := list "Initialized" "Ready" "ContainersReady" "PodScheduled" }}
      - { lastTransitionTime: {{ $now | Quote }}, status: "True", type: {{ $type | Quote }} }
      {{ end }}
      containerStatuses:
      {{ range .spec.containers }}
      - image: {{ .image | Quote }}
        name: {{ .name | Quote }}
        ready: true
        started: true
        restartCount: 0
        state: { running: { startedAt: {{ $now | Quote }} } }
      {{ end }}
      {{ $hostIPs := NodeIPsWith .spec.nodeName }}
      {{ with $hostIPs }}
      hostIP: {{ index . 0 | Quote }}
      hostIPs:
      {{ range . }}
      - ip: {{ . | Quote }}
      {{ end }}
      {{ end }}
      {{ $own := "" }}
      {{ if .metadata.annotations }}
      {{ $own = or (index .metadata.annotations "${addressesAnnotation}") "" }}
      {{ end }}
      {{ $podIPs := list }}
      {{ if $own }}
      {{ $podIPs = splitList "," $own }}
      {{ else }}
      {{ $podIPs = PodIPsWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
      {{ end }}
      {{ with $podIPs }}
      podIP: {{ index . 0 | Quote }}
      podIPs:
      {{ range . }}
      - ip: {{ . | Quote }}
      {{ end }}
      {{ end }}
      phase: Running
      startTime: {{ $now | Quote }}
`;

const podDelete = `
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: { name: pod-delete }
spec:
  resourceRef: { apiGroup: v1, kind: Pod }
  selector:
    matchExpressions:
    - { key: '.metadata.deletionTimestamp', operator: Exists }
    - { key: '.metadata.labels["${heldLabel}"]', operator: NotIn, values: ['true'] }
  next:
    delete: true
`;

/** Every container of these Pods answers exec with the programs of the node's `Tools`. */
const execRule = `
apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterExec
metadata: { name: local }
spec:
  execs: [{ local: {} }]
`;

/** kwok's config; `exec` false: exec is answered with an error. */
export function kwokConfig(exec: boolean): string {
  return [nodeReady, podReady, podDelete, ...(exec ? [execRule] : [])].join('---');
}

/** What the image of kube-proxy 1.36 holds, that our collectors may want (kubernetes/release: distroless-iptables). */
export const imageTools: readonly string[] = [
  ...['iptables', 'ip6tables'].flatMap((name) =>
    ['', '-nft', '-legacy'].flatMap((backend) => [`${name}${backend}`, `${name}${backend}-save`]),
  ),
  'ipset',
  'nft',
  'cat',
  'grep',
];

/** Of iptables: which of the kernel's two the rules are in. */
export type Backend = 'nft' | 'legacy';

/** The programs of iptables that kube-proxy runs. */
export const proxyTools: readonly string[] = ['iptables', 'ip6tables'].flatMap((name) => [
  name,
  `${name}-save`,
  `${name}-restore`,
]);

/** The programs that an exec on one node finds: a folder that is kwok's whole PATH. */
export class Tools {
  readonly folder: string;
  readonly #backend: Backend;

  /** `backend`: what the names without one (`iptables-save`) stand for. */
  constructor(folder: string, names: readonly string[], backend: Backend) {
    this.folder = folder;
    this.#backend = backend;
    mkdirSync(folder);
    for (const name of names) this.restore(name);
  }

  /** The real program again. */
  restore(name: string): void {
    const real = name.replace(/^(ip6?tables)(?!.*-(?:nft|legacy))/, `$1-${this.#backend}`);
    const path = run(['sh', '-c', 'command -v "$1"', 'sh', real]).trim();
    this.remove(name);
    symlinkSync(path, join(this.folder, name));
  }

  /** From now on the container has no such program. */
  remove(name: string): void {
    rmSync(join(this.folder, name), { force: true });
  }

  /** A shell script in the program's place: one that hangs, lies, or prints 50 MB. It finds the machine's programs. */
  replace(name: string, script: string): void {
    this.remove(name);
    const path = join(this.folder, name);
    writeFileSync(path, `#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n${script}\n`);
    chmodSync(path, 0o755);
  }
}
