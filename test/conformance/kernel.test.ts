import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { flowResult, readFlow } from '../../src/kernel/flows.ts';
import { differenceFrom, differenceOfDetails, type Recording } from './recordings.ts';
import { conformanceFolder, enginesOf, filesIn, linesOf, scenarios, SKIP_REASON } from './snapshots.ts';

const recordings = conformanceFolder;

if (recordings === null) {
  test.skip(`packets end as the kernel recorded them (${SKIP_REASON})`, () => {});
} else {
  describe('packets end as the kernel recorded them', () => {
    test.each(scenarios(recordings))('%s', (name) => {
      const folder = join(recordings, 'kernel', name);
      const engineOf = enginesOf(filesIn(folder));
      const differences = linesOf(join(folder, 'flows.jsonl')).flatMap((line) => {
        const recording: Recording = JSON.parse(line);
        const reading = readFlow(recording);
        if (reading.kind === 'error') return [reading.message];
        const { flow } = reading;
        const engine = engineOf(flow.family);
        const answer = flow.then === undefined ? engine.trace(flow) : engine.traceSequence(flow);
        const difference =
          differenceFrom(recording, flowResult(flow, answer)) ?? differenceOfDetails(recording, answer);
        return difference === null ? [] : [`${flow.id}: ${difference}`];
      });
      expect(differences).toEqual([]);
    });
  });
}
