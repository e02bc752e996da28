/** One file for both families: `-4` and `-6` in a rule. The judge is what iptables-restore leaves of the file. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../../src/kubeproxy/answer/answer.ts';
import type { Flow } from '../../../src/kernel/flow.ts';
import { describeWithKernel } from '../../realKernel/support/requirements.ts';

const both = [
  '-A OUTPUT -6 -d fd00::9 -j DROP',
  '-A OUTPUT -4 -d 10.0.0.9 -j DROP',
  '-A OUTPUT -4 -p tcp -j REJECT',
  '-A OUTPUT --ipv6 -j DROP',
];
const text = `*filter\n:OUTPUT ACCEPT [0:0]\n${both.join('\n')}\nCOMMIT\n`;

const flows: Readonly<Record<4 | 6, Flow>> = {
  4: {
    family: 4,
    from: { kind: 'node', address: '10.0.0.1', port: 4000 },
    to: { address: '10.0.0.8', port: 53 },
    protocol: 'udp',
  },
  6: {
    family: 6,
    from: { kind: 'node', address: 'fd00::1', port: 4000 },
    to: { address: 'fd00::8', port: 53 },
    protocol: 'udp',
  },
};

describeWithKernel('a rule of the other family', ['iptables-restore', 'ip6tables-restore'], () => {
  it.each([4, 6] as const)('is none in IPv%i', (family) => {
    const prefix = family === 6 ? 'ip6tables' : 'iptables';
    const script = `${prefix}-restore && ${prefix}-save`;
    const { stdout } = spawnSync('unshare', ['--net', 'sh', '-c', script], { input: text, encoding: 'utf8' });
    const loaded = stdout.split('\n').filter((line) => line.startsWith('-A'));
    expect(loaded).toHaveLength(2);
    const name = family === 6 ? 'ip6tables-save.txt' : 'iptables-save.txt';
    const ends = [text, stdout].map((rules) => {
      const answer = answerOf(analysisOfFiles(new Map([[name, rules]])), flows[family]);
      return answer?.outcomes.map(({ verdict, probability }) => [verdict, probability]);
    });
    expect(ends[0]).toEqual(ends[1]);
    expect(ends[0]?.[0]?.[0]).toBe(family === 6 ? 'drop' : 'local');
  });
});
