/** What is told of random packets through random rules is what the engine found: no other end, cause, source, way back or mark. */
import { describe, expect, test } from 'vitest';
import type { Family, Flow } from '../../../src/kernel/flow.ts';
import type { ConntrackTuples, Outcome, Trace } from '../../../src/kernel/trace.ts';
import { formatEndpoint } from '../../../src/kernel/endpoint.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import { normalAddress } from '../../../src/values/address.ts';
import type { Ended, RecordedFlow } from '../../conformance/sentences/recorded.ts';
import { judgeTold } from '../../conformance/sentences/judgeFolder.ts';
import { toldOf } from '../../conformance/sentences/tell.ts';
import { engineOf, labFiles } from '../../kernel/fixtures.ts';
import { Random } from '../../realKernel/support/random.ts';
import { featureFlow } from '../../realKernel/support/random/features.ts';
import { randomFlow } from '../../realKernel/support/randomFlows.ts';
import { randomSets, RandomRules } from '../../realKernel/support/randomRules.ts';
import { factsOf } from '../../support/sentences/nodeFacts.ts';

// More than a test run needs: `KPE_FIRST_SEED=9000 KPE_SEEDS=200 KPE_PACKETS=30`.
const FIRST = Number(process.env['KPE_FIRST_SEED'] ?? 1);
const SEEDS = Array.from({ length: Number(process.env['KPE_SEEDS'] ?? 8) }, (_, index) => FIRST + index);
const PACKETS = Number(process.env['KPE_PACKETS'] ?? 20);

/** Of so many packets the outcomes' shares are counts. */
const TRIES = 100_000;

/** As the packet sees them: of one that answers, its own end is the original source. */
function tuplesOf(tuples: ConntrackTuples, { from, to }: Flow): NonNullable<Ended['conntrack']> {
  const { originalSource, originalDestination, replySource, replyDestination } = tuples;
  const original = `${formatEndpoint(originalSource)}>${formatEndpoint(originalDestination)}`;
  const reply = `${formatEndpoint(replySource)}>${formatEndpoint(replyDestination)}`;
  const answers =
    replySource.address === from.address &&
    replyDestination.address === to.address &&
    originalSource.address !== from.address;
  return answers ? { original: reply, reply: original } : { original, reply };
}

function endedOf(outcome: Outcome, flow: Flow): Ended {
  const { verdict, source, destination, by, rejectWith, conntrack, probability } = outcome;
  const portless = !['tcp', 'udp', 'sctp', 'dccp', 'udplite'].includes(flow.protocol);
  const end = (at: typeof source): string | null =>
    at === null ? null : portless ? at.address : formatEndpoint(at);
  return {
    verdict: verdict === 'unknown' ? 'drop' : verdict,
    source: end(source),
    destination: end(destination),
    interface: outcome.interface,
    ...toldOfSender(outcome, flow),
    ...(by === null ? {} : { by }),
    ...(rejectWith === null ? {} : { rejectWith }),
    ...(conntrack === null ? {} : { conntrack: tuplesOf(conntrack, flow) }),
    count: Math.round(probability * TRIES),
  };
}

/** With addresses as people see them. */
function plainly(flow: Flow): Flow {
  const { from, to } = flow;
  return {
    ...flow,
    from: { ...from, address: from.address === null ? null : normalAddress(from.address) },
    to: { ...to, address: normalAddress(to.address) },
  };
}

/** What the sender gets of a packet that is stopped: what the kernel answers, and what the call that sends it returns. */
function toldOfSender({ verdict, by, reason }: Outcome, flow: Flow): Partial<Ended> {
  if (verdict === 'forward' || verdict === 'local') return {};
  if (/(?:TTL|hop limit) ran out/.test(reason ?? '')) return { stackReply: 'ttl-zero' };
  if (reason?.startsWith('no route') === true && flow.from.kind !== 'node') return { stackReply: 'no-route' };
  return flow.from.kind === 'node' && by !== null && by !== 'kernel' && !/INPUT|PREROUTING/.test(by)
    ? { errno: 'EPERM' }
    : {};
}

function pathOf({ steps, probability }: Outcome): RecordedFlow['paths'][number] {
  const rules = steps.flatMap((step) =>
    step.kind === 'rule' ? [`${step.at.table}/${step.at.chain}/${step.at.index}`] : [],
  );
  return { rules, count: Math.round(probability * TRIES) };
}

function recordOf(flow: Flow, { outcomes }: Trace): RecordedFlow {
  const { after: _, ...one } = flow;
  const from = { ...flow.from, interface: flow.from.interface ?? null };
  return {
    ...(one as object),
    id: '',
    note: '',
    family: flow.family,
    from,
    to: flow.to,
    protocol: flow.protocol,
    ...(flow.after === undefined ? {} : { after: [] }),
    tries: TRIES,
    outcomes: outcomes.map((outcome) => endedOf(outcome, flow)),
    paths: outcomes.map(pathOf),
  };
}

describe('what is told of random packets through random rules', () => {
  test.each(SEEDS)('seed %i', async (seed) => {
    const random = new Random(seed);
    const family: Family = random.pick([4, 4, 6] as const);
    const rules = new RandomRules(random, family).text();
    const files = new Map(
      snapshotFileNames.flatMap((name) => {
        const text = labFiles[name];
        return text === undefined ? [] : [[name, text] as const];
      }),
    );
    files.set(family === 4 ? 'iptables-save.txt' : 'ip6tables-save.txt', rules);
    files.set('ipset-save.txt', randomSets(random, family));
    const analysis = analysisOfFiles(files);
    const facts = factsOf(files);
    const engine = engineOf(rules, Object.fromEntries(files), family);
    const complaints: string[] = [];
    for (let count = 0; count < PACKETS; count++) {
      const trace = (flow: Flow): Trace => engine.trace(flow);
      const flow = plainly(
        featureFlow(randomFlow(random, family), { random, family, rules, faces: [], trace }),
      );
      if (flow.from.interface === 'eth1') continue;
      const found = trace(flow);
      // What hangs on assumptions has no shares to hold the words against.
      if (found.outcomes.some(({ assuming, verdict }) => assuming.length > 0 || verdict === 'unknown'))
        continue;
      const narrative = await toldOf(flow, analysis);
      if (narrative === null) continue;
      const verdicts = judgeTold(narrative, { flow: recordOf(flow, found), facts });
      for (const { sort, kind, truth } of verdicts.complaints)
        complaints.push(
          `${sort}, ${kind}: ${truth} | ${[narrative.headline, ...narrative.details].join(' ')}\n  ${JSON.stringify(flow)}`,
        );
    }
    expect(complaints.join('\n')).toBe('');
  });
});
