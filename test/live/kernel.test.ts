/** What the product says of packets on a live node is what that node's kernel does with them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Analysis, analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import type { Flow } from '../../src/kernel/flow.ts';
import type { SnapshotFiles } from '../../src/kernel/snapshot.ts';
import type { Outcome, Trace } from '../../src/kernel/trace.ts';
import { describeObservation, describeOutcome, matchingOutcome } from '../realKernel/support/judge.ts';
import type { Observation } from '../realKernel/support/recorder.ts';
import { linkAddress } from './support/addresses.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import type { NodeOptions } from './support/clusterNode.ts';
import { addDualServices, startServers } from './support/dualServices.ts';
import { NodeLab, podAddressesOn } from './support/nodeLab.ts';
import type { RealPod } from './support/pods.ts';
import { collectFiles } from './support/product.ts';
import { expectReadOnly } from './support/readOnly.ts';
import { addSample, sampleNamespace } from './support/sample.ts';
import {
  flowsToServices,
  type FlowSources,
  type NamedFlow,
  type SourceName,
  sourceOf,
} from './support/serviceFlows.ts';

/** Packets of one flow at most, until every outcome was seen: one of probability 1/5 is missed once in 10^9 times. */
const most = 100;

/** Softirqs may be late on a busy machine: so many further looks before a difference counts. */
const looks = 4;

/** As kubeadm has it; with what kube-proxy's configuration can turn; with a link and a route for each Pod. */
const nodes: readonly NodeOptions[] = [
  { name: 'node-1' },
  {
    name: 'node-2',
    backend: 'legacy',
    proxyConfig: {
      iptables: { masqueradeAll: true, masqueradeBit: 15, localhostNodePorts: false, syncPeriod: '1h' },
      detectLocalMode: 'BridgeInterface',
      detectLocal: { bridgeInterface: 'cni0' },
    },
  },
  { name: 'node-3', podNetwork: 'routed' },
];

let cluster: Cluster;
let clients: readonly RealPod[];
let servers: readonly RealPod[];
let lab: NodeLab;
let files: SnapshotFiles;
let analysis: Analysis;
let sources: FlowSources;

beforeAll(async () => {
  cluster = await startCluster({ nodes });
  await addSample(cluster);
  clients = [];
  for (const node of cluster.nodes)
    clients = [...clients, await cluster.startPod(node, { name: `client-of-${node.name}` })];
  const routed = { name: 'server-4', labels: { app: 'server' } };
  servers = [...(await startServers(cluster)), await cluster.startPod(cluster.node('node-3'), routed)];
  await addDualServices(cluster);
});

afterAll(async () => {
  await expectReadOnly(cluster);
  await cluster.stop();
});

/** Collects a node and closes it off; `leave` opens it again. */
async function enter(name: string): Promise<void> {
  const node = cluster.node(name);
  const client = clients.find((pod) => pod.node === node);
  if (client === undefined) throw new Error(`No client runs on ${name}.`);
  files = await collectFiles(cluster, name);
  analysis = analysisOfFiles(files);
  sources = {
    pod: client.addresses,
    podInterface: node.routed ? client.link : 'cni0',
    outside: linkAddress(cluster.instance, 'outside'),
    node: node.addresses,
  };
  lab = new NodeLab(cluster, node, [...clients, ...servers], await podAddressesOn(cluster, node));
}

async function flowsIn(namespace: string): Promise<readonly NamedFlow[]> {
  return flowsToServices(await cluster.client.list(`/api/v1/namespaces/${namespace}/services`), sources);
}

/** As a user asks: the interface is for the product to know. */
function traceOf(flow: Flow): Trace {
  const { interface: face, ...source } = flow.from;
  const engine = analysis.engine(flow.family);
  if (engine === null) throw new Error(`There are no rules of IPv${flow.family}.`);
  return engine.trace({ ...flow, from: face === null ? flow.from : source });
}

/** The outcome that the kernel chose for one packet; throws with both sides when it is none of the trace's. */
async function sendOnce(flow: Flow, trace: Trace): Promise<Outcome> {
  let seen = await lab.send(flow);
  for (let look = 0; ; look++) {
    const outcome = matchingOutcome(flow, trace, seen);
    if (outcome !== null) return outcome;
    if (look === looks) throw new Error(disagreement(flow, trace, seen));
    seen = lab.again(flow, seen);
  }
}

function disagreement(flow: Flow, trace: Trace, seen: Observation): string {
  const ours = trace.outcomes.map((outcome) => `  ours:   ${describeOutcome(outcome, flow)}`);
  return [JSON.stringify(flow), `  kernel: ${describeObservation(seen)}`, ...ours].join('\n');
}

/** Sends until every outcome that stands on no assumption was seen. */
async function sendAll(flow: Flow): Promise<{ readonly trace: Trace; readonly packets: number }> {
  const trace = traceOf(flow);
  const missing = new Set(trace.outcomes.filter((outcome) => outcome.assuming.length === 0));
  let packets = 0;
  while (packets === 0 || (missing.size > 0 && packets < most)) {
    missing.delete(await sendOnce(flow, trace));
    packets++;
  }
  const unseen = [...missing].map((outcome) => describeOutcome(outcome, flow));
  expect(unseen, `not seen in ${packets} packets of ${JSON.stringify(flow)}`).toEqual([]);
  return { trace, packets };
}

/** Sends every flow; the differences, in words, and the verdicts that were seen. */
async function compareAll(flows: readonly NamedFlow[]): Promise<{
  readonly wrong: readonly string[];
  readonly verdicts: readonly string[];
}> {
  const wrong: string[] = [];
  const verdicts = new Set<string>();
  let packets = 0;
  for (const { title, flow } of flows) {
    try {
      const sent = await sendAll(flow);
      packets += sent.packets;
      for (const { verdict } of sent.trace.outcomes) verdicts.add(verdict);
    } catch (error) {
      wrong.push(`${title}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  console.log(`${packets} packets of ${flows.length} flows through ${lab.node.name}`);
  return { wrong, verdicts: [...verdicts].toSorted() };
}

describe.each(nodes.map(({ name }) => name))('a trace through the live rules of %s', (name) => {
  beforeAll(async () => {
    await enter(name);
  });

  afterAll(() => {
    lab.close();
  });

  test('tells every way of a packet to every frontend of both families, and no other', async () => {
    const flows = await flowsIn('default');
    expect(flows.length).toBeGreaterThan(70);
    const { wrong, verdicts } = await compareAll(flows);
    expect(wrong.join('\n\n')).toBe('');
    // Else it would prove little.
    expect(verdicts).toEqual(expect.arrayContaining(['drop', 'forward', 'reject']));
  });

  const direct: readonly (readonly [string, () => Flow])[] = [
    ['a Pod to another Pod', () => podFlow(servers[0]?.addresses[4], 8080)],
    ['a Pod to a Pod of the second node', () => podFlow(servers[1]?.addresses[4], 8080)],
    ['a Pod to an address outside', () => podFlow(sources.outside[4], 443)],
    ['a Pod to the API server', () => podFlow(cluster.controlPlane.host, 6443)],
    ['a Pod to its node', () => podFlow(sources.node[4], 22)],
    ['outside to a Pod', () => from('outside', servers[0]?.addresses[4], 8080)],
    ['outside to a health check node port', () => from('outside', sources.node[4], 30183)],
    ['the node to its own node port by localhost', () => from('node', '127.0.0.1', 30080)],
  ];
  test.each(direct)('%s', async (_, make) => {
    const { trace } = await sendAll(make());
    expect(trace.outcomes.length).toBeGreaterThan(0);
  });

  test('a Pod through its Service to itself', async () => {
    const self = servers.find((pod) => pod.node.name === name && pod.name !== 'server-3');
    const flow = podFlow(await clusterAddress('default', 'both'), 80);
    const { trace } = await sendAll({ ...flow, from: { ...flow.from, address: self?.addresses[4] ?? null } });
    const own = trace.outcomes.find(({ destination }) => destination?.address === self?.addresses[4]);
    expect(own).toMatchObject({ masqueraded: true });
  });

  test('a client stays with its endpoint where the Service has affinity', async () => {
    const to = { address: await clusterAddress(sampleNamespace, 'web-sticky'), port: 80 };
    const ports = [40_001, 40_002] as const;
    const [first, second] = [ports[0], ports[1]].map((port): Flow => {
      return { family: 4, from: { ...sourceOf('pod', sources, 4), port }, to, protocol: 'tcp' };
    });
    if (first === undefined || second === undefined) throw new Error('There are two ports.');
    const trace = traceOf({ ...second, after: [first] });
    const endpoints = new Set<string>();
    for (let pair = 0; pair < 30; pair++) {
      lab.reset();
      const once = await lab.sendOneOfMany(first);
      const twice = await lab.sendOneOfMany(second);
      expect(twice.left.map(({ destination }) => destination)).toEqual(
        once.left.map(({ destination }) => destination),
      );
      expect(matchingOutcome(second, trace, twice), disagreement(second, trace, twice)).not.toBeNull();
      // A Pod of the third node that has no link is a blackhole: the packet is gone.
      endpoints.add(twice.left[0]?.destination ?? '');
    }
    const told = new Set(trace.outcomes.map(({ destination }) => destination?.address ?? ''));
    expect([...endpoints].toSorted()).toEqual([...told].toSorted());
  });
});

describe('a trace through the live rules of the sample', () => {
  beforeAll(async () => {
    await enter('node-1');
  });

  afterAll(() => {
    lab.close();
  });

  test('tells every way of a packet to every frontend, and no other', async () => {
    const flows = await flowsIn(sampleNamespace);
    expect(flows.length).toBeGreaterThan(50);
    expect((await compareAll(flows)).wrong.join('\n\n')).toBe('');
  });

  test('is found wrong where the rules are not those of the kernel', async () => {
    const rules = files.get('iptables-save.txt') ?? '';
    const other = rules.replaceAll(/--to-destination 198\.19\.\d+\.\d+:/g, '--to-destination 198.19.9.9:');
    expect(other).not.toBe(rules);
    analysis = analysisOfFiles(new Map([...files, ['iptables-save.txt', other]]));
    const flow = podFlow(await clusterAddress(sampleNamespace, 'web'), 80);
    await expect(sendAll(flow)).rejects.toThrow(/kernel: forward .*\n.*ours: .*198\.19\.9\.9/);
  });
});

function podFlow(address: string | undefined, port: number): Flow {
  return from('pod', address, port);
}

function from(kind: SourceName, address: string | undefined, port: number): Flow {
  if (address === undefined) throw new Error('There is no such Pod.');
  return { family: 4, from: sourceOf(kind, sources, 4), to: { address, port }, protocol: 'tcp' };
}

async function clusterAddress(namespace: string, service: string): Promise<string> {
  const { spec } = await cluster.client.get(`/api/v1/namespaces/${namespace}/services/${service}`);
  return /"clusterIP":"([^"]+)"/.exec(JSON.stringify(spec))?.[1] ?? '';
}
