/** Faults that people make of shop/web and shop/dns on a cluster of one node, `node-1`, and what Diagnose is to begin with. */
import { isRecord, type JsonRecord } from '../../../src/text/json.ts';
import type { Manifest } from './client.ts';
import type { Cluster } from './cluster.ts';
import { hasEndpoints, sampleNamespace } from './sample.ts';
import { until } from './until.ts';

/** Made and undone in the order of the list: some leave the sample as the next needs it. */
export interface DiagnoseFault {
  readonly name: string;
  readonly service: string;
  /** Of the first sentence. */
  readonly says: RegExp;
  make(cluster: Cluster): Promise<void>;
  undo(cluster: Cluster): Promise<void>;
}

/** What Diagnose says of a Service that works. */
export const works: Readonly<Record<string, RegExp>> = { 'shop/web': /^shop\/web is reached/ };

const service: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: sampleNamespace, name: 'web' },
};

const policy: Manifest = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: sampleNamespace, name: 'deny' },
  spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] },
};

const portTo = (targetPort: string): Manifest => ({
  spec: { ports: [{ name: 'http', port: 80, targetPort }] },
});

const deploymentWeb: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: sampleNamespace, name: 'web' },
};

const probed: Manifest = {
  spec: {
    strategy: { type: 'Recreate', rollingUpdate: null },
    template: {
      spec: {
        containers: [
          {
            name: 'main',
            image: 'test/server:1',
            ports: [{ name: 'http', containerPort: 8080 }],
            readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
          },
        ],
      },
    },
  },
};

const corpFirewall = 'FORWARD -p tcp --dport 8080 -m comment --comment corp-fw -j DROP'.split(' ');

export const diagnoseFaults: readonly DiagnoseFault[] = [
  {
    name: 'a Deployment that was scaled to 0',
    service: 'shop/web',
    says: /^shop\/web has no ready endpoints: its selector app=web matches no Pod\. Is its workload scaled to 0\?/,
    async make(cluster) {
      await cluster.client.scale(sampleNamespace, 'web', 0);
      await hasEndpoints(cluster, 'web', 0);
    },
    async undo(cluster) {
      await cluster.client.scale(sampleNamespace, 'web', 2);
      await hasEndpoints(cluster, 'web', 2);
      await cluster.podsReady(sampleNamespace);
    },
  },
  {
    name: 'a selector that is off by a letter',
    service: 'shop/web',
    says: /^shop\/web has no ready endpoints: its selector app=wep matches no Pod\. Pod web-\S+ has app=web\./,
    async make(cluster) {
      await cluster.client.patch(service, { spec: { selector: { app: 'wep' } } });
      await hasEndpoints(cluster, 'web', 0);
    },
    async undo(cluster) {
      await cluster.client.patch(service, { spec: { selector: { app: 'web' } } });
      await hasEndpoints(cluster, 'web', 2);
    },
  },
  {
    name: 'a targetPort whose name no container port has',
    service: 'shop/web',
    says: /^shop\/web has no ready endpoints: its targetPort of port http is "web", and Pod web-\S+ has no container port of that name\./,
    make: async ({ client }) => void (await client.patch(service, portTo('web'))),
    undo: async ({ client }) => void (await client.patch(service, portTo('http'))),
  },
  {
    name: 'a probe that fails, and what was noticed of it',
    service: 'shop/web',
    says: /^shop\/web has no ready endpoints: its only Pod is not ready: web-\S+ \(Running\)\. The readiness probe of container main fails, restarted 2 times: GET \/healthz at port 8080 \(Readiness probe failed: HTTP probe failed with statuscode: 500, 3 times\)\./,
    async make(cluster) {
      const { client } = cluster;
      await client.patch(deploymentWeb, probed);
      await client.scale(sampleNamespace, 'web', 1);
      const pod = await podWithProbe(cluster);
      await cluster.podsReady(sampleNamespace);
      await client.patch(pod, statusOf(false), 'status');
      await client.create({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { namespace: sampleNamespace, name: 'unhealthy' },
        involvedObject: { apiVersion: 'v1', kind: 'Pod', ...pod.metadata },
        reason: 'Unhealthy',
        type: 'Warning',
        message: 'Readiness probe failed: HTTP probe failed with statuscode: 500',
        count: 3,
      });
    },
    undo: async (cluster) =>
      void (await cluster.client.patch(await podWithProbe(cluster), statusOf(true), 'status')),
  },
  {
    name: 'a kube-proxy that stopped, once endpoints changed',
    service: 'shop/web',
    says: /^\S+:8080 \(pod shop\/web-\S+ on node-1\) is ready, .* kube-proxy of this node has not heard of the new endpoints/,
    async make(cluster) {
      await cluster.node('node-1').proxy?.stop();
      await cluster.client.scale(sampleNamespace, 'web', 2);
      await hasEndpoints(cluster, 'web', 2);
    },
    async undo(cluster) {
      cluster.node('node-1').proxy?.start();
      await Promise.resolve();
    },
  },
  {
    name: 'a DROP that somebody put before',
    service: 'shop/web',
    says: /^shop\/web: .*Dropped by rule 1 of FORWARD/,
    make: (cluster) => run(cluster, ['iptables', '-w', '-I', ...corpFirewall]),
    undo: (cluster) => run(cluster, ['iptables', '-w', '-D', ...corpFirewall]),
  },
  {
    name: 'a NetworkPolicy',
    service: 'shop/web',
    says: /^NetworkPolicy shop\/deny lets nobody in to the Pods of shop\/web:http at 8080\/TCP/,
    make: async ({ client }) => void (await client.apply(policy)),
    undo: async ({ client }) => void (await client.delete(policy)),
  },
  {
    name: 'a UDP connection that is held to an endpoint that is gone',
    service: 'shop/dns',
    says: /^A connection of 10\.9\.9\.9 to shop\/dns\S* \(\S+\) in conntrack\.txt leads to 10\.244\.9\.9/,
    async make(cluster) {
      const entry = `-p udp -s 10.9.9.9 --sport 5353 -d ${await dnsAddress(cluster)} --dport 53`;
      const reply = '-r 10.244.9.9 -q 10.9.9.9 --reply-port-src 5353 --reply-port-dst 5353';
      await run(cluster, `conntrack -I ${entry} ${reply} -t 600`.split(' '));
    },
    undo: (cluster) => run(cluster, 'conntrack -D -p udp -s 10.9.9.9'.split(' ')),
  },
];

async function run(cluster: Cluster, words: readonly string[]): Promise<void> {
  cluster.node('node-1').namespace.run([...words]);
  await Promise.resolve();
}

async function dnsAddress({ client }: Cluster): Promise<string> {
  const services = await client.list(`/api/v1/namespaces/${sampleNamespace}/services`);
  const dns = services.find((each) => nameOf(each) === 'dns');
  const spec = dns?.['spec'];
  return isRecord(spec) ? String(spec['clusterIP']) : '';
}

async function podWithProbe({ client }: Cluster): Promise<Manifest & { readonly metadata: PodName }> {
  const path = `/api/v1/namespaces/${sampleNamespace}/pods?labelSelector=app%3Dweb`;
  const own = await until('one Pod with the probe is left', async () => {
    const pods = await client.list(path);
    return pods.length === 1 && JSON.stringify(pods[0]).includes('/healthz') && pods[0];
  });
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: sampleNamespace, name: nameOf(own) } };
}

interface PodName {
  readonly namespace: string;
  readonly name: string;
}

function statusOf(isReady: boolean): Manifest {
  const status = isReady ? 'True' : 'False';
  const running = { startedAt: '2026-01-01T00:00:00Z' };
  const container = { name: 'main', image: 'a', imageID: '', ready: isReady, started: true, restartCount: 2 };
  return {
    status: {
      conditions: [{ type: 'Ready', status }],
      containerStatuses: [{ ...container, state: { running } }],
    },
  };
}

function nameOf({ metadata }: JsonRecord): string {
  return isRecord(metadata) ? String(metadata['name']) : '';
}
