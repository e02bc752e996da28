import { expect, test } from 'vitest';
import { openAnalysis } from '../../src/kubeproxy/analysis.ts';
import type { DumpDescription } from '../../src/kubeproxy/describeDump.ts';
import { Sources } from '../../src/kubeproxy/sources.ts';
import type { SnapshotFiles } from '../../src/kernel/snapshot.ts';
import { dumpSources, dumpText, textSources } from './dumps.ts';

function describeDump(sources: Sources, files: SnapshotFiles = new Map()): DumpDescription {
  return openAnalysis({ sources, files }).dump;
}

test.each([
  ['1.36.3', 'kube-proxy 1.31 or later, iptables (nf_tables), IPv4 and IPv6, masquerade bit 14'],
  ['1.23.4', 'kube-proxy 1.22 to 1.23, iptables (nf_tables), IPv4 and IPv6, masquerade bit 14'],
  ['1.36.3-over-1.23.4', 'kube-proxy 1.31 or later, iptables (nf_tables), IPv4 and IPv6, masquerade bit 14'],
  ['1.36.3-legacy', 'kube-proxy 1.31 or later, iptables (legacy), IPv4 and IPv6, masquerade bit 14'],
  ['docker', 'no rules of kube-proxy, nf_tables, IPv4 and IPv6'],
])('%s: %s', (dump, summary) => {
  expect(describeDump(dumpSources(dump)).summary).toBe(summary);
});

test('the range of releases holds the release that wrote the dump', () => {
  for (const [dump, minor] of [
    ['1.36.3', 36],
    ['1.23.4', 23],
    ['1.36.3-large', 36],
    ['1.36.3-cni-plugins', 36],
  ] as const) {
    const { sinceMinor, untilMinor, evidence } = describeDump(dumpSources(dump));
    expect(sinceMinor ?? 0).toBeLessThanOrEqual(minor);
    expect(untilMinor ?? 99).toBeGreaterThanOrEqual(minor);
    expect(evidence.length).toBeGreaterThan(0);
  }
});

test('the masquerade bit is the one that the rules set', () => {
  const text = (dumpText('1.36.3', 'iptables-save.txt') ?? '').replaceAll('0x4000', '0x80');
  expect(describeDump(textSources(text)).masqueradeBit).toBe(7);
});

test.each(['nft.json', 'nft.txt'] as const)('nftables mode shows in %s alone', (name) => {
  const nft = dumpText('1.36.3-nftables', name) ?? '';
  const { mode, summary } = describeDump(new Sources([]), new Map([[name, nft]]));
  expect([mode, summary]).toEqual(['nftables', 'kube-proxy, nftables, IPv4 and IPv6']);
});

test.each([
  ['of table filter alone', (text: string) => text.slice(text.indexOf('*filter'), text.indexOf('*nat'))],
  ['whose nat was flushed', (text: string) => `${text.slice(0, text.indexOf('*nat'))}*nat\nCOMMIT\n`],
])('rules %s are kube-proxy’s', (_, cut) => {
  const text = cut(dumpText('1.36.3', 'iptables-save.txt') ?? '');
  expect(text).toContain(':KUBE-SERVICES');
  expect(describeDump(textSources(text)).summary).toMatch(/^rules of kube-proxy without those of nat, /);
});

test.each([
  ['lines of a Service', /^-A KUBE-S(?:VC|EP)-/u],
  ['lines of KUBE-SERVICES', /^-A KUBE-SERVICES/u],
])('%s alone are a part of kube-proxy’s', (_, kept) => {
  const lines = (dumpText('1.36.3', 'iptables-save.txt') ?? '').split('\n');
  const text = lines.filter((line) => kept.test(line)).join('\n');
  expect(describeDump(textSources(text)).summary).toMatch(/^a part of the rules of kube-proxy, IPv4$/);
});

test('a warning of legacy tables means both backends', () => {
  const text = `# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n${dumpText('1.36.3', 'iptables-save.txt')}`;
  expect(describeDump(textSources(text)).backend).toBe('mixed');
});
