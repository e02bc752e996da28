import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const script = resolve(import.meta.dirname, '../../scripts/importCycles.mjs');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** What the check says of these files. */
function check(files: Readonly<Record<string, string>>): {
  readonly status: number | null;
  readonly text: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'import-cycles-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return { status, text: stderr };
}

describe('the check for import cycles', () => {
  test('finds a circle of types, and says which way it goes', () => {
    const { status, text } = check({
      'a/one.ts': "import type { Two } from '../b/two.ts';\n",
      'b/two.ts': "import {\n  type Three,\n} from './three.ts';\n",
      'b/three.ts': "export type { One } from '../a/one.ts';\n",
      'b/beside.ts': "import './two.ts';\n",
    });
    expect(text).toContain('import cycle: a/one.ts → b/two.ts → b/three.ts → a/one.ts\n');
    expect(text).not.toContain('beside');
    expect(status).toBe(1);
  });

  test('finds each of two circles, one of them closed by a late import', () => {
    const { status, text } = check({
      'one.ts': "const two = await import('./two.ts');\n",
      'two.ts': "import { one } from './one.ts';\nimport { three } from './three.ts';\n",
      'three.ts': "import { four } from './four.ts';\n",
      'four.ts': "import { three } from './three.ts';\n",
    });
    expect(text.match(/^import cycle/gm)).toHaveLength(2);
    expect(status).toBe(1);
  });

  test('is content with two ways to the same file', () => {
    const { status, text } = check({
      'top.ts': "import { left } from './left.ts';\nimport { right } from './right.ts';\n",
      'left.ts': "import { bottom } from './bottom.ts';\n",
      'right.ts': "import { bottom } from './bottom.ts';\n",
      'bottom.ts': 'export const bottom = 1;\n',
    });
    expect(text).toBe('');
    expect(status).toBe(0);
  });
});
