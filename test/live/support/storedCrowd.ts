/**
 * Thousands of objects put into etcd, past the API server, which would take minutes to create them: it finds them there as
 * if it had stored them itself.
 */
import type { Cluster } from './cluster.ts';
import { proxyPod } from './clusterNode.ts';

/** etcd takes 128 operations a transaction. */
const perTransaction = 100;

type StoredObject = Readonly<Record<string, unknown>>;

const digits = (index: number, count: number): string => String(index + 1).padStart(count, '0');

/** Nodes `crowd-0001` and on, ready, each with a kube-proxy Pod that runs; nobody plays their kubelets. */
export async function storeNodes(cluster: Cluster, count: number): Promise<void> {
  const now = new Date().toISOString();
  await store(cluster, count, (index) => {
    const name = `crowd-${digits(index, 4)}`;
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: identity(name, index),
      status: {
        addresses: [{ type: 'InternalIP', address: `198.19.${128 + (index >> 8)}.${index & 255}` }],
        conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: now, lastTransitionTime: now }],
        nodeInfo: { kubeletVersion: 'v1.36.3', operatingSystem: 'linux' },
      },
    };
    const pod = proxyPod(name);
    const metadata = { ...identity(`kube-proxy-${name}`, index), namespace: 'kube-system' };
    return [
      [`minions/${name}`, node],
      [
        `pods/kube-system/kube-proxy-${name}`,
        {
          ...pod,
          metadata: { ...metadata, labels: { 'k8s-app': 'kube-proxy' } },
          status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
        },
      ],
    ];
  });
}

/** ClusterIP Services `default/crowd-00001` and on, each with an EndpointSlice of two endpoints. */
export async function storeServices(cluster: Cluster, count: number): Promise<void> {
  await store(cluster, count, (index) => {
    const name = `crowd-${digits(index, 5)}`;
    const metadata = { ...identity(name, index), namespace: 'default' };
    const address = `10.64.${index >> 8}.${index & 255}`;
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'ClusterIP',
        clusterIP: address,
        clusterIPs: [address],
        ports: [{ name: 'http', port: 80 }],
      },
    };
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: ['10.65', '10.66'].map((net) => ({
        addresses: [`${net}.${index >> 8}.${index & 255}`],
        conditions: { ready: true },
      })),
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    };
    return [
      [`services/specs/default/${name}`, service],
      [`endpointslices/default/${name}`, slice],
    ];
  });
}

function identity(name: string, index: number): StoredObject {
  const uid = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  // As much as controllers write, so that pages are as large as those of a real cluster.
  const managedFields = [{ manager: 'crowd', operation: 'Update', fieldsV1: { note: 'x'.repeat(500) } }];
  return { name, uid, creationTimestamp: '2026-01-01T00:00:00Z', managedFields };
}

async function store(
  cluster: Cluster,
  count: number,
  make: (index: number) => readonly (readonly [key: string, object: StoredObject])[],
): Promise<void> {
  const puts = Array.from({ length: count }, (_, index) => make(index))
    .flat()
    .map(([key, object]) => ({
      requestPut: { key: base64(`/registry/${key}`), value: base64(JSON.stringify(object)) },
    }));
  for (let from = 0; from < puts.length; from += perTransaction) {
    await cluster.controlPlane.askEtcd('/v3/kv/txn', { success: puts.slice(from, from + perTransaction) });
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
