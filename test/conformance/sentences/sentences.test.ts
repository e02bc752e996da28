/** What is told of a packet, claim by claim, against what the kernel did with it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { conformanceFolder, SKIP_REASON } from '../snapshots.ts';
import { type FlowComplaint, judgeFolder } from './judgeFolder.ts';

/** Kinds of claims of which none may be wrong; with `KPE_SENTENCES=all` every kind, and how often each is wrong. */
const held: ReadonlySet<string> = new Set([
  'a sentence that is not understood',
  'address that replies get back',
  'affinity',
  'cause',
  'client that gets replies',
  "client's own address",
  'destination',
  'masqueraded',
  'no endpoints',
  'no local endpoint',
  'number of endpoints',
  'replies from here',
  'replies past this node',
  'replies through this node',
  'Service',
  'share',
  'share of changed sources',
  'source of the ranges',
  'source ranges',
  'translating rule',
  'verb',
]);

const all = process.env['KPE_SENTENCES'] === 'all';

/** `mini` holds causes, one a folder; `kernel` all the rest. */
const sets = all ? ['kernel', 'mini'] : ['kernel'];

if (conformanceFolder === null) {
  test.skip(`what is told holds for what was recorded (${SKIP_REASON})`, () => {});
} else {
  const root = conformanceFolder;
  const names = sets.flatMap((set) => readdirSync(join(root, set)).map((name) => join(set, name)));
  const folders = names.filter((name) => existsSync(join(root, name, 'flows.jsonl')));
  const found: FlowComplaint[] = [];
  afterAll(() => {
    if (all) console.log(counted(found));
  });

  describe('what is told holds for what was recorded', () => {
    test.each(folders)('%s', async (name) => {
      const { complaints, claims, flows } = await judgeFolder(join(root, name));
      found.push(...complaints);
      const counting = complaints.filter(
        ({ sort, kind }) => all || (sort === 'contradiction' && held.has(kind)),
      );
      expect(counting.map(({ text }) => text)).toEqual([]);
      expect(claims).toBeGreaterThanOrEqual(flows);
    });
  });
}

/** `104 contradiction: notice hangs`, the most frequent first. */
function counted(complaints: readonly FlowComplaint[]): string {
  const counts = new Map<string, number>();
  for (const { sort, kind } of complaints) {
    counts.set(`${sort}: ${kind}`, (counts.get(`${sort}: ${kind}`) ?? 0) + 1);
  }
  const lines = [...counts].toSorted(([, a], [, b]) => b - a).map(([kind, count]) => `${count} ${kind}`);
  return lines.join('\n');
}
