/** Services of every kind, for a cluster to look at. */
import { isRecord } from '../../../src/text/json.ts';
import { pairOf } from './addresses.ts';
import type { Manifest } from './client.ts';
import type { Cluster } from './cluster.ts';
import { until } from './until.ts';

/** What a Service of the sample adds to its ports and selector. */
interface ServiceSample {
  readonly name: string;
  /** The Deployment behind it; default: of the same name. Null for no selector's match. */
  readonly app?: string | null;
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Its LoadBalancer's address. */
  readonly ingress?: string;
}

export const sampleNamespace = 'shop';

const web = { name: 'http', port: 80, targetPort: 'http' };

/** The outside client of every instance, and all of its link. */
const linkRange = '198.18.0.0/18';

const services: readonly ServiceSample[] = [
  { name: 'web' },
  { name: 'web-dual', app: 'web', spec: { ipFamilyPolicy: 'RequireDualStack' } },
  { name: 'web-nodeport', app: 'web', spec: { type: 'NodePort', ports: [{ ...web, nodePort: 30080 }] } },
  { name: 'web-sticky', app: 'web', spec: { sessionAffinity: 'ClientIP' } },
  {
    name: 'web-local',
    app: 'web',
    spec: { type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{ ...web, nodePort: 30081 }] },
  },
  {
    name: 'web-lb',
    app: 'web',
    spec: {
      type: 'LoadBalancer',
      loadBalancerSourceRanges: [linkRange],
      ports: [{ ...web, nodePort: 30082 }],
    },
    ingress: pairOf('198.18.64.1')[4],
  },
  {
    name: 'web-lb-local',
    app: 'api',
    spec: {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      ports: [{ ...web, nodePort: 30083 }],
      healthCheckNodePort: 30183,
    },
    ingress: pairOf('198.18.64.2')[4],
  },
  { name: 'api', spec: { internalTrafficPolicy: 'Local' } },
  { name: 'headless', app: 'web', spec: { clusterIP: 'None' } },
  { name: 'empty', app: null },
  { name: 'empty-nodeport', app: null, spec: { type: 'NodePort', ports: [{ ...web, nodePort: 30084 }] } },
  {
    name: 'dns',
    app: 'api',
    spec: {
      ports: [
        { name: 'dns', port: 53, targetPort: 'dns', protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, targetPort: 'dns-tcp', protocol: 'TCP' },
      ],
    },
  },
];

/** Deployments `web` (3 replicas over all nodes) and `api` (1), a client Pod, and Services for them; resolves when kube-proxy has all. */
export async function addSample(cluster: Cluster): Promise<void> {
  const { client } = cluster;
  await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: sampleNamespace } });
  await client.apply(deployment('web', 3));
  await client.apply(deployment('api', 1));
  for (const service of services) await addService(cluster, service);
  await until('the sample has its replicas', async () => {
    const pods = await client.list(`/api/v1/namespaces/${sampleNamespace}/pods`);
    return pods.length === 4;
  });
  await cluster.podsReady(sampleNamespace);
  await hasEndpoints(cluster, 'web', 3);
  await hasEndpoints(cluster, 'api', 1);
  for (const node of cluster.nodes.filter(({ mode }) => mode === 'iptables'))
    await cluster.rulesMatch(
      node,
      (rules) => rules.includes('shop/web:http ->') && !/no endpoints.*shop\/web:/.test(rules),
    );
}

/** Resolves when the EndpointSlices of a Service name so many endpoints of IPv4. */
export async function hasEndpoints(cluster: Cluster, service: string, count: number): Promise<void> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${sampleNamespace}/endpointslices`;
  const query = `?labelSelector=kubernetes.io/service-name%3D${service}`;
  await until(`${service} has ${count} endpoints`, async () => {
    const slices = await cluster.client.list(path + query);
    const endpoints = slices
      .filter(({ addressType }) => addressType === 'IPv4')
      .flatMap(({ endpoints: each }) => (Array.isArray(each) ? each.filter(isRecord) : []));
    return endpoints.length === count;
  });
}

/** The name of a Pod of a Deployment. Rejects where none is there. */
export async function samplePod({ client }: Cluster, app: string): Promise<string> {
  const pods = await client.list(`/api/v1/namespaces/${sampleNamespace}/pods`);
  const names = pods.map(({ metadata }) => (isRecord(metadata) ? String(metadata['name']) : ''));
  const name = names.find((each) => each.startsWith(`${app}-`));
  if (name === undefined) throw new Error(`${app} has no Pod`);
  return name;
}

async function addService(
  cluster: Cluster,
  { name, app = name, spec, ingress }: ServiceSample,
): Promise<void> {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: sampleNamespace, name },
    spec: { selector: { app: app ?? 'nothing' }, ports: [web], ...spec },
  };
  await cluster.client.apply(service);
  if (ingress === undefined) return;
  const status = { status: { loadBalancer: { ingress: [{ ip: ingress }] } } };
  await cluster.client.patch(service, status, 'status');
}

/** Its Pods' container has a port `http` and ports for DNS. */
export function deployment(name: string, replicas: number, namespace = sampleNamespace): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'main',
              image: 'test/server:1',
              ports: [
                { name: 'http', containerPort: 8080 },
                { name: 'dns', containerPort: 5353, protocol: 'UDP' },
                { name: 'dns-tcp', containerPort: 5353, protocol: 'TCP' },
              ],
            },
          ],
        },
      },
    },
  };
}
