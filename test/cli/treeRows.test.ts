/** What `tree --by service` says of Services that packets do not reach. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runWith, sample } from './support/fakeCluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'kpe-tree-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('says at a Service who does not reach it', async () => {
  const rules = readFileSync(join(sample, 'iptables-save.txt'), 'utf8');
  const path = join(folder, 'iptables-save.txt');
  writeFileSync(path, rules.replace(/^-A FORWARD /mu, '-A FORWARD -p tcp -m tcp --dport 8080 -j DROP\n$&'));
  const { out } = await runWith({}, ['tree', path, '--by', 'service', '--depth', '2']);

  expect(out).toMatch(/─ ⚠ three .*not reached from /u);
});
