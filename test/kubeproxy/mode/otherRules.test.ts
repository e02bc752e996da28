import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../../src/kubeproxy/answer/answer.ts';
import { readOtherRules, wordsOfOther } from '../../../src/kubeproxy/mode/otherRules.ts';
import { sourcesOfFiles } from '../../../src/kubeproxy/sources.ts';
import { snapshotFileNames, type SnapshotFileName } from '../../../src/kernel/snapshot.ts';

const rules = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
const oneRule = rules.replace('COMMIT', '[12:720] -A INPUT -j DROP\nCOMMIT');

function dump(name: 'nft.txt' | 'nft.json'): string {
  return readFileSync(new URL(`../../dumps/1.36.3-nftables/${name}`, import.meta.url), 'utf8');
}

function other(files: Readonly<Partial<Record<SnapshotFileName, string>>>) {
  const given = snapshotFileNames.flatMap((name) => {
    const text = files[name];
    return text === undefined ? [] : [[name, text] as const];
  });
  const all = new Map(given);
  return readOtherRules(all, sourcesOfFiles(all));
}

/** In words, as a trace says them. */
function words(files: Parameters<typeof other>[0]) {
  const { 4: four, 6: six } = other(files);
  return { 4: four.map(wordsOfOther), 6: six.map(wordsOfOther) };
}

describe('rules that stand in no rules file', () => {
  it.each(['nft.txt', 'nft.json'] as const)(
    'are no tables of nftables in %s that a trace follows',
    (name) => {
      expect(words({ [name]: dump(name) })).toEqual({ 4: [], 6: [] });
    },
  );

  it('are no tables of nftables, those that see frames neither', () => {
    const nft = [
      'table ip nat {\n\tchain OUTPUT {\n\t\ttype nat hook output priority dstnat; policy accept;\n\t}\n}',
      'table ip6 filter {\n\tchain INPUT {\n\t\ttype filter hook input priority filter; policy drop;\n\t}\n}',
      'table bridge frames {\n\tchain f {\n\t\ttype filter hook forward priority filter; policy accept;\n\t}\n}',
      'table bridge sets {\n\tset all {\n\t\ttype ipv4_addr\n\t}\n}',
      'table inet firewalld {\n\tchain in {\n\t\ttype filter hook input priority filter + 10; policy accept;\n\t}\n}',
      'table netdev ingress {\n\tchain in {\n\t\ttype filter hook ingress device "eth0" priority 0; policy accept;\n\t}\n}',
    ];
    expect(words({ 'nft.txt': `${nft.join('\n')}\n` })).toEqual({ 4: [], 6: [] });
  });

  it('are those of the other backend, of its family', () => {
    const main = { 'iptables-save.txt': rules, 'ip6tables-save.txt': rules };
    const legacy = { 'iptables-legacy-save.txt': oneRule, 'ip6tables-legacy-save.txt': rules };
    expect(words({ ...main, ...legacy })).toEqual({ 4: ['rules of the legacy backend'], 6: [] });
    // Without the main one they are those that are followed.
    expect(words(legacy)).toEqual({ 4: [], 6: [] });
    const services = oneRule.replace('INPUT -j', 'KUBE-SERVICES -j');
    expect(other({ ...main, 'iptables-nft-save.txt': services })[4]).toEqual([
      { kind: 'backend', backend: 'nft', file: 'iptables-nft-save.txt', chains: new Set(['KUBE-SERVICES']) },
    ]);
    expect(other({ 'iptables-nft-save.txt': services, 'iptables-save.txt': services })[4]).toEqual([
      { kind: 'backend', backend: 'nft', file: 'iptables-nft-save.txt', chains: new Set() },
    ]);
    const warned = `# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n${rules}`;
    expect(words({ 'iptables-save.txt': warned })[4]).toEqual([
      'tables of the legacy backend (iptables-save warns of them)',
    ]);
    expect(words({ 'iptables-save.txt': warned, 'snapshot.json': '{}' })[4]).toEqual([]);
  });

  it('are not the virtual servers of IPVS, which are followed', () => {
    expect(words({ 'ipvsadm-save.txt': '-A -t 10.96.0.1:443 -s rr\n' })[4]).toEqual([]);
    expect(words({ 'ipvsadm-save.txt': '\n', 'nft.json': 'no JSON' })).toEqual({ 4: [], 6: [] });
  });

  it('are told with every trace of their family', () => {
    const analysis = analysisOfFiles(
      new Map([
        ['iptables-save.txt', rules],
        ['ip6tables-save.txt', rules],
        ['iptables-legacy-save.txt', oneRule],
        ['ip6tables-legacy-save.txt', oneRule],
      ]),
    );
    const assumed = (family: 4 | 6, address: string): readonly string[] =>
      answerOf(analysis, {
        family,
        from: { kind: 'node', address: null, port: null, interface: null },
        to: { address, port: 80 },
        protocol: 'tcp',
      })?.assumptions.map(({ code, message }) => `${code}: ${message}`) ?? [];
    expect(assumed(4, '10.0.0.1')).toContain(
      'other-rules: The node has more than these rules, which is not followed: rules of the legacy backend. ' +
        'What that drops, translates or marks is not in this answer.',
    );
    expect(assumed(6, 'fd00::1').join()).toContain('other-rules');
  });
});
