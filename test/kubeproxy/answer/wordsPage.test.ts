/** docs/words.md lists every question that a person may decide. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

function read(path: string): string {
  return readFileSync(`${root}${path}`, 'utf8');
}

/** Behind `question(` and `presume(` the code is the first word with a dash that stands alone as an argument. */
function askedIn(source: string): readonly string[] {
  return [...source.matchAll(/\b(?:question|presume)\(/g)].flatMap(({ index, 0: call }) => {
    const rest = source.slice(index + call.length, index + 400);
    return /'([a-z]+(?:-[a-z]+)+)',/.exec(rest)?.[1] ?? [];
  });
}

test('the table of codes has all that the engine asks or presumes, and no other', () => {
  const sources = globSync('src/{kernel,machines,kubeproxy}/**/*.ts', { cwd: root }).map(read);
  const asked = new Set(['served-before', ...sources.flatMap(askedIn)]);
  const rows = read('docs/words.md')
    .split('\n')
    .filter((line) => line.startsWith('| `') && line.includes('-'));
  const listed = rows
    .map((row) => row.split('|')[1] ?? '')
    .flatMap((cell) => [...cell.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, code = '']) => code));
  expect(listed.toSorted()).toEqual([...asked].toSorted());
});
