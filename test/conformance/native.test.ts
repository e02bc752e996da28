/** Packets through native tables end as the kernel recorded them; what a flow cannot say is told as open, never wrongly. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { flowResult, readFlow, type TablePrefix } from '../../src/kernel/flows.ts';
import { differenceOrOpen, type Recording } from './recordings.ts';
import { conformanceFolder, enginesOf, filesIn, linesOf, scenarios, SKIP_REASON } from './snapshots.ts';

/** Where flows leave so much open (kinds of interfaces, options of TCP, users) that hardly one has a sure answer. */
const open: ReadonlySet<string> = new Set(['nft-hand-exprs']);

if (conformanceFolder === null) {
  test.skip(`packets meet native tables as the kernel recorded them (${SKIP_REASON})`, () => {});
} else {
  const folder = conformanceFolder;
  describe('packets meet native tables as the kernel recorded them', () => {
    test.each(scenarios(folder, 'nft').filter((name) => !open.has(name)))('%s', (name) => {
      const of = join(folder, 'nft', name);
      const files = filesIn(of);
      const engineOf = enginesOf(files);
      const differences = linesOf(join(of, 'flows.jsonl')).flatMap((line) => {
        const recording: Recording = JSON.parse(line);
        const reading = readFlow(recording);
        if (reading.kind === 'error') return [reading.message];
        const { flow } = reading;
        const engine = engineOf(flow.family);
        const answer = flow.then === undefined ? engine.trace(flow) : engine.traceSequence(flow);
        const tables: TablePrefix = flow.family === 4 ? 'ip ' : 'ip6 ';
        const difference = differenceOrOpen(recording, flowResult(flow, answer, tables));
        return difference === null ? [] : [`${flow.id}: ${difference}`];
      });
      expect(differences).toEqual([]);
    });
  });
}
