/** What could not be read is named by whatever stands on the rest. */
import { describe, expect, it } from 'vitest';
import { analysisOfFiles, type Analysis } from '../../src/kubeproxy/analysis.ts';
import { answerOf, sequenceAnswerOf } from '../../src/kubeproxy/answer/answer.ts';
import type { Flow } from '../../src/kernel/flow.ts';
import { snapshotFileNames } from '../../src/kernel/snapshot.ts';
import { sequence } from '../kernel/fixtures.ts';
import { unreadOf, unreadWords } from '../../src/kubeproxy/unread.ts';

const rules = (lines: string): string =>
  `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${lines}COMMIT\n`;
const bad = '>-A FORWARD -s 10.244.0.0/16 -j DROP\n';

function node(files: Readonly<Record<string, string>>): Analysis {
  const names = snapshotFileNames.filter((name) => Object.hasOwn(files, name));
  return analysisOfFiles(new Map(names.map((name) => [name, files[name] ?? ''])));
}

const four: Flow = {
  family: 4,
  from: { kind: 'pod', address: '10.244.1.9', port: 40_000 },
  to: { address: '203.0.113.9', port: 443 },
  protocol: 'tcp',
};
const six: Flow = {
  ...four,
  family: 6,
  from: { kind: 'pod', address: 'fd00:10:244::9', port: 40_000 },
  to: { address: '2001:db8::9', port: 443 },
};

function toldOf(analysis: Analysis, flow: Flow): readonly string[] {
  const { assumptions = [] } = answerOf(analysis, flow) ?? {};
  return assumptions.filter(({ code }) => code === 'not-read').map(({ message }) => message);
}

describe('what could not be read', () => {
  const analysis = node({
    'iptables-save.txt': rules(bad),
    'ip6tables-save.txt': rules(''),
    'ip-addr.json': '[{"ifname": "eth0", "addr_info": [',
    'ipset-save.txt': 'Name: PEERS\nType: hash:ip\n',
    'objects.json': '{"kind": "List", "items": [',
  });

  it('is a clause for each line and file', () => {
    expect(unreadOf(analysis).map((clause) => /^(line 5|[\w-]+\.(json|txt))/.exec(clause)?.[0])).toEqual([
      'line 5',
      'ip-addr.json',
      'ipset-save.txt',
      'objects.json',
    ]);
  });

  it('is named by every answer, and once', () => {
    expect(toldOf(analysis, four)).toEqual([unreadWords(analysis, 4)]);
    const together = sequenceAnswerOf(analysis, sequence(four, four));
    expect(together?.assumptions.filter(({ code }) => code === 'not-read')).toHaveLength(1);
  });

  it('of the other family’s rules is none of a packet’s', () => {
    const [told = ''] = toldOf(analysis, six);
    expect(told).toContain('ip-addr.json');
    expect(told).not.toContain('line 5');
  });

  it('of many lines names some and counts the rest', () => {
    const many = node({ 'iptables-save.txt': rules(`-A FORWARD -j DROP\n${bad.repeat(9)}`) });
    expect(unreadOf(many)).toHaveLength(4);
    expect(unreadOf(many).at(-1)).toBe('6 more such lines');
  });

  it('is nothing where all was read', () => {
    const whole = node({ 'iptables-save.txt': rules('-A FORWARD -j DROP\n'), 'ip-addr.json': '[]' });
    expect(unreadWords(whole)).toBeNull();
    expect(toldOf(whole, four)).toEqual([]);
  });
});
