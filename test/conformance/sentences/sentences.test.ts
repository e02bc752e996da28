/** What is told of a packet, claim by claim, against what the kernel did with it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { conformanceFolder, SKIP_REASON } from '../snapshots.ts';
import { judgeFolder } from './judgeFolder.ts';

/** `mini` holds causes, one a folder; `kernel` all the rest. */
const sets = ['kernel', 'mini'];

if (conformanceFolder === null) {
  test.skip(`what is told holds for what was recorded (${SKIP_REASON})`, () => {});
} else {
  const root = conformanceFolder;
  const there = sets.filter((set) => existsSync(join(root, set)));
  const names = there.flatMap((set) => readdirSync(join(root, set)).map((name) => join(set, name)));
  const folders = names.filter((name) => existsSync(join(root, name, 'flows.jsonl')));

  describe('what is told holds for what was recorded', () => {
    test.each(folders)('%s', async (name) => {
      const { complaints, claims, flows } = await judgeFolder(join(root, name));
      expect(complaints.map(({ text }) => text)).toEqual([]);
      expect(claims).toBeGreaterThanOrEqual(flows);
    });
  });
}
