/** `diff --watch`: what changes on a live node, as it happens. */
import { describe, expect, it } from 'vitest';
import { ClusterFailure } from '../../../src/cluster/failure.ts';
import { filesOf, runWith, sample } from '../support/fakeCluster.ts';

const live = ['--context', 'dev', '--node', 'node-1'];
const text = filesOf(sample).get('iptables-save.txt') ?? '';

/** A node that has these rules one after the other, and is interrupted then. */
async function watching(...states: readonly (string | ClusterFailure)[]) {
  let asked = 0;
  const { code, out, err } = await runWith(
    {
      collect: () => {
        const state = states[asked++] ?? new ClusterFailure('cancelled', 'interrupted');
        if (typeof state !== 'string') return Promise.reject(state);
        return Promise.resolve({ files: new Map([...filesOf(sample), ['iptables-save.txt', state]]) });
      },
    },
    ['diff', ...live, '--watch', '0.001'],
  );
  return { code, err, out: out.replaceAll(/^\d\d:\d\d:\d\d /gm, 'now ') };
}

async function wrong(...words: readonly string[]): Promise<string> {
  return (await runWith({}, ['diff', ...words])).err;
}

describe('diff --watch', () => {
  it('tells each change with its time, and nothing where there is none', async () => {
    const dropping = text.replace('-A FORWARD ', '-A FORWARD -s 192.0.2.0/24 -j DROP\n-A FORWARD ');
    const { out } = await watching(text, text, dropping, text);

    expect(out.split('\n')).toEqual([
      'now node-1: 72 Services',
      'now filter FORWARD: + rule 1  -A FORWARD -s 192.0.2.0/24 -j DROP',
      'now filter FORWARD: - rule 1  -A FORWARD -s 192.0.2.0/24 -j DROP',
      '',
    ]);
  });

  it('tells whom a change cuts off, and goes on where the node could not be read', async () => {
    const forbidden = new ClusterFailure('forbidden', 'pods/exec is forbidden');
    const cut = text.replace('-A FORWARD ', '-A FORWARD -p tcp -j DROP\n-A FORWARD ');
    const { out, err } = await watching(text, forbidden, cut);

    expect(err).toContain('pods/exec is forbidden');
    expect(out).toMatch(/^now ✗ .* Services, from .*: dropped by rule 1 of FORWARD/m);
  });

  it('is of a live node alone, in text, some seconds apart', async () => {
    expect(await wrong('a', 'b', '--watch', '5')).toContain('--watch is for a live node');
    expect(await wrong(...live, '--watch', 'soon')).toContain('--watch takes seconds');
    expect(await wrong(...live, '--watch', '5', '--format', 'json')).toContain('--watch prints text');
  });
});
