/** What rules count and note of connections, over the packets of a trace. */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dump, engineOf, flow, send } from '../../kernel/fixtures.ts';

const syn = flow('client > 192.168.0.2:80 tcp', { packet: { length: 60 } });
const other = (port: number): Flow =>
  flow('client > 192.168.0.2:80 tcp', { from: { port }, packet: { length: 60 } });

function verdict(rules: readonly string[], packet: Flow, after: readonly Flow[] = []): string {
  const text = dump({ filter: rules.map((rule) => `-A INPUT ${rule}`) });
  return send(text, after.length === 0 ? packet : { ...packet, after }).verdict;
}

function codes(rule: string, packet: Flow = syn): readonly string[] {
  return engineOf(dump({ filter: [`-A INPUT ${rule}`] }))
    .trace(packet)
    .assumptions.map(({ code }) => code);
}

describe('a quota', () => {
  const rule = ['-m quota --quota 100 -j ACCEPT', '-j DROP'];

  test('lasts for the packets that it is for', () => {
    expect(verdict(rule, syn)).toBe('local');
    expect(verdict(rule, other(40001), [syn])).toBe('drop');
  });

  test('is taken not to be used up, which is said', () => {
    expect(codes('-m quota --quota 100')).toContain('quota-assumed');
    expect(codes('-m quota --quota 59')).not.toContain('quota-assumed');
  });
});

describe('a limit of connections', () => {
  const rule = ['-p tcp -m connlimit --connlimit-above 1 --connlimit-mask 32 --connlimit-saddr -j DROP'];

  test('counts those of the trace', () => {
    expect(verdict(rule, syn)).toBe('local');
    expect(verdict(rule, other(40001), [syn])).toBe('drop');
    expect(verdict(rule, syn, [syn])).toBe('local');
  });

  test.each([
    ['before its connection is confirmed, twice', 'node > 198.51.100.7:80 tcp', 'POSTROUTING', 'drop'],
    ['that comes back by lo, once', 'node > 192.168.0.2:80 tcp', 'INPUT', 'local'],
  ])('counts a packet that comes by it again, %s', (_name, packet, hook, expected) => {
    const text = dump({
      mangle: [
        ':limit - [0:0]',
        '-A OUTPUT -j limit',
        `-A ${hook} -j limit`,
        '-A limit -m connlimit --connlimit-above 1 --connlimit-mask 32 --connlimit-saddr -j DROP',
      ],
    });
    expect(send(text, flow(packet)).verdict).toBe(expected);
  });

  test.each([
    ['raw', 'drop'],
    ['mangle', 'forward'],
  ])('counts an answer in %s', (table, expected) => {
    const limit =
      '-A PREROUTING -m connlimit --connlimit-above 1 --connlimit-mask 0 --connlimit-saddr -j DROP';
    const text = dump({ [table]: [limit], filter: ['-A FORWARD -m conntrack --ctstate INVALID'] });
    const asked = flow('client > 10.244.1.5:80 udp');
    const answer = flow('pod > 198.51.100.7:40000 udp', { from: { port: 80 }, after: [asked] });
    expect(send(text, answer).verdict).toBe(expected);
  });

  test('takes nobody else to have any, which is said', () => {
    expect(codes(rule[0] ?? '')).toContain('connlimit-assumed');
  });
});

function dropBytes(range: string, mode: string): readonly string[] {
  return [`-m connbytes --connbytes ${range} --connbytes-dir both --connbytes-mode ${mode} -j DROP`];
}

describe('the traffic of a connection', () => {
  test.each([
    ['1:1', 'packets', 'drop', 'local'],
    ['2', 'packets', 'local', 'drop'],
    ['61:', 'bytes', 'local', 'drop'],
    ['60:60', 'avgpkt', 'drop', 'drop'],
  ])('of %s %s: first %s, then %s', (range, mode, first, then) => {
    expect(verdict(dropBytes(range, mode), syn)).toBe(first);
    // A first packet that is dropped leaves no connection behind.
    if (first === 'local') expect(verdict(dropBytes(range, mode), syn, [syn])).toBe(then);
  });
});

describe('a label', () => {
  test('stays with its connection', () => {
    const rules = ['-m connlabel --label 3 -j DROP', '-m connlabel --label 3 --set'];
    expect(verdict(rules, syn, [syn])).toBe('drop');
    expect(verdict(rules, other(40001), [syn])).toBe('local');
  });
});

describe('what a first packet is taken to be', () => {
  test.each([
    ['-m helper --helper ftp', syn, 'helper-assumed'],
    ['-p sctp -m sctp --chunk-types any INIT', flow('client > 192.168.0.2:80 sctp'), 'first-packet'],
    ['-p 33 -m dccp --dccp-types REQUEST', flow('client > 192.168.0.2:80 33'), 'first-packet'],
  ])('for %s is said', (rule, packet, code) => {
    expect(codes(rule, packet)).toContain(code);
  });

  test.each([
    ['any INIT,DATA', 'drop'],
    ['any DATA', 'local'],
    ['all INIT', 'drop'],
    ['all INIT,DATA', 'local'],
    ['only INIT,DATA', 'drop'],
    ['all NONE', 'drop'],
  ])('chunks: %s', (types, expected) => {
    const rules = [`-p sctp -m sctp --chunk-types ${types} -j DROP`];
    expect(verdict(rules, flow('client > 192.168.0.2:80 sctp'))).toBe(expected);
  });
});

function ofMember(node: number): string {
  const share = `--cluster-total-nodes 2 --cluster-local-node ${node} --cluster-hash-seed 0x4d`;
  return verdict([`-m cluster ${share} -j DROP`, '-m conntrack --ctstate NEW'], syn);
}

describe('a cluster', () => {
  test('shares connections by a hash of who opened them', () => {
    expect([ofMember(1), ofMember(2)].toSorted()).toEqual(['drop', 'local']);
  });
});
