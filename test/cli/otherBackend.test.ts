/** Rules of the two backends of iptables: which of them an answer follows, and what it says of the others. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runWith } from './support/fakeCluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'kpe-backends-'));

afterAll(() => rmSync(folder, { recursive: true }));

function rules(target: string): string {
  return `*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -s 203.0.113.9/32 -j ${target}\nCOMMIT\n`;
}

/** A folder with these files; a file is named by its operand. */
function snapshot(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

async function trace(operand: string): Promise<string> {
  const flow = ['--from', 'external:203.0.113.9', '--to', '192.0.2.1:80'];
  return (await runWith({}, ['trace', operand, ...flow])).out;
}

const dropped = /^✗ Dropped/m;
const others = (backend: string): string => `which is not followed: rules of the ${backend} backend`;

describe('a snapshot of both backends', () => {
  const both = snapshot('both', {
    'iptables-save.txt': rules('ACCEPT'),
    'iptables-legacy-save.txt': rules('DROP'),
  });

  it('is answered by its main rules, and says that there are others', async () => {
    const answer = await trace(both);
    expect(answer).not.toMatch(dropped);
    expect(answer).toContain(others('legacy'));
  });

  it('is answered by the file that is named, and says that there are others', async () => {
    const answer = await trace(join(both, 'iptables-legacy-save.txt'));
    expect(answer).toMatch(dropped);
    expect(answer).toContain(others('nft'));
  });
});

describe('a snapshot of one backend that is not the main one', () => {
  it.each(['legacy', 'nft'])('of %s is answered by it', async (backend) => {
    const only = snapshot(`only-${backend}`, { [`iptables-${backend}-save.txt`]: rules('DROP') });
    const answer = await trace(only);
    expect(answer).toMatch(dropped);
    expect(answer).not.toContain('which is not followed');
  });
});
