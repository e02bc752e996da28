/** A cluster of three nodes, as the API has it. */
import { readObjects } from '../../../src/kubernetes/readObjects.ts';
import type { KubernetesObjects } from '../../../src/kubernetes/objects.ts';

export type Json = Readonly<Record<string, unknown>>;

export function node(name: string, address: string, range: string, ready = 'True', more: Json = {}): Json {
  return {
    kind: 'Node',
    metadata: { name },
    spec: { podCIDRs: [range] },
    status: {
      addresses: [{ type: 'InternalIP', address }],
      conditions: [{ type: 'Ready', status: ready }],
      ...more,
    },
  };
}

export function pod(name: string, ip: string, nodeName: string | null, more: Json = {}): Json {
  const status = { phase: 'Running', podIP: ip, podIPs: ip === '' ? [] : [{ ip }] };
  return {
    kind: 'Pod',
    metadata: { namespace: 'default', name },
    spec: { ...(nodeName === null ? {} : { nodeName }), ...more },
    status,
  };
}

export function service(name: string, spec: Json, ingress: readonly string[] = []): Json {
  return {
    kind: 'Service',
    metadata: { namespace: 'default', name },
    spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
    status: { loadBalancer: { ingress: ingress.map((ip) => ({ ip })) } },
  };
}

export interface EndpointGiven {
  readonly ip: string;
  readonly node: string;
  readonly pod?: string;
  readonly ready?: boolean;
}

export function slice(of: string, endpoints: readonly EndpointGiven[], addressType = 'IPv4'): Json {
  return {
    kind: 'EndpointSlice',
    metadata: {
      namespace: 'default',
      name: `${of}-${addressType}`,
      labels: { 'kubernetes.io/service-name': of },
    },
    addressType,
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: endpoints.map((each) => ({
      addresses: [each.ip],
      nodeName: each.node,
      conditions: { ready: each.ready ?? true },
      ...(each.pod === undefined ? {} : { targetRef: { kind: 'Pod', name: each.pod } }),
    })),
  };
}

export function objectsText(items: readonly Json[]): string {
  return JSON.stringify({ kind: 'List', items });
}

/** Throws for objects that cannot be read: a test means what it says. */
export function read(items: readonly Json[]): KubernetesObjects {
  const { objects, problems } = readObjects(objectsText(items));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return objects;
}

export const threeNodes: readonly Json[] = [
  node('node-1', '192.168.0.1', '10.244.1.0/24', 'False'),
  node('node-2', '192.168.0.2', '10.244.2.0/24'),
  node('node-3', '192.168.0.3', '10.244.3.0/24'),
];

export const smallCluster: readonly Json[] = [
  ...threeNodes,
  pod('client', '10.244.1.7', 'node-1'),
  pod('web-a', '10.244.2.9', 'node-2'),
  pod('web-b', '10.244.3.4', 'node-3'),
  pod('agent', '192.168.0.3', 'node-3', { hostNetwork: true }),
  service(
    'web',
    {
      type: 'LoadBalancer',
      clusterIPs: ['10.96.12.3'],
      externalIPs: ['198.51.100.7', '2001:db8::7'],
      externalTrafficPolicy: 'Local',
      ports: [{ name: 'http', port: 80, targetPort: 8080, nodePort: 30080 }],
    },
    ['198.51.100.8'],
  ),
  slice('web', [
    { ip: '10.244.2.9', node: 'node-2', pod: 'web-a', ready: false },
    { ip: '10.244.3.4', node: 'node-3', pod: 'web-b' },
  ]),
  service('six', { clusterIPs: ['fd00:10:96::1', '10.96.0.66'] }),
  service('headless', { clusterIPs: ['None'] }),
  service('elsewhere', { type: 'ExternalName', externalName: 'example.org', ports: [] }),
];
