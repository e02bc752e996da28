/** Services of both families with real Pods behind them: two endpoints, one on each node; one on the second alone; none. */
import { pairOf } from './addresses.ts';
import type { Cluster } from './cluster.ts';
import type { RealPod } from './pods.ts';

/** Where the Pods listen. */
export const serverPort = 8080;

const balancer = pairOf('198.18.64.9');

function service(name: string, app: string, spec: Readonly<Record<string, unknown>>, protocol = 'TCP') {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'default', name },
    spec: {
      type: 'NodePort',
      ipFamilyPolicy: 'RequireDualStack',
      selector: { app },
      ports: [{ name: 'main', port: 80, targetPort: serverPort, protocol }],
      ...spec,
    },
  };
}

const balanced = service('balanced', 'server', {
  type: 'LoadBalancer',
  loadBalancerSourceRanges: ['198.18.0.0/18', 'fd00::198:18:0:0/96'],
});

const services = [
  balanced,
  service('both', 'server', {}),
  service('both-udp', 'server', {}, 'UDP'),
  service('local', 'server', { externalTrafficPolicy: 'Local' }),
  service('far', 'far', { externalTrafficPolicy: 'Local' }),
  service('far-inside', 'far', { internalTrafficPolicy: 'Local' }),
  service('nobody', 'nobody', {}),
];

/** `server-1` on the first node, `server-2` and `server-3` on the second: the last one alone is `far`. */
export async function startServers(cluster: Cluster): Promise<readonly RealPod[]> {
  const [near, far] = cluster.nodes;
  if (near === undefined || far === undefined) throw new Error('Two nodes are needed.');
  return [
    await cluster.startPod(near, { name: 'server-1', labels: { app: 'server' } }),
    await cluster.startPod(far, { name: 'server-2', labels: { app: 'server' } }),
    await cluster.startPod(far, { name: 'server-3', labels: { app: 'far' } }),
  ];
}

/** Resolves when kube-proxy has all of them in the rules of every node. */
export async function addDualServices(cluster: Cluster): Promise<void> {
  for (const each of services) await cluster.client.create(each);
  const ingress = [{ ip: balancer[4] }, { ip: balancer[6] }];
  await cluster.client.patch(balanced, { status: { loadBalancer: { ingress } } }, 'status');
  for (const node of cluster.nodes) await cluster.rulesMatch(node, isComplete);
}

/** Both families know all endpoints and frontends. */
function isComplete(rules: string): boolean {
  const endpoints = services
    .map(({ metadata }) => `default/${metadata.name}:main`)
    .filter((name) => name !== 'default/nobody:main' && name !== 'default/far-inside:main')
    .flatMap((name) => [`${name} -> 198.19`, `${name} -> [fd00::`]);
  const refused = rules.split('default/nobody:main has no endpoints').length - 1;
  return endpoints.every((words) => rules.includes(words)) && rules.includes(balancer[6]) && refused >= 4;
}
