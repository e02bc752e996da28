import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { applyDiff } from '../../src/text/applyDiff.ts';

const folder = mkdtempSync(join(tmpdir(), 'apply-diff-'));
const canDiff = spawnSync('diff', ['--version']).status === 0;
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function diff(options: readonly string[], before: string, after: string): string {
  const [one, other] = [join(folder, 'before'), join(folder, 'after')];
  writeFileSync(one, before);
  writeFileSync(other, after);
  return spawnSync('diff', [...options, one, other], { encoding: 'utf8' }).stdout;
}

const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', '-d', '> e', '+ f'), { maxLength: 12 });

describe.skipIf(!canDiff)('what diff prints', () => {
  test.each([[[]], [['-u']], [['-U0']]])('diff %j', (options) => {
    fc.assert(
      fc.property(lines, lines, (one, other) => {
        const [before, after] = [one, other].map((each) => each.map((line) => `${line}\n`).join(''));
        if (before === undefined || after === undefined || before === after) return;
        const patch = diff(options, before, after);
        expect(applyDiff(before, patch)).toEqual({ kind: 'patched', text: after });
        expect(['there', 'patched']).toContain(applyDiff(after, patch).kind);
      }),
      { numRuns: 40 },
    );
  });
});

test.each([
  ['no diff', 'Dear Sir\n', 'it is no output of "diff"'],
  ['another line', '2c2\n< x\n---\n> y\n', 'line 2 is another than the one that it takes away'],
  ['a line that is not there', '9d8\n< x\n', 'it changes line 9 out of order'],
])('%s is refused', (_, patch, why) => {
  expect(applyDiff('a\nb\nc\n', patch)).toEqual({ kind: 'refused', why });
});

test('blanks at the ends of lines may be lost', () => {
  expect(applyDiff('a  \nb\n', '1c1\n< a\n---\n> c\n')).toEqual({ kind: 'patched', text: 'c\nb\n' });
});
