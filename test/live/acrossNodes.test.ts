/** What the product says of packets whose endpoint is on another node is what both kernels do with a real connection. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Analysis } from '../../src/kubeproxy/analysis.ts';
import { readForm, type FlowForm } from '../../src/kubeproxy/form/flowForm.ts';
import { type Leg, traceJourney } from '../../src/kubeproxy/journey/journey.ts';
import { emptyForm } from '../../src/protocol/requests.ts';
import { pairOf } from './support/addresses.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import type { ClusterNode } from './support/clusterNode.ts';
import { Talker } from './support/conversation.ts';
import type { NetworkNamespace } from './support/namespaces.ts';
import type { RealPod } from './support/pods.ts';
import { analysisOf } from './support/product.ts';
import { expectReadOnly } from './support/readOnly.ts';
import { until } from './support/until.ts';

const nodePort = 30090;

let cluster: Cluster;
let near: ClusterNode;
let far: ClusterNode;
let client: RealPod;
let server: RealPod;
let clusterIp: string;
let listeners: readonly Talker[];
const talkers: Talker[] = [];
/** Undoes what a test changed on the nodes. */
const undo: (() => void)[] = [];

beforeAll(async () => {
  cluster = await startCluster();
  near = cluster.node('node-1');
  far = cluster.node('node-2');
  client = await cluster.startPod(near, { name: 'client' });
  server = await cluster.startPod(far, { name: 'server', labels: { app: 'far' }, ports: { http: 8080 } });
  const spec = {
    type: 'NodePort',
    selector: { app: 'far' },
    ports: [{ name: 'http', port: 80, targetPort: 8080, nodePort }],
  };
  const metadata = { namespace: 'default', name: 'far' };
  await cluster.client.apply({ apiVersion: 'v1', kind: 'Service', metadata, spec });
  for (const node of cluster.nodes) {
    await cluster.rulesMatch(node, (rules) =>
      rules.includes(`default/far:http -> ${server.addresses[4]}:8080`),
    );
  }
  const rules = near.namespace.run(['iptables-save', '-t', 'nat']);
  clusterIp = /-d (\S+)\/32 .*"default\/far:http cluster IP"/.exec(rules)?.[1] ?? '';
  listeners = await Promise.all(
    ([4, 6] as const).map((family) => Talker.listen(server.network, server.addresses[family], 8080)),
  );
});

afterEach(() => {
  for (const talker of talkers.splice(0)) talker.end();
  for (const each of undo.splice(0)) each();
});

afterAll(async () => {
  for (const listener of listeners) listener.end();
  await expectReadOnly(cluster);
  await cluster.stop();
});

/** Inserts a rule at the top, on the other node, and removes it after the test. */
function insert(family: 4 | 6, table: string, chain: string, ...rule: readonly string[]): void {
  const command = [family === 4 ? 'iptables' : 'ip6tables', '-w', '-t', table];
  far.namespace.run([...command, '-I', chain, ...rule]);
  undo.push(() => far.namespace.run([...command, '-D', chain, ...rule]));
}

/** The product's answer, from what it reads of both nodes. */
async function trace(asked: Partial<FlowForm>): Promise<Leg> {
  const names = [near.name, far.name];
  const found = await Promise.all(names.map((name) => analysisOf(cluster, name)));
  const analyses = new Map<string, Analysis>(names.map((name, at) => [name, found[at] ?? missing(name)]));
  const analysis = analyses.get(near.name) ?? missing(near.name);
  const reading = readForm({ ...emptyForm, ...asked }, analysis);
  if (reading.kind === 'errors') throw new Error(JSON.stringify(reading.errors));
  const rulesOf = (name: string): Analysis | null => analyses.get(name) ?? null;
  return traceJourney({ flow: reading.flow, analysis, decisions: [], rulesOf }) ?? missing('rules');
}

function missing(what: string): never {
  throw new Error(`${what} is missing`);
}

const reset = ['-p', 'tcp', '-j', 'REJECT', '--reject-with', 'tcp-reset'];

/** The ways to the pod of the other node. */
interface Way {
  readonly title: string;
  readonly family: 4 | 6;
  readonly asked: () => Partial<FlowForm>;
  readonly from: () => NetworkNamespace;
  readonly to: () => readonly [string, number];
}

const ways: readonly Way[] = [
  {
    title: 'a Pod to the cluster IP',
    family: 4,
    asked: () => ({ from: 'pod:default/client', to: `${clusterIp}:80` }),
    from: () => client.network,
    to: () => [clusterIp, 80],
  },
  {
    title: 'a Pod to the Pod itself',
    family: 4,
    asked: () => ({ from: 'pod:default/client', to: `${server.addresses[4]}:8080` }),
    from: () => client.network,
    to: () => [server.addresses[4], 8080],
  },
  {
    title: 'a Pod to the Pod itself over IPv6',
    family: 6,
    asked: () => ({ from: 'pod:default/client', to: `[${server.addresses[6]}]:8080` }),
    from: () => client.network,
    to: () => [server.addresses[6], 8080],
  },
  {
    title: 'a Pod to a node port of the other node',
    family: 4,
    asked: () => ({ from: 'pod:default/client', to: `${far.addresses[4]}:${nodePort}` }),
    from: () => client.network,
    to: () => [far.addresses[4], nodePort],
  },
  {
    title: 'outside to a node port of the first node',
    family: 4,
    asked: () => ({ from: `external:${outside()}`, to: `${near.addresses[4]}:${nodePort}` }),
    from: () => cluster.outside,
    to: () => [near.addresses[4], nodePort],
  },
  {
    title: 'a process of the first node to the cluster IP',
    family: 4,
    asked: () => ({ from: `node:${near.name}`, to: `${clusterIp}:80` }),
    from: () => near.namespace,
    to: () => [clusterIp, 80],
  },
];

function outside(): string {
  const found = /\bsrc (\S+)/.exec(cluster.outside.run(['ip', 'route', 'get', near.addresses[4]]));
  return found?.[1] ?? missing('the address outside');
}

function connect(way: Way): Talker {
  const [address, port] = way.to();
  const talker = Talker.connect(way.from(), address, port);
  talkers.push(talker);
  return talker;
}

/** The last node that a trace followed the packet to. */
function lastLeg(leg: Leg): Leg {
  const [next] = leg.next.values();
  return next === undefined ? leg : lastLeg(next);
}

/** The source with which the trace says that the packet arrives; null where it is not one. */
function arrivingSource(leg: Leg): string | null {
  const sources = new Set(lastLeg(leg).answer.outcomes.map(({ source }) => source?.address));
  const [only] = sources;
  return sources.size === 1 ? (only ?? null) : null;
}

describe.each(ways)('$title', (way) => {
  test('is followed to the other node and let through, and the Pod sees the source that the trace says', async () => {
    const leg = await trace(way.asked());
    expect(leg.continuations.map(({ node, kind }) => `${node} ${kind}`)).toEqual(['node-2 traced']);
    expect(leg.narrative.verdict).toBe('forward');
    expect(await connect(way).heard).toBe(arrivingSource(leg));
  });

  test('is dropped where the other node drops it', async () => {
    const to = server.addresses[way.family];
    insert(way.family, 'filter', 'FORWARD', '-d', to, '-p', 'tcp', '--dport', '8080', '-j', 'DROP');
    const leg = await trace(way.asked());
    expect(leg.narrative.verdict).toBe('drop');
    expect(leg.narrative.headline).toContain('on node-2 dropped by rule 1 of FORWARD');
    const talker = connect(way);
    await until('the rule of the other node counts the packet', () =>
      /\[[1-9]\d*:\d+\] -A FORWARD -d \S+ -p tcp .*-j DROP/.test(
        far.namespace.run([way.family === 4 ? 'iptables-save' : 'ip6tables-save', '-c']),
      ),
    );
    talker.end();
    expect(await talker.heard).toBe('');
  });

  test('is refused where the other node rejects it', async () => {
    insert(way.family, 'filter', 'FORWARD', '-d', server.addresses[way.family], ...reset);
    const leg = await trace(way.asked());
    expect(leg.narrative.verdict).toBe('reject');
    expect(leg.narrative.headline).toContain('connection refused');
    expect(await connect(way).heard).toBe('ECONNREFUSED');
  });

  test('arrives with another source where the other node changes it', async () => {
    const to = server.addresses[way.family];
    const address = pairOf('198.19.2.77')[way.family];
    const own = `${address}/${way.family === 4 ? 32 : 128}`;
    insert(way.family, 'nat', 'POSTROUTING', '-d', to, '-j', 'SNAT', '--to-source', address);
    // On the Pods' bridge: in IPv6 nobody answers there for an address of another interface.
    far.namespace.ip([`addr add ${own} dev cni0${way.family === 6 ? ' nodad' : ''}`]);
    undo.push(() => far.namespace.ip([`addr del ${own} dev cni0`]));
    const leg = await trace(way.asked());
    expect(arrivingSource(leg)).toBe(await connect(way).heard);
    expect(leg.narrative.details.join(' ')).not.toContain(' sees ');
  });
});

test('a rule of the other node that asks for the interface is asked with the one that the packet comes in by', async () => {
  const [way] = ways;
  if (way === undefined) throw new Error('no way');
  insert(4, 'filter', 'FORWARD', '-i', 'eth0', '-s', client.addresses[4], ...reset);
  expect((await trace(way.asked())).narrative.verdict).toBe('reject');
  expect(await connect(way).heard).toBe('ECONNREFUSED');
  undo.pop()?.();
  insert(4, 'filter', 'FORWARD', '-i', 'cni0', '-s', client.addresses[4], ...reset);
  expect((await trace(way.asked())).narrative.verdict).toBe('forward');
  expect(await connect(way).heard).toBe(client.addresses[4]);
});
