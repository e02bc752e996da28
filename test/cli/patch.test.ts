/** `--patch`: the later state of rules of which there are the earlier one and the output of diff. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRules } from '../../src/cli/readRules.ts';

const folder = mkdtempSync(join(tmpdir(), 'kube-proxy-patch-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const before = write(
  'before.txt',
  `Chain KUBE-SERVICES (2 references)
target     prot opt source               destination
KUBE-SVC-A  tcp  --  0.0.0.0/0            10.96.0.1            /* default/a:http cluster IP */ tcp dpt:80
`,
);
const row =
  'KUBE-SVC-B  tcp  --  0.0.0.0/0            10.96.0.2            /* default/b:http cluster IP */ tcp dpt:80';
const added = write('added.diff', `3a4\n> ${row}\n`);
const removed = write('removed.diff', `4d3\n< ${row}\n`);

async function rulesAfter(...patches: readonly string[]): Promise<unknown> {
  const reading = await readRules(before, [], patches);
  if (reading.kind === 'unreadable') return reading.message;
  const { named, warnings } = reading.rules;
  const chains = named.flatMap(({ ruleset }) =>
    ruleset.tables.flatMap(({ chains: all }) => [...all.values()]),
  );
  return { rules: chains.flatMap(({ rules }) => rules).length, warnings: warnings.length };
}

describe('--patch', () => {
  it('applies the output of diff, one after the other', async () => {
    expect(await rulesAfter()).toEqual({ rules: 1, warnings: 0 });
    expect(await rulesAfter(added)).toEqual({ rules: 2, warnings: 0 });
    expect(await rulesAfter(added, removed)).toEqual({ rules: 1, warnings: 0 });
  });

  it('leaves one out that leads to what is there, and says so', async () => {
    expect(await rulesAfter(removed)).toEqual({ rules: 1, warnings: 1 });
  });

  it('says which one does not fit', async () => {
    const other = write('other.diff', '1c1\n< Chain X (1 references)\n---\n> Chain Y (1 references)\n');
    expect(await rulesAfter(other)).toContain('cannot be applied');
  });

  it('reads a dump as its diff leaves it, and no bytes of before', async () => {
    const dump = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -j ACCEPT\nCOMMIT\n';
    const path = write('dump.txt', dump);
    const diff = write('dump.diff', '2a3\n> -A INPUT -s 10.0.0.0/8 -j DROP\n');
    const reading = await readRules(path, [], [diff]);

    const rules =
      reading.kind === 'rules'
        ? (reading.rules.named[0]?.ruleset.tables[0]?.chains.get('INPUT')?.rules ?? [])
        : [];
    expect(rules.map((rule) => rule.target?.name.text)).toEqual(['DROP', 'ACCEPT']);
  });
});
