/** The one thing that this product ever creates in a cluster, as data: shown to the user before it is made. */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { isRecord, type JsonRecord } from '../../text/json.ts';
import { findProxyPods } from './findSources.ts';
import { readPod, recordAt, textAt } from './podFacts.ts';

/** Where kube-proxy's own Pods are, and what the least rights name. */
export const debugNamespace = 'kube-system';

/** Labels by which debug Pods of any window are found again. */
export const debugSelector =
  'app.kubernetes.io/managed-by=kube-proxy-explorer,app.kubernetes.io/component=debug-pod';

const OWNER = 'kube-proxy-explorer/owner';

/** After these the kubelet ends the Pod, and the program in it ends by itself, whoever forgot to delete it. */
const LIFETIME_SECONDS = 600;

/** For clocks that differ. */
const GRACE_SECONDS = 300;

const CONTAINER = 'iptables';

/** Of an image that runs `sleep` and holds iptables, as kube-proxy's own does (kubernetes/release, distroless-iptables). */
export function debugPodManifest(node: string, image: string): JsonRecord {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `kube-proxy-explorer-${randomBytes(5).toString('hex')}`,
      namespace: debugNamespace,
      labels: Object.fromEntries(debugSelector.split(',').map((pair) => pair.split('='))),
      annotations: {
        [OWNER]: ownerMark(process.pid),
        'kubernetes.io/description': `Reads the packet rules of ${node} for kube-proxy Explorer; may be deleted.`,
      },
    },
    spec: {
      nodeName: node,
      hostNetwork: true,
      restartPolicy: 'Never',
      activeDeadlineSeconds: LIFETIME_SECONDS,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          name: CONTAINER,
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', String(LIFETIME_SECONDS)],
          // The wrapper behind `iptables-save` writes which backend it found: a read-only file system would break it.
          securityContext: {
            runAsUser: 0,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] },
            seccompProfile: { type: 'RuntimeDefault' },
          },
          resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '1Gi' } },
        },
      ],
    },
  };
}

/** The name and container of a manifest of ours. */
export function debugPodSource(manifest: JsonRecord): {
  readonly kind: 'debugPod';
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
} {
  const pod = textAt(recordAt(manifest, 'metadata'), 'name') ?? '';
  return { kind: 'debugPod', namespace: debugNamespace, pod, container: CONTAINER };
}

/** Which process of which machine made it; a hash, as a machine's name is nobody's business. */
function ownerMark(pid: number): string {
  return `${createHash('sha256').update(hostname()).digest('hex').slice(0, 16)}-${pid}`;
}

/**
 * kube-proxy's own image, which the nodes of this cluster can pull or have already: that of its Pods, else the release of
 * the node.
 */
export function debugImage(pods: readonly JsonRecord[], nodeObject: JsonRecord | null): string {
  const nodes = new Set(pods.flatMap((pod) => readPod(pod)?.node ?? []));
  for (const node of nodes) {
    const images = findProxyPods(node, pods).flatMap((pod) =>
      pod.containers.filter((each) => each.name === 'kube-proxy').map((each) => each.image),
    );
    const [image] = images.filter((each) => each !== '');
    if (image !== undefined) return image;
  }
  const version = textAt(recordAt(nodeObject, 'status', 'nodeInfo'), 'kubeletVersion') ?? '';
  const release = /^v\d+\.\d+\.\d+/.exec(version)?.[0] ?? 'v1.36.3';
  return `registry.k8s.io/kube-proxy:${release}`;
}

/**
 * Whether a debug Pod was left by somebody who is gone: it ended, it outlived its time, or the process of this machine
 * that made it does not run any more. One that another window or another machine uses is none.
 */
export function isLeftover(pod: JsonRecord, inUse: ReadonlySet<string>, now: number): boolean {
  const metadata = recordAt(pod, 'metadata');
  if (inUse.has(textAt(metadata, 'name') ?? '')) return false;
  const phase = textAt(recordAt(pod, 'status'), 'phase');
  if (phase === 'Succeeded' || phase === 'Failed') return true;
  const created = Date.parse(textAt(metadata, 'creationTimestamp') ?? '');
  if (created + (LIFETIME_SECONDS + GRACE_SECONDS) * 1000 < now) return true;
  return isOfDeadProcess(textAt(recordAt(metadata, 'annotations'), OWNER) ?? '');
}

function isOfDeadProcess(mark: string): boolean {
  const pid = Number(mark.split('-')[1]);
  if (!Number.isSafeInteger(pid) || pid <= 0 || mark !== ownerMark(pid)) return false;
  return pid === process.pid || !isRunning(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return !(isRecord(error) && error['code'] === 'ESRCH');
  }
}
