import { describe, expect, test } from 'vitest';
import type { SnapshotFileName } from '../../src/kernel/snapshot.ts';
import {
  followedSources,
  rulesFileNamed,
  rulesText,
  Sources,
  sourcesOfFiles,
} from '../../src/kubeproxy/sources.ts';
import { dumpText } from './dumps.ts';

const v4 = dumpText('1.36.3', 'iptables-save.txt') ?? '';
const v6 = dumpText('1.36.3', 'ip6tables-save.txt') ?? '';

/** Rules that say nothing of their family. */
function section(rule: string): string {
  return `*filter\n:INPUT ACCEPT [0:0]\n-A INPUT ${rule}\nCOMMIT\n`;
}

function sourcesOf(...files: readonly (readonly [SnapshotFileName, string])[]): Sources {
  return sourcesOfFiles(new Map(files));
}

/** `iptables in ip6tables-save.txt`, for each source. */
function inFiles(sources: Sources): readonly string[] {
  return sources.all().map(({ id, text }) => `${id} in ${text.file}`);
}

function followed(sources: Sources): readonly string[] {
  return followedSources(sources).map(({ id }) => id);
}

describe('the sources of a snapshot', () => {
  test('are one for each file, and the main backend is followed', () => {
    const sources = sourcesOf(
      ['iptables-save.txt', section('-j DROP')],
      ['ip6tables-save.txt', section('-j DROP')],
      ['iptables-legacy-save.txt', section('-j ACCEPT')],
      ['ip6tables-nft-save.txt', section('-j ACCEPT')],
    );
    expect(inFiles(sources)).toEqual([
      'iptables in iptables-save.txt',
      'ip6tables in ip6tables-save.txt',
      'iptables-legacy in iptables-legacy-save.txt',
      'ip6tables-nft in ip6tables-nft-save.txt',
    ]);
    expect(followed(sources)).toEqual(['iptables', 'ip6tables']);
    expect(sources.all().map(({ families }) => families)).toEqual([[4], [6], [4], [6]]);
    expect([sources.familyOf('ip6tables'), sources.familyOf('iptables-legacy')]).toEqual([6, null]);
  });

  test('are two where one file holds both families', () => {
    const sources = sourcesOf(['iptables-save.txt', v4 + v6]);
    expect(inFiles(sources)).toEqual(['iptables in iptables-save.txt', 'ip6tables in iptables-save.txt']);
    const six = sources.get('ip6tables');
    const rule = sources.ruleAt({ source: 'ip6tables', table: 'nat', chain: 'KUBE-SERVICES', index: 0 });
    expect(six?.text.ruleset.text.slice(rule?.start, rule?.end)).toMatch(/^-A KUBE-SERVICES .*fd00/);
    expect(rule?.start).toBeGreaterThan(v4.length);
  });

  test('go by what the rules say, whatever the file is called', () => {
    expect(inFiles(sourcesOf(['iptables-save.txt', v6]))).toEqual(['ip6tables in iptables-save.txt']);
    expect(inFiles(sourcesOf(['iptables-legacy-save.txt', v6]))).toEqual([
      'ip6tables-legacy in iptables-legacy-save.txt',
    ]);
    expect(sourcesOf(['iptables-save.txt', v6]).rulesets[4]).toBeNull();
  });

  test('are none without rules', () => {
    const sources = sourcesOf(['nft.txt', 'table ip kube-proxy {\n}\n']);
    expect([sources.all(), followed(sources), sources.get('nft')]).toEqual([[], [], null]);
    expect(sources.rulesets[4]).toBeNull();
  });

  test('of the other backend alone are followed', () => {
    const sources = sourcesOf(['iptables-legacy-save.txt', section('-j DROP')]);
    expect([inFiles(sources), followed(sources)]).toEqual([
      ['iptables-legacy in iptables-legacy-save.txt'],
      ['iptables-legacy'],
    ]);
  });
});

describe('a file that was opened', () => {
  const beside = [
    rulesText('iptables-save.txt', section('-j ACCEPT')),
    rulesText('ip6tables-save.txt', section('-j ACCEPT')),
  ];

  test('is followed in place of the snapshot’s own, which serves the other family', () => {
    const opened = rulesText('iptables-save.txt', section('-j DROP'));
    const sources = new Sources([opened, ...beside], opened);
    expect(sources.get('iptables')?.text).toBe(opened);
    expect(sources.get('ip6tables')?.text).toBe(beside[1]);
    expect(sources.of(opened).map(({ id }) => id)).toEqual(['iptables']);
  });

  test('of the other backend is followed under its own name', () => {
    const opened = rulesText('iptables-legacy-save.txt', section('-j DROP'));
    expect(followed(new Sources([opened, ...beside], opened))).toEqual(['iptables-legacy', 'ip6tables']);
    const six = rulesText('ip6tables-legacy-save.txt', section('-j DROP'));
    const both = new Sources([opened, six, ...beside], opened);
    expect(followed(both)).toEqual(['iptables-legacy', 'ip6tables-legacy']);
    expect(both.get('iptables')?.text).toBe(beside[0]);
  });
});

test('a rule is found by its place, and none where there is none', () => {
  const sources = sourcesOf(['iptables-save.txt', section('-j DROP')]);
  const place = { source: 'iptables', table: 'filter', chain: 'INPUT', index: 0 };
  expect(sources.ruleAt(place)?.target?.name.text).toBe('DROP');
  for (const other of [
    { source: 'ip6tables' },
    { source: 'nft' },
    { table: 'nat' },
    { chain: 'X' },
    { index: 1 },
  ])
    expect(sources.ruleAt({ ...place, ...other })).toBeNull();
});

test.each([
  ['iptables-save.txt', 'iptables-save.txt'],
  ['rules.v4', 'iptables-save.txt'],
  ['rules.v6', 'ip6tables-save.txt'],
  ['node-1.ip6tables-save', 'ip6tables-save.txt'],
  ['ipv6.rules', 'ip6tables-save.txt'],
  ['dump_v6.txt', 'ip6tables-save.txt'],
  ['rev6.txt', 'iptables-save.txt'],
  ['ip6tables-legacy-save.txt', 'ip6tables-legacy-save.txt'],
  ['node-1-iptables-nft-save', 'iptables-nft-save.txt'],
  ['', 'iptables-save.txt'],
])('%s stands for %s', (name, file) => {
  expect(rulesFileNamed(name)).toBe(file);
});
