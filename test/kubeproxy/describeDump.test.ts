import { expect, test } from 'vitest';
import { describeDump } from '../../src/kubeproxy/describeDump.ts';
import { splitFamilies } from '../../src/kubeproxy/rulesets.ts';
import { dumpRulesets, dumpText } from './dumps.ts';

test.each([
  ['1.36.3', 'kube-proxy 1.31 or later, iptables (nf_tables), IPv4 and IPv6, masquerade bit 14'],
  ['1.23.4', 'kube-proxy 1.22 to 1.23, iptables (nf_tables), IPv4 and IPv6, masquerade bit 14'],
  ['1.36.3-over-1.23.4', 'kube-proxy 1.31 or later, iptables (nf_tables), IPv4 and IPv6, masquerade bit 14'],
  ['1.36.3-legacy', 'kube-proxy 1.31 or later, iptables (legacy), IPv4 and IPv6, masquerade bit 14'],
  ['docker', 'no rules of kube-proxy, nf_tables, IPv4 and IPv6'],
])('%s: %s', (dump, summary) => {
  expect(describeDump(dumpRulesets(dump)).summary).toBe(summary);
});

test('the range of releases holds the release that wrote the dump', () => {
  for (const [dump, minor] of [
    ['1.36.3', 36],
    ['1.23.4', 23],
    ['1.36.3-large', 36],
    ['1.36.3-cni-plugins', 36],
  ] as const) {
    const { sinceMinor, untilMinor, evidence } = describeDump(dumpRulesets(dump));
    expect(sinceMinor ?? 0).toBeLessThanOrEqual(minor);
    expect(untilMinor ?? 99).toBeGreaterThanOrEqual(minor);
    expect(evidence.length).toBeGreaterThan(0);
  }
});

test('the masquerade bit is the one that the rules set', () => {
  const text = (dumpText('1.36.3', 'iptables-save.txt') ?? '').replaceAll('0x4000', '0x80');
  expect(describeDump(splitFamilies(text, 4)).masqueradeBit).toBe(7);
});

test('nftables mode shows in nft.json alone', () => {
  const nft = dumpText('1.36.3-nftables', 'nft.json') ?? '';
  const { mode } = describeDump({ 4: null, 6: null }, new Map([['nft.json', nft]]));
  expect(mode).toBe('nftables');
});

test('a warning of legacy tables means both backends', () => {
  const text = `# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n${dumpText('1.36.3', 'iptables-save.txt')}`;
  expect(describeDump(splitFamilies(text, 4)).backend).toBe('mixed');
});
