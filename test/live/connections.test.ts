/** Who answers a real connection, and whom the server sees, is what the traces say. */
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Analysis } from '../../src/kubeproxy/analysis.ts';
import type { Flow, FlowSource } from '../../src/kernel/flow.ts';
import type { Outcome, Trace } from '../../src/kernel/trace.ts';
import { linkAddress } from './support/addresses.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { addDualServices, serverPort, startServers } from './support/dualServices.ts';
import type { NetworkNamespace } from './support/namespaces.ts';
import type { RealPod } from './support/pods.ts';
import { analysisOf } from './support/product.ts';
import { expectReadOnly } from './support/readOnly.ts';
import { flowsToServices, type FlowSources, type NamedFlow } from './support/serviceFlows.ts';
import { ask, serve } from './support/talk.ts';

/** Connections of one flow at most, until every outcome was seen; each batch is one process. */
const batches = 8;
const batch = 8;

/** Flows that are tried at a time: most of the time goes by in waiting for what does not come. */
const atOnce = 8;

let cluster: Cluster;
let client: RealPod;
let servers: readonly RealPod[];
let analysis: Analysis;
let flows: readonly NamedFlow[];
let programs: readonly ChildProcess[];

beforeAll(async () => {
  cluster = await startCluster();
  const near = cluster.node('node-1');
  client = await cluster.startPod(near, { name: 'client' });
  servers = await startServers(cluster);
  programs = await Promise.all(servers.map((pod) => serve(pod.network, pod.name, serverPort)));
  await addDualServices(cluster);
  analysis = await analysisOf(cluster, near.name);
  const sources: FlowSources = {
    pod: client.addresses,
    outside: linkAddress(cluster.instance, 'outside'),
    node: near.addresses,
  };
  const all = await cluster.client.list('/api/v1/namespaces/default/services');
  flows = flowsToServices(
    all.filter((each) => !/"name":"kubernetes"/.test(JSON.stringify(each['metadata']))),
    sources,
  );
});

afterAll(async () => {
  for (const program of programs) program.kill();
  await expectReadOnly(cluster);
  await cluster.stop();
});

function traceOf(flow: Flow): Trace {
  const { interface: face, ...from } = flow.from;
  const engine = analysis.engine(flow.family);
  if (engine === null) throw new Error(`There are no rules of IPv${flow.family}.`);
  return engine.trace({ ...flow, from: face === null ? flow.from : from });
}

/** `server-1 198.19.1.250`: who answers by this outcome, and whom it sees; the socket's error where nobody does. */
function answerOf(outcome: Outcome): string {
  if (outcome.verdict === 'reject') return 'ECONNREFUSED';
  if (outcome.verdict !== 'forward') return 'ETIMEDOUT';
  const address = outcome.destination?.address;
  const server = servers.find(({ addresses }) => addresses[4] === address || addresses[6] === address);
  return `${server?.name ?? address ?? '?'} ${outcome.source?.address ?? '?'}`;
}

function placeOf({ kind }: FlowSource): NetworkNamespace {
  if (kind === 'pod') return client.network;
  return kind === 'external' ? cluster.outside : cluster.node('node-1').namespace;
}

/** The answers of new connections until each of `expected` was heard, or one that is not, or enough were tried. */
async function answersTo(flow: Flow, expected: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const heard = new Set<string>();
  const { address, port } = flow.to;
  const times = expected.size === 1 ? 1 : batch;
  for (let tries = 0; tries < batches && heard.size < expected.size; tries++) {
    for (const answer of await ask(placeOf(flow.from), flow.protocol, address, port ?? 0, times))
      heard.add(answer);
    if ([...heard].some((each) => !expected.has(each))) break;
  }
  return heard;
}

async function compare({ title, flow }: NamedFlow, kinds: Set<string>): Promise<readonly string[]> {
  const expected = new Set(traceOf(flow).outcomes.map(answerOf));
  const heard = await answersTo(flow, expected);
  for (const answer of heard) kinds.add(answer.split(' ')[0] ?? '');
  const [ours, theirs] = [expected, heard].map((set) => [...set].toSorted().join(', '));
  return ours === theirs ? [] : [`${title}: ours ${ours}; heard ${theirs}`];
}

describe('real connections through a live node', () => {
  test('are answered by the endpoints of the trace, which see the source that it gives', async () => {
    expect(flows.length).toBeGreaterThan(70);
    const wrong: string[] = [];
    const kinds = new Set<string>();
    for (let from = 0; from < flows.length; from += atOnce) {
      const some = flows.slice(from, from + atOnce).map((each) => compare(each, kinds));
      wrong.push(...(await Promise.all(some)).flat());
    }
    expect(wrong.join('\n')).toBe('');
    expect([...kinds].toSorted()).toEqual(['ECONNREFUSED', 'ETIMEDOUT', 'server-1', 'server-2', 'server-3']);
  });
});
