/** A listing of ipvsadm of any name as RULES, and beside rules. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type CheckedFile, checkFiles } from '../../src/cli/checkedFiles.ts';
import { readRules, type Rules } from '../../src/cli/readRules.ts';

const folder = mkdtempSync(join(tmpdir(), 'kpe-ipvs-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(name: string, text: string): Promise<Rules> {
  const path = join(folder, name);
  writeFileSync(path, text);
  const reading = await readRules(path);
  if (reading.kind !== 'rules') throw new Error(reading.message);
  return reading.rules;
}

async function checked(name: string, text: string): Promise<readonly CheckedFile[]> {
  const rules = await read(name, text);
  return checkFiles(rules, rules.analysis);
}

const listed = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.96.7.7:80 rr persistent 10800
  -> 10.244.1.5:8080              Masq    1      0          2
UDP  10.96.0.10:53 rr
`;

it('is read by its first words', async () => {
  const { analysis, ipvs, named } = await read('what-I-saw.txt', listed);
  expect([ipvs, named]).toEqual([join(folder, 'what-I-saw.txt'), []]);
  expect(analysis.catalog.ports.map(({ name }) => name)).toEqual(['TCP 10.96.7.7:80', 'UDP 10.96.0.10:53']);
});

it('is checked, each finding at its line', async () => {
  const [only, ...more] = await checked('listed.txt', listed);
  expect(more).toEqual([]);
  expect(only?.rules).toBe(2);
  expect(only?.problems.map(({ finding, place }) => `${place?.line} ${finding.code}`)).toEqual([
    '6 no-endpoints',
  ]);
});

it('names lines that are not read', async () => {
  const [only] = await checked('named.txt', '-A -t web.example:http -s rr\nhello\n');
  expect(only?.problems.map(({ finding, place }) => `${place?.line} ${finding.code}`)).toEqual([
    '1 ipvs-unread',
    '2 ipvs-unread',
  ]);
});
