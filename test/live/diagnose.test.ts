/** Faults that people make, on a real control plane: Diagnose names each in its first sentence, and only reads. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import { diagnosing } from '../../src/kubeproxy/diagnose/diagnose.ts';
import { subjectNamed } from '../../src/kubeproxy/diagnose/subject.ts';
import { finish } from '../../src/values/steps.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { diagnoseFaults, works } from './support/diagnoseFaults.ts';
import { analysisOf } from './support/product.ts';
import { expectReadOnly } from './support/readOnly.ts';
import { addSample } from './support/sample.ts';
import { until } from './support/until.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ nodes: [{ name: 'node-1' }] });
  await addSample(cluster);
});

afterAll(async () => {
  await expectReadOnly(cluster);
  await cluster.stop();
});

/** The first sentence and what follows it. */
async function summaryOf(service: string): Promise<string> {
  const reading = subjectNamed(service, await analysisOf(cluster, 'node-1'));
  if (reading.kind === 'wrong') throw new Error(reading.message);
  return finish(diagnosing(reading.subject, null)).summary;
}

function says(words: RegExp, service: string): Promise<unknown> {
  return until(
    `it says ${words}`,
    async () => {
      const summary = await summaryOf(service);
      if (!words.test(summary)) throw new Error(summary);
      return true;
    },
    { deadline: 20_000, every: 500 },
  );
}

describe('the first sentence names', () => {
  for (const fault of diagnoseFaults) {
    test(fault.name, async () => {
      await fault.make(cluster);
      await says(fault.says, fault.service);
      await fault.undo(cluster);
      const whole = works[fault.service];
      if (whole !== undefined) await says(whole, fault.service);
    });
  }
});
