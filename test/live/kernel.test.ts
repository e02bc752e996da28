/** What the product says of packets on a live node is what that node's kernel does with them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Analysis } from '../../src/kubeproxy/analysis.ts';
import type { Flow } from '../../src/netfilter/flow.ts';
import type { Outcome, Trace } from '../../src/netfilter/trace.ts';
import { describeObservation, describeOutcome, matchingOutcome } from '../kernel/support/judge.ts';
import type { Observation } from '../kernel/support/recorder.ts';
import { linkAddress } from './support/addresses.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { NodeLab, podAddressesOn } from './support/nodeLab.ts';
import type { RealPod } from './support/pods.ts';
import { analysisOf } from './support/product.ts';
import { expectReadOnly } from './support/readOnly.ts';
import { addSample, hasEndpoints, sampleNamespace } from './support/sample.ts';
import { flowsToServices, type FlowSources, type NamedFlow, sourceOf } from './support/serviceFlows.ts';

/** Packets of one flow at most, until every outcome was seen: one of probability 1/5 is missed once in 10^9 times. */
const most = 100;

/** Softirqs may be late on a busy machine: so many further looks before a difference counts. */
const looks = 4;

let cluster: Cluster;
let client: RealPod;
let server: RealPod;
let lab: NodeLab;
let analysis: Analysis;
let sources: FlowSources;
let flows: readonly NamedFlow[];

beforeAll(async () => {
  cluster = await startCluster();
  await addSample(cluster);
  const node = cluster.node('node-1');
  client = await cluster.startPod(node, { name: 'client', namespace: sampleNamespace });
  const labels = { app: 'web' };
  const ports = { http: 8080 };
  server = await cluster.startPod(node, { name: 'server', namespace: sampleNamespace, labels, ports });
  await hasEndpoints(cluster, 'web', 4);
  await cluster.rulesMatch(node, (rules) => rules.includes(`shop/web:http -> ${server.addresses[4]}:8080`));
  analysis = await analysisOf(cluster, node.name);
  sources = {
    pod: client.addresses,
    outside: linkAddress(cluster.instance, 'outside'),
    node: node.addresses,
  };
  const services = await cluster.client.list('/api/v1/services');
  flows = flowsToServices(services, sources);
  lab = new NodeLab(cluster, node, [client, server], await podAddressesOn(cluster, node));
});

afterAll(async () => {
  lab.close();
  await expectReadOnly(cluster);
  await cluster.stop();
});

/** As a user asks: the interface is for the product to know. */
function traceOf(flow: Flow): Trace {
  const { interface: face, ...from } = flow.from;
  const engine = analysis.engine(flow.family);
  if (engine === null) throw new Error(`There are no rules of IPv${flow.family}.`);
  return engine.trace({ ...flow, from: face === null ? flow.from : from });
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

describe('a trace through the rules of a live node', () => {
  test('tells every way of a packet to every frontend, and no other', async () => {
    expect(flows.length).toBeGreaterThan(60);
    const wrong: string[] = [];
    const seen = new Set<string>();
    let packets = 0;
    for (const { title, flow } of flows) {
      try {
        const sent = await sendAll(flow);
        packets += sent.packets;
        for (const { verdict } of sent.trace.outcomes) seen.add(verdict);
      } catch (error) {
        wrong.push(`${title}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    console.log(`${packets} packets of ${flows.length} flows, ${[...seen].toSorted().join(', ')}`);
    expect(wrong.join('\n\n')).toBe('');
    // Else it would prove little.
    expect([...seen].toSorted()).toEqual(expect.arrayContaining(['drop', 'forward', 'reject']));
  });

  const direct: readonly (readonly [string, () => Flow])[] = [
    ['a Pod to another Pod of the node', () => podFlow(server.addresses[4], 8080)],
    ['a Pod to a Pod of the other node', () => podFlow('198.19.2.1', 8080)],
    ['a Pod to an address outside', () => podFlow(sources.outside[4], 443)],
    ['a Pod to the API server', () => podFlow(cluster.controlPlane.host, 6443)],
    ['a Pod to its node', () => podFlow(sources.node[4], 22)],
    [
      'outside to a Pod',
      () => ({ ...podFlow(server.addresses[4], 8080), from: sourceOf('outside', sources, 4) }),
    ],
    [
      'outside to the health check node port',
      () => ({ ...podFlow(sources.node[4], 30183), from: sourceOf('outside', sources, 4) }),
    ],
    [
      'the node to its own node port by localhost',
      () => ({ ...podFlow('127.0.0.1', 30080), from: sourceOf('node', sources, 4) }),
    ],
    [
      'a Pod through a Service to itself',
      () => ({ ...podFlow('', 80), from: { ...sourceOf('pod', sources, 4), address: server.addresses[4] } }),
    ],
  ];
  test.each(direct)('%s', async (title, make) => {
    const made = make();
    const address = title.endsWith('itself') ? await clusterAddress('web') : made.to.address;
    await sendAll({ ...made, to: { ...made.to, address } });
  });

  test('a client stays with its endpoint where the Service has affinity, with the chances that the trace gives', async () => {
    const to = { address: await clusterAddress('web-sticky'), port: 80 };
    const [first, second] = [40_001, 40_002].map((port): Flow => ({
      family: 4,
      from: { ...sourceOf('pod', sources, 4), port },
      to,
      protocol: 'tcp',
    }));
    if (first === undefined || second === undefined) throw new Error('unreachable');
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
      for (const { destination } of twice.left) endpoints.add(destination);
    }
    expect([...endpoints].toSorted()).toEqual(
      [...new Set(trace.outcomes.map(({ destination }) => destination?.address ?? ''))].toSorted(),
    );
  });
});

function podFlow(address: string, port: number): Flow {
  return { family: 4, from: sourceOf('pod', sources, 4), to: { address, port }, protocol: 'tcp' };
}

async function clusterAddress(service: string): Promise<string> {
  const { spec } = await cluster.client.get(`/api/v1/namespaces/${sampleNamespace}/services/${service}`);
  return /"clusterIP":"([^"]+)"/.exec(JSON.stringify(spec))?.[1] ?? '';
}
