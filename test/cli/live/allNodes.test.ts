/** `--all-nodes` with a cluster that is none: one table, differences, failures, what was asked before, interruption. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ClusterFailure } from '../../../src/cluster/failure.ts';
import { type FakeCluster, filesOf, runWith, sample } from '../support/fakeCluster.ts';

const all = filesOf(sample);
const rules = all.get('iptables-save.txt') ?? '';
const lacking = rules.replaceAll(/^.*shop\/three:http.*\n/gm, '');
const late = rules.replaceAll(/^-A KUBE-SVC-\S+ .*"shop\/three:http -> 10\.244\.1\.14:8080".*\n/gm, '');

/** Two nodes are alike; `odd` has other rules. */
function cluster(odd: string, more: Partial<FakeCluster> = {}): FakeCluster {
  return {
    nodes: ['a', 'b', 'odd'],
    collect: (node) =>
      Promise.resolve({ files: new Map([...all, ['iptables-save.txt', node === 'odd' ? odd : rules]]) }),
    ...more,
  };
}

const check = ['check', '--context', 'dev', '--all-nodes'];

describe('check --all-nodes', () => {
  it('is one table by finding and by node, and says which nodes differ', async () => {
    const { out, asked } = await runWith(cluster(lacking), check);
    expect(asked).toMatchObject({ contexts: ['dev'], closed: 1 });
    expect(asked.nodes.toSorted()).toEqual(['a', 'b', 'odd']);
    expect(out).toMatch(/no-endpoints +edge\/lb-noep:http {2}3 of 3 nodes: a, b and odd/);
    expect(out).toMatch(/service-without-rules +shop\/three:http {2}1 of 3 nodes: odd/);
    expect(out).toContain('2 of 3 nodes agree; odd lacks shop/three:http.');
    expect(out).toMatch(/\d+ findings on 3 of 3 nodes\.\n$/);
  });

  it('as JSON lines is one line a node and a last one, and goes on where it ended', async () => {
    let down = true;
    const failing = cluster(rules, {
      collect: (node) =>
        node === 'b' && down
          ? Promise.reject(new ClusterFailure('timedOut', 'node b did not answer'))
          : Promise.resolve({ files: all }),
    });
    const first = await runWith(failing, [...check, '--format', 'json']);
    expect(first.code).toBe(2);
    // Once more at the end: what failed may have passed.
    expect(first.asked.nodes.filter((node) => node === 'b')).toHaveLength(2);
    const lines = first.out
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toHaveLength(4);
    expect(lines).toContainEqual({ node: 'b', failure: 'node b did not answer' });
    expect(lines.at(-1)).toMatchObject({ nodes: 3, answered: 2, failed: 1, left: 0 });

    const file = join(mkdtempSync(join(tmpdir(), 'kpe-resume-')), 'run.jsonl');
    writeFileSync(file, first.out);
    down = false;
    const second = await runWith(failing, [...check, '--format', 'json', '--resume', file]);
    expect(second.asked.nodes).toEqual(['b']);
    expect(second.code).toBe(0);
    const last: unknown = JSON.parse(second.out.trim().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({
      answered: 3,
      failed: 0,
      agreement: 'All 3 nodes that were compared have the same Services.',
    });
  });

  it('as JSON lines is written as nodes answer', async () => {
    let tell: (() => void) | null = null;
    const first = new Promise<void>((done) => {
      tell = done;
    });
    const { out } = await runWith(
      cluster(rules, {
        nodes: ['a', 'b'],
        printed: (text) => {
          if (text.includes('"node":"a"')) tell?.();
        },
        collect: async (node) => {
          if (node === 'b') await first;
          return { files: all };
        },
      }),
      [...check, '--format', 'json'],
    );
    expect(out.trim().split('\n')).toHaveLength(3);
  });

  it('says which files could not be had, of which nodes', async () => {
    const some = cluster(rules, {
      collect: (node) =>
        Promise.resolve({
          files: all,
          missing: [
            { file: 'bridge-link.txt', reason: 'the Pod has no bridge' },
            { file: 'nft.txt', reason: 'iptables made all tables', shownElsewhere: true as const },
            ...(node !== 'a' ? [{ file: 'sysctl.txt', reason: `Pod proxy-${node} may not read it` }] : []),
          ],
        }),
    });
    const { out } = await runWith(some, check);
    const said = out.replaceAll(/\s+/gu, ' ');
    expect(said).toContain('Not to be had of any node: bridge-link.txt (the Pod has no bridge).');
    expect(said).toMatch(
      /sysctl\.txt could not be had of 2 of 3 nodes, b and odd \(Pod proxy-\S+ may not read it\): what/,
    );
    expect(said).not.toContain('nft.txt');

    const first = await runWith(some, [...check, '--format', 'json']);
    const file = join(mkdtempSync(join(tmpdir(), 'kpe-resume-')), 'run.jsonl');
    writeFileSync(file, first.out);
    const again = await runWith(some, [...check, '--format', 'json', '--resume', file]);
    const last: unknown = JSON.parse(again.out.trim().split('\n').at(-1) ?? '');
    expect(again.asked.nodes).toEqual([]);
    expect(last).toMatchObject({
      missing: [
        { file: 'bridge-link.txt', nodes: ['a', 'b', 'odd'] },
        { file: 'sysctl.txt', nodes: ['b', 'odd'] },
      ],
    });
  });

  it('says what no file of a node shows', async () => {
    const both = 'IPv4 rules stand in both backends of iptables, and the kernel applies both';
    const some = cluster(rules, {
      collect: (node) => Promise.resolve({ files: all, warnings: node === 'a' ? [] : [both] }),
    });
    const { out } = await runWith(some, check);
    expect(out).toContain(`b and odd: ${both}.\n`);
    expect((await runWith(some, ['diagnose', ...check.slice(1), '--service', 'shop/three'])).out).toContain(
      `b and odd: ${both}.\n`,
    );

    const first = await runWith(some, [...check, '--format', 'json']);
    const file = join(mkdtempSync(join(tmpdir(), 'kpe-resume-')), 'run.jsonl');
    writeFileSync(file, first.out);
    const again = await runWith(some, [...check, '--format', 'json', '--resume', file]);
    const last: unknown = JSON.parse(again.out.trim().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ warnings: [{ words: both, nodes: ['b', 'odd'] }] });
  });

  it('asks nobody any more when nobody reads any more', async () => {
    const nodes = Array.from({ length: 40 }, (_, at) => `n${at}`);
    const stopped: string[] = [];
    const { asked } = await runWith(
      cluster(rules, {
        nodes,
        readsOnly: 1,
        objects: () => Promise.resolve('{"kind":"List","apiVersion":"v1","items":[]}'),
        collect: async (node, { signal }) => {
          if (node === 'n15')
            await new Promise<never>((_, reject) => {
              signal?.addEventListener('abort', () => {
                stopped.push(node);
                reject(new ClusterFailure('cancelled', 'stopped'));
              });
            });
          return { files: new Map([['iptables-save.txt', '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n']]) };
        },
      }),
      [...check, '--format', 'json'],
    );
    expect(stopped).toEqual(['n15']);
    expect(asked.nodes.length).toBeLessThan(nodes.length);
  });

  it('as SARIF names the file of each node', async () => {
    const { out } = await runWith(cluster(lacking), [...check, '--format', 'sarif']);
    const { runs }: { runs: { artifacts: { location: { uri: string } }[] }[] } = JSON.parse(out);
    const uris = runs.flatMap(({ artifacts }) => artifacts.map(({ location }) => location.uri));
    expect(uris.filter((uri) => uri.includes('odd'))).not.toEqual([]);
  });

  it('tells who could not be asked, and what is wrong all the same', async () => {
    const failure = new ClusterFailure('noSource', 'Nothing runs there that could be asked.');
    const { code, out, asked } = await runWith(
      cluster(rules, {
        collect: (node) => (node === 'b' ? Promise.reject(failure) : Promise.resolve({ files: all })),
      }),
      check,
    );
    expect(code).toBe(2);
    expect(asked.nodes.filter((node) => node === 'b')).toHaveLength(1);
    expect(out).toContain('Not asked: b: Nothing runs there that could be asked.');
    expect(out).toMatch(/findings on 2 of 3 nodes\.\n$/);
  });

  it('asks some nodes at once and never more', async () => {
    let now = 0;
    let most = 0;
    const nodes = Array.from({ length: 60 }, (_, at) => `n${at}`);
    const small = new Map([['iptables-save.txt', '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n']]);
    await runWith(
      {
        nodes,
        objects: () => Promise.resolve('{"kind":"List","items":[]}'),
        collect: async () => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => void setTimeout(resolve, 1));
          now--;
          return { files: small };
        },
      },
      check,
    );
    expect(most).toBe(16);
  });

  it('refuses --resume without it', async () => {
    expect(await runWith({}, ['check', sample, '--resume', 'x'])).toMatchObject({ code: 2 });
  });
});

describe('diagnose --all-nodes', () => {
  const diagnose = [
    'diagnose',
    '--context',
    'dev',
    '--all-nodes',
    '--service',
    'shop/three',
    '--from',
    'pod',
  ];

  it('says which node has not heard of the new endpoints', async () => {
    const { code, out } = await runWith(cluster(late), diagnose);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^✗ shop\/three: 2 of 3 nodes have it right; odd has not heard of the new endpoints\.\nodd: .*10\.244\.1\.14:8080/,
    );
  });

  it('says that all have it right', async () => {
    const { code, out } = await runWith(cluster(rules), diagnose);
    expect([code, out]).toEqual([0, '✓ shop/three: 3 of 3 nodes have it right.\n']);
  });
});
