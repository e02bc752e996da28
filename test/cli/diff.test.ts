/** `diff`: its three forms, and what its exit codes say. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledCli, repository, type Cli } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'kube-proxy-diff-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let cli: Cli;
beforeAll(async () => {
  cli = await bundledCli();
});

const before = repository('test/fixtures/steps/base.txt');
const added = repository('test/fixtures/steps/01-add-service.diff');
const text = readFileSync(before, 'utf8');

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('diff', () => {
  it('tells what came, Services first, and ends with 1', async () => {
    const { code, out, err } = await cli(['diff', before, '--patch', added]);

    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toBe(
      [
        '1 Service differs.',
        '',
        'shop/new-svc',
        '  + Service  ClusterIP 10.110.255.16:80/TCP, 2 endpoints',
        '',
        '67 Services and 1,078 rules are the same, order and hashes apart.',
        '',
      ].join('\n'),
    );
  });

  it('ends with 0 where nothing changed, and says so', async () => {
    const { code, out } = await cli(['diff', before, before]);

    expect(code).toBe(0);
    expect(out).toMatch(/^Nothing changed: the rules mean the same\.\n/u);
  });

  it('prints JSON with places of both states', async () => {
    const after = write(
      'drop.txt',
      text.replace('-A FORWARD ', '-A FORWARD -s 10.0.0.0/8 -j DROP\n-A FORWARD '),
    );
    const { code, out } = await cli(['diff', before, after, '--format', 'json']);
    const line = readFileSync(after, 'utf8').split('\n').indexOf('-A FORWARD -s 10.0.0.0/8 -j DROP') + 1;

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      changes: [
        {
          kind: 'rule-added',
          service: null,
          what: 'filter FORWARD, rule 1',
          before: null,
          after: '-A FORWARD -s 10.0.0.0/8 -j DROP',
          places: [{ side: 'after', file: after, line, column: 1, rule: 'filter/FORWARD/0' }],
        },
      ],
      notCompared: [],
    });
  });

  it('keeps what a rule says from becoming markup in Markdown', async () => {
    const hostile = '-A FORWARD -i "<b>`[x](y)" -j DROP';
    const after = write('hostile.txt', text.replace('-A FORWARD ', `${hostile}\n-A FORWARD `));
    const { out } = await cli(['diff', before, after, '--format', 'markdown']);

    expect(out).toContain('### `filter FORWARD`');
    expect(out).toMatch(/- added: `rule 1` ``[^\n]*<b>`\[x\]\(y\)[^\n]*``/u);
  });

  it('says what it lacks, and what it cannot read', async () => {
    const lacking = await cli(['diff', before]);
    expect(lacking.code).toBe(2);
    expect(lacking.err).toContain('diff needs AFTER');

    expect(await cli(['diff', before, join(folder, 'nowhere.txt')])).toMatchObject({ code: 2 });
    const listing = await cli(['diff', before, write('nat.txt', '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n')]);
    expect(listing.code).toBe(1);
  });
});
