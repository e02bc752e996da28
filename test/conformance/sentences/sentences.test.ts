/** What is told of a packet, claim by claim, against what the kernel did with it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { conformanceFolder, SKIP_REASON } from '../snapshots.ts';
import { type FlowComplaint, judgeFolder } from './judgeFolder.ts';

/** Kinds of claims of which some are wrong still; with `KPE_SENTENCES=all` they count, too. */
const open: ReadonlySet<string> = new Set([
  'contradiction: listener',
  'contradiction: mark',
  'contradiction: notice error',
  'contradiction: notice hangs',
  'contradiction: a packet from its own address (later packet)',
  'contradiction: replies of nobody',
  'contradiction: replies to ::1',
  'contradiction: replies to a loopback address',
  'contradiction: replies to an address of nobody known',
  'contradiction: source that replies have already',
  'silence: replies',
  'silence: Service of a node port',
  'silence: Service of the address',
  'silence: that nobody answers there',
  'silence: what the sender notices',
]);

/** Whether a complaint is a failure. */
function isFailure({ sort, kind }: FlowComplaint): boolean {
  const name = `${sort}: ${kind}`;
  return all || !(open.has(name) || open.has(name.replace(' (later packet)', '')));
}

const all = process.env['KPE_SENTENCES'] === 'all';

/** `mini` holds causes, one a folder; `kernel` all the rest. */
const sets = ['kernel', 'mini'];

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
      const counting = complaints.filter(isFailure);
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
