/** A packet that leaves for an endpoint on another node: it is followed there, and the outcomes of JSON are the first node's. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ClusterFailure } from '../../../src/cluster/failure.ts';
import type { CollectedNode } from '../../../src/cluster/liveNode.ts';
import { isRecord } from '../../../src/text/json.ts';
import { filesOf, runWith, sample, type FakeRun } from '../support/fakeCluster.ts';

const packet = ['--from', 'pod:10.244.1.5', '--to', 'shop/three:http'];

/** Nothing on the other nodes drops or translates. */
const open = new Map([
  [
    'iptables-save.txt',
    '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n',
  ],
]);
const closed = new Map([
  ['iptables-save.txt', open.get('iptables-save.txt')?.replace('FORWARD ACCEPT', 'FORWARD DROP') ?? ''],
]);

const shut = (): Promise<Partial<CollectedNode>> => Promise.resolve({ files: closed });

/** The rules of each node; the first node's are the sample's. */
function trace(
  others: (node: string) => Promise<Partial<CollectedNode>>,
  ...args: readonly string[]
): Promise<FakeRun> {
  const collect = (node: string): Promise<Partial<CollectedNode>> =>
    node === 'node-1' ? Promise.resolve({}) : others(node);
  return runWith({ collect }, ['trace', '--context', 'dev', '--node', 'node-1', ...packet, ...args]);
}

describe('a packet to an endpoint on another node', () => {
  it('is followed through that node’s rules', async () => {
    const { code, out, err, asked } = await trace((node) =>
      Promise.resolve({ files: node === 'node-2' ? open : closed }),
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(asked.nodes).toEqual(['node-1', 'node-2', 'node-3']);
    expect(out).toMatch(/\nOn node-2: 10\.244\.1\.5:\S+ → 10\.244\.2\.14:8080\n {2}✓ /);
    expect(out).toMatch(/\nOn node-3: 10\.244\.1\.5:\S+ → 10\.244\.3\.11:8080\n {2}✗ /);
  });

  it('is not followed where that node cannot be asked, and both are said', async () => {
    const { code, out, err } = await trace((node) =>
      node === 'node-2'
        ? Promise.reject(new ClusterFailure('timedOut', 'node-2 gave no answer.'))
        : Promise.resolve({ files: new Map() }),
    );
    expect(code).toBe(0);
    expect(err).toContain('The rules of node-2 could not be read: node-2 gave no answer.');
    expect(err).toContain('node-3 has no iptables rules');
    expect(out).toContain('\nOn node-2: ');
    expect(out).toMatch(/ {2}10\.244\.2\.14:8080 is on node-2, whose rules are not here\.\n/);
  });

  it.each([[['--one-node']], [['--one-node', '--format', 'json']]])(
    'is of one node with %j',
    async (args) => {
      const { asked } = await trace(() => Promise.resolve({ files: open }), ...args);
      expect(asked.nodes).toEqual(['node-1']);
    },
  );

  it('has the headline of all nodes in JSON, too, with the outcomes of the first', async () => {
    const text = (await trace(shut)).out.replaceAll(/\n +/g, ' ');
    const json: unknown = JSON.parse((await trace(shut, '--format', 'json')).out);
    const headline = isRecord(json) ? String(json['headline']) : '';
    expect(text).toContain(headline);
    expect(headline).not.toBe('');
    expect(json).toMatchObject({ verdict: 'mixed', outcomes: [{ verdict: 'forward' }, {}, {}] });
  });

  it('ends with the command when it is interrupted on the way', async () => {
    const { code, out } = await trace(
      () =>
        new Promise((_, reject) => {
          process.emit('SIGINT');
          reject(new ClusterFailure('cancelled', 'Cancelled.'));
        }),
    );
    expect({ code, out }).toEqual({ code: 130, out: '' });
  });
});

describe('snapshots side by side', () => {
  it('are followed from one to the other, as live nodes are', async () => {
    const cluster = mkdtempSync(join(tmpdir(), 'kpe-side-'));
    const fake = {
      collect: (node: string) => Promise.resolve({ files: node === 'node-1' ? filesOf(sample) : open }),
    };
    for (const node of ['node-1', 'node-2', 'node-3']) {
      await runWith(fake, ['snapshot', '--node', node, join(cluster, node)]);
    }
    const saved = await runWith({}, ['trace', join(cluster, 'node-1'), ...packet]);
    expect(saved.out).toContain('\nOn node-3: ');
    expect(saved.out).not.toContain('not here');
    expect(saved.out).toBe((await trace(() => Promise.resolve({ files: open }))).out);
    const impostor = join(cluster, 'node-2', 'snapshot.json');
    writeFileSync(impostor, readFileSync(impostor, 'utf8').replaceAll('node-2', 'node-9'));
    const without = await runWith({}, ['trace', join(cluster, 'node-1'), ...packet]);
    expect(without.out).toContain('is on node-2, whose rules are not here');
  });
});
