/** A cluster whose names and words would like to write to the terminal, or elsewhere on the disk. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ClusterFailure } from '../../../src/cluster/failure.ts';
import { filesOf, runWith, sample, type FakeCluster } from '../support/fakeCluster.ts';

const evil = 'x\u001B[2J\u001B]0;owned\u0007\u009B31m\u202Eexe\r\n$(reboot)';
/** Whatever a terminal could take for a command, but the line feeds that are ours. */
const commands = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;

const objects = readFileSync(join(sample, 'objects.json'), 'utf8').replaceAll(
  '"client-1"',
  JSON.stringify(`client-1${evil}`),
);

const fakes: readonly (readonly [string, FakeCluster])[] = [
  ['objects', { objects: () => Promise.resolve(objects) }],
  ['node names', { nodes: [`a${evil}`, `b${evil}`] }],
  ['context names', { contexts: [{ name: `dev${evil}` }] }],
  ['failures', { collect: () => Promise.reject(new ClusterFailure('other', `no${evil}`)) }],
  [
    'what is missing, and warnings',
    { collect: () => Promise.resolve({ missing: [{ file: evil, reason: evil }], warnings: [evil] }) },
  ],
  [
    'the Pod that answers',
    {
      collect: () =>
        Promise.resolve({ source: { kind: 'hostPod', namespace: evil, pod: evil, container: null } }),
    },
  ],
  [
    'comments of rules',
    {
      collect: () =>
        Promise.resolve({
          files: new Map(
            [...filesOf(sample)].map(([name, text]) => [
              name,
              text.replaceAll('shop/three', `shop/three${evil}`),
            ]),
          ),
        }),
    },
  ],
];

describe('nothing of a cluster is a command to a terminal', () => {
  it.each(fakes)('%s', async (_, fake) => {
    const folder = join(mkdtempSync(join(tmpdir(), 'kpe-hostile-')), 'in');
    const contexts = fake.contexts ? [] : ['--context', 'dev'];
    for (const argv of [
      [
        'trace',
        ...contexts,
        '--node',
        'node-1',
        '--from',
        'pod:10.244.1.5',
        '--to',
        '10.106.89.61:80',
        '--considered',
      ],
      ['trace', ...contexts, '--from', 'pod:10.244.1.5', '--to', '10.106.89.61:80'],
      ['tree', ...contexts, '--node', 'node-1', '--by', 'service'],
      ['tree', ...contexts],
      ['tree', ...contexts, '--node', evil],
      ['check', ...contexts, '--node', 'node-1'],
      ['explain', ...contexts, '--node', 'node-1', 'KUBE-SERVICES'],
      ['snapshot', ...contexts, '--node', 'node-1', folder],
    ]) {
      const { code, out, err } = await runWith(fake, argv);
      expect([0, 1, 2]).toContain(code);
      const lines = [...out.split('\n'), ...err.split('\n')];
      expect(lines.filter((line) => commands.test(line))).toEqual([]);
    }
    expect(readdirSync(join(folder, '..')).filter((name) => name !== 'in')).toEqual([]);
  });
});
