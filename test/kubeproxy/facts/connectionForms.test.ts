import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ConntrackEntry } from '../../../src/kernel/node/node.ts';
import type { FileReading } from '../../../src/kernel/node/reading.ts';
import { readConntrack } from '../../../src/kernel/node/readConntrack.ts';
import { contentsOf } from '../../../src/kubeproxy/facts/contents.ts';

function read(form: 'list' | 'save' | 'xml'): FileReading<readonly ConntrackEntry[]> {
  const { parts } = contentsOf(
    readFileSync(new URL(`recorded/conntrack-${form}.txt`, import.meta.url), 'utf8'),
  );
  expect(parts.map(({ kind }) => kind)).toEqual(['connections']);
  return readConntrack(parts[0]?.text ?? '');
}

/** What they say, wherever they stand in a file. */
function said(entries: readonly ConntrackEntry[] | null | undefined): readonly object[] | undefined {
  return entries?.map((entry) => ({ ...entry, line: null }));
}

const listed = read('list');
const ICMP: readonly number[] = [1, 58];

test('-o save tells the same, but for marks', () => {
  const saved = read('save');
  expect(listed.value).toHaveLength(8);
  expect(saved.value).toEqual(listed.value?.map((entry) => ({ ...entry, mark: 0 })));
  expect(saved.problems).toEqual([
    '"conntrack -o save" tells no marks of connections, so that 0 is taken for each',
  ]);
});

test('-o xml tells the same, but for queries of ICMP', () => {
  const told = read('xml');
  expect(said(told.value)).toEqual(said(listed.value?.filter(({ protocol }) => !ICMP.includes(protocol))));
  expect(told.problems).toEqual(['2 lines are not understood']);
});
