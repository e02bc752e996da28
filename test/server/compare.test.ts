/** Compare in the editor says what `diff` says in a terminal, and its normalised texts differ where the rules do. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { diffLines } from 'diff';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareRequest, normalisedRequest } from '../../src/protocol/comparison.ts';
import { bundledCli, type Cli } from '../cli/support/cli.ts';
import { bundleServer, Client } from './client.ts';

const sample = readFileSync(
  new URL('../../media/samples/kube-proxy-1.36/iptables-save.txt', import.meta.url),
  'utf8',
);

/** One rule more, an endpoint less, two Services in another order, other counters. */
function edited(text: string): string {
  const dispatch = text.split('\n').filter((line) => line.startsWith('-A KUBE-SERVICES -d '));
  const [first = '', second = ''] = dispatch;
  return text
    .replace(first, 'SWAP')
    .replace(second, first)
    .replace('SWAP', second)
    .replace(/(\*filter\n(?::.*\n)*)/, '$1-A FORWARD -s 192.0.2.0/24 -j DROP\n');
}

const after = edited(sample);
const reordered = after.replace('-A FORWARD -s 192.0.2.0/24 -j DROP\n', '');
const folder = mkdtempSync(join(tmpdir(), 'kpe-compare-'));
const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;
let server: { readonly path: string; readonly remove: () => void };
let client: Client;
let cli: Cli;

beforeAll(async () => {
  const texts = { 'before.txt': sample, 'after.txt': after, 'reordered.txt': reordered };
  [server, cli] = await Promise.all([bundleServer(), bundledCli()]);
  client = new Client(server.path);
  await client.initialize();
  for (const [name, text] of Object.entries(texts)) {
    writeFileSync(join(folder, name), text);
    await client.open(uriOf(name), text);
  }
}, 60_000);

afterAll(() => {
  client.stop();
  server.remove();
  rmSync(folder, { recursive: true });
});

const ask = (before: string, now: string, beforeText: string | null = null) =>
  client.ask(compareRequest, { before: uriOf(before), after: uriOf(now), beforeText });

async function normalised(now: string): Promise<{ readonly before: string; readonly after: string }> {
  const params = { before: uriOf('before.txt'), after: uriOf(now), beforeText: null };
  const texts = await client.ask(normalisedRequest, params);
  if (texts === null) throw new Error('Both are open.');
  return texts;
}

describe('compare', () => {
  it('says what the terminal says, and leads to the line', async () => {
    const answer = await ask('before.txt', 'after.txt');
    if (answer.kind !== 'comparison') throw new Error(answer.message);
    const { out } = await cli([
      'diff',
      join(folder, 'before.txt'),
      join(folder, 'after.txt'),
      '--format',
      'markdown',
    ]);

    expect(answer.markdown).toBe(out);
    expect(answer.isSame).toBe(false);
    const [change] = answer.sections.find(({ title }) => title === 'filter FORWARD')?.changes ?? [];
    expect(change).toMatchObject({ sign: 'added', before: null, after: { uri: uriOf('after.txt') } });
    expect(after.split('\n')[change?.after?.line ?? 0]).toBe('-A FORWARD -s 192.0.2.0/24 -j DROP');
  });

  it('finds nothing where only the order differs', async () => {
    expect(reordered).not.toBe(sample);
    expect(await ask('before.txt', 'reordered.txt')).toMatchObject({ isSame: true, sections: [] });
  });

  it('compares an edited document with its text as it was, of which no editor shows a place', async () => {
    const answer = await ask('before.txt', 'before.txt', after);
    if (answer.kind !== 'comparison') throw new Error(answer.message);
    const [change] = answer.sections.find(({ title }) => title === 'filter FORWARD')?.changes ?? [];
    expect(change).toMatchObject({ sign: 'removed', before: null, after: null });
  });

  it('says of rules that are not open that they are not', async () => {
    expect(await ask('before.txt', 'none.txt')).toMatchObject({ kind: 'unavailable' });
  });

  it('gives texts that are the same where only order and hashes differ, and differ by the rule where one does', async () => {
    const same = await normalised('reordered.txt');
    expect(same.after).toBe(same.before);
    expect(same.before).toMatch(/-j KUBE-SVC\([^)]+:http\/tcp\)/);
    expect(same.before).toMatch(/ -j KUBE-SEP\([^)]+\) # 33\.3 %\n/);
    const { before, after: now } = await normalised('after.txt');
    const changed = diffLines(before, now).filter(({ added, removed }) => added || removed);
    expect(changed.map(({ value }) => value)).toEqual(['-A FORWARD -s 192.0.2.0/24 -j DROP\n']);
  });
});
