/** Nodes in a virtual machine with IPVS: what its kernel does with their packets is one of the engine's outcomes. */
import { statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import { isRecord } from '../../../src/text/json.ts';
import { Random } from '../../realKernel/support/random.ts';
import { enginesOf, expectedEngine } from './engines.ts';
import { jobOf } from './job.ts';
import { judged, Sight } from './judged.ts';
import { type MachineRun, runMachine } from './machine.ts';
import { ipvsFlows } from './random/ipvsFlows.ts';
import type { IpvsNode } from './random/ipvsNode.ts';
import { rulePlaces } from './traceMessages.ts';

// More than a test run needs: `KPE_FIRST_SEED=100 KPE_SEEDS=40 KPE_PACKETS=60 KPE_SECONDS=1200 npm run test:vm`.
const FIRST = Number(process.env['KPE_FIRST_SEED'] ?? 1);
const PACKETS = Number(process.env['KPE_PACKETS'] ?? 40);
const SECONDS = Number(process.env['KPE_SECONDS'] ?? 100);

/** For a machine that others keep busy: to boot, to make a node, and for the first one's packets. */
const GRACE = 600;

/** Where kube-proxy has to be built first. */
const BUILD = 1200;

/** So many seeds, unless others are asked for. */
export function seeds(usual: number): readonly number[] {
  return Array.from({ length: Number(process.env['KPE_SEEDS'] ?? usual) }, (_, index) => seedAt(index));
}

/** Of the packets of a node that is none of chance. */
export function seedAt(index: number): number {
  return FIRST + index;
}

interface Case {
  readonly name: string;
  readonly node: IpvsNode;
  readonly flows: readonly Flow[];
}

/** The seed's node, with packets of the same seed. */
export function caseOf(seed: number, nodeOf: (random: Random) => IpvsNode): Case {
  const random = new Random(seed);
  const node = nodeOf(random);
  const engine = expectedEngine(node);
  return {
    name: `seed ${seed}, ${node.kind}`,
    node,
    flows: ipvsFlows(random, node, PACKETS, (flow) => engine.trace(flow)),
  };
}

/** Defines the tests, one of each node; `proxy`: the path of a kube-proxy, where nodes want one. One boot serves all of them. */
export function judgeNodes(cases: readonly Case[], proxy: (() => string) | null): void {
  const sight = new Sight();
  let run: MachineRun = { lines: [], console: 'it did not start' };

  beforeAll(
    async () => {
      const third = proxy?.() ?? null;
      const size = third === null ? 0 : statSync(third).size;
      run = await runMachine(jobOf(cases, SECONDS, size), SECONDS + GRACE, third);
      const kept = process.env['KPE_KEEP'];
      if (kept !== undefined) writeFileSync(kept, JSON.stringify({ cases, run }));
    },
    (SECONDS + 2 * GRACE + BUILD) * 1000,
  );
  afterAll(() => {
    console.log(sight.toString(run.lines));
    // On a busy machine the time may be over before these: they count as passed, and tell nothing.
    const asked = new Set(run.lines.filter((line) => line['flow'] !== undefined).map((line) => line['node']));
    const left = cases.filter((_, index) => !asked.has(index)).map(({ name }) => name);
    if (left.length > 0) console.log(`No packet was sent in time: ${left.join('; ')}`);
  });

  test.each(cases.map((each, index) => [each.name, index] as const))('%s', (_name, index) => {
    const { node, flows } = cases[index] ?? { node: null, flows: [] };
    const lines = run.lines.filter((line) => line['node'] === index);
    const made = lines.find((line) => isRecord(line['files']));
    const failed = lines.find((line) => line['failed'] !== undefined);
    if (node === null || failed !== undefined) throw new Error(String(failed?.['failed']));
    if (made === undefined) return;
    const files = filesOf(made['files']);
    const differences = judged(node, flows, {
      files,
      engines: enginesOf(node, files),
      places: rulePlaces(textsOf(made['rules'])),
      lines,
      sight,
    });
    expect(differences.join('\n'), `${node.kind}, ${node.sysctls.join()}\n${node.ipvs}\n${node.rules}`).toBe(
      '',
    );
  });

  test('enough was seen', () => {
    expect(sight.packets, run.console.slice(-2000)).toBeGreaterThanOrEqual(PACKETS);
  });
}

function filesOf(value: unknown): ReadonlyMap<SnapshotFileName, string> {
  const record = isRecord(value) ? value : {};
  return new Map(
    snapshotFileNames.flatMap((name): [SnapshotFileName, string][] => {
      const text = record[name];
      return typeof text === 'string' ? [[name, text]] : [];
    }),
  );
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
