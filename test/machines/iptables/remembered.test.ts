/** What rules count and note of connections, over the packets of a trace. */
import { describe, expect, test } from 'vitest';
import type { Flow, TcpFlag } from '../../../src/kernel/flow.ts';
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

const to = (...tcpFlags: readonly TcpFlag[]): Flow =>
  flow('client > 10.244.1.5:80 tcp', { packet: { tcpFlags } });
const from = (...tcpFlags: readonly TcpFlag[]): Flow =>
  flow('pod > 198.51.100.7:40000 tcp', { from: { port: 80 }, packet: { tcpFlags } });

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

  test('throws a packet of an established connection away where nothing is counted any more', () => {
    const every = dump({ filter: ['-A FORWARD -m connlimit --connlimit-above 9 -m comment --comment any'] });
    const open = [to('SYN'), from('SYN', 'ACK'), to('ACK')];
    const closed = [...open, to('FIN', 'ACK')];
    expect(send(every, { ...from('FIN', 'ACK'), after: closed }).verdict).toBe('forward');
    const last = send(every, { ...to('ACK'), after: [...closed, from('FIN', 'ACK')] });
    expect(last).toMatchObject({
      verdict: 'drop',
      reason: expect.stringMatching(/^Rule 1 of filter\/FORWARD/),
    });
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
    const packet = flow('client > 192.168.0.2:80 udp', { packet: { length: 60 } });
    expect(verdict(dropBytes(range, mode), packet)).toBe(first);
    // A first packet that is dropped leaves no connection behind.
    if (first === 'local') expect(verdict(dropBytes(range, mode), packet, [packet])).toBe(then);
  });

  // Recorded by `conntrack -L` on Linux 6.18: test/realKernel/tcpStates.
  test.each([
    ['a SYN that nobody answered', [to('SYN')], 1],
    ['a SYN that was answered', [to('SYN'), from('SYN', 'ACK')], 2],
    ['a SYN behind a lone ACK of the server', [to('SYN'), from('ACK')], 2],
    ['a SYN of an open connection', [to('SYN'), from('SYN', 'ACK'), to('ACK')], 3],
    ['a SYN of who was reset', [to('SYN'), from('SYN', 'ACK'), from('RST')], 3],
  ])('after %s, the same again: %s', (_, after, packets) => {
    const rule = `-A FORWARD -m connbytes --connbytes ${packets}:${packets} --connbytes-dir both --connbytes-mode packets -j DROP`;
    expect(send(dump({ filter: [rule] }), { ...to('SYN'), after }).verdict).toBe('drop');
  });
});

describe('a label', () => {
  test('stays with its connection', () => {
    const rules = ['-m connlabel --label 3 -j DROP', '-m connlabel --label 3 --set'];
    expect(verdict(rules, syn, [syn])).toBe('drop');
    expect(verdict(rules, other(40001), [syn])).toBe('local');
  });
});

describe('what leaves a trace', () => {
  test.each([
    '-m recent --name seen --rcheck',
    '-m connbytes --connbytes 9 --connbytes-dir both --connbytes-mode packets',
    '-m quota --quota 10',
  ])('is not asked behind %s, which fails', (first) => {
    const rules = [`${first} -m connlabel --label 3 --set`, '-m connlabel --label 3 -j DROP'];
    expect(verdict(rules, syn)).toBe('local');
    expect(verdict(rules.slice(1), syn)).toBe('local');
    expect(verdict(['-m connlabel --label 3 --set', ...rules.slice(1)], syn)).toBe('drop');
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

const wide = (port: number): Flow =>
  flow('client > 192.168.0.2:80 tcp', { from: { port }, packet: { length: 1500 } });
const dropped = (match: string): readonly string[] => [`${match} -j ACCEPT`, '-j DROP'];
const hash = (options: string): readonly string[] => dropped(`-m hashlimit ${options} --hashlimit-name x`);

describe('a rate', () => {
  const elsewhere = flow('pod > 192.168.0.2:80 tcp', { packet: { length: 60 } });

  test.each([
    ['its burst', dropped('-m limit --limit 1/hour --limit-burst 2'), [syn, other(1)], ['local', 'drop']],
    ['five without a burst', dropped('-m limit'), [1, 2, 3, 4, 5].map(other), ['local', 'drop']],
    ['a bucket of all', hash('--hashlimit-upto 1/day --hashlimit-burst 1'), [elsewhere], ['local', 'drop']],
    [
      'a bucket of each source',
      hash('--hashlimit-upto 1/day --hashlimit-burst 1 --hashlimit-mode srcip'),
      [elsewhere],
      ['local', 'local'],
    ],
    [
      'a bucket of each network',
      hash('--hashlimit-upto 1/day --hashlimit-burst 1 --hashlimit-mode srcip --hashlimit-srcmask 0'),
      [elsewhere],
      ['local', 'drop'],
    ],
    [
      'a bucket of each port',
      hash('--hashlimit-upto 1/day --hashlimit-burst 1 --hashlimit-mode srcip,srcport'),
      [other(1)],
      ['local', 'local'],
    ],
    ['what is above', hash('--hashlimit-above 1/day --hashlimit-burst 1'), [elsewhere], ['drop', 'local']],
  ] as const)('lasts for %s', (_name, rules, before, [first, last]) => {
    expect(verdict(rules, before[0] ?? syn)).toBe(first);
    expect(verdict(rules, syn, before)).toBe(last);
  });

  test('of a table is what the first rule that names it says, for all of its rules', () => {
    const first =
      '-m hashlimit --hashlimit-above 1/day --hashlimit-burst 1 --hashlimit-mode srcip --hashlimit-name x';
    const second =
      '-m hashlimit --hashlimit-above 1/day --hashlimit-burst 3 --hashlimit-mode dstip --hashlimit-name x';
    expect(verdict([first, `${second} -j DROP`], syn)).toBe('drop');
    expect(verdict([first, `${second.replace('name x', 'name y')} -j DROP`], syn)).toBe('local');
    const rules = dump({ filter: [`-A INPUT ${first}`, `-A INPUT ${second} -j DROP`] });
    const { assumptions } = engineOf(rules).trace(syn);
    expect(assumptions.map(({ code }) => code)).toContain('hashlimit-table');
    expect(codes(first)).not.toContain('hashlimit-table');
  });

  test('of bytes that are used up leaves open whether time gave some back', () => {
    const rules = hash('--hashlimit-upto 1kb/s');
    expect(verdict(rules, wide(1))).toBe('local');
    const text = dump({ filter: rules.map((rule) => `-A INPUT ${rule}`) });
    const { outcomes } = engineOf(text).trace({ ...wide(1), after: [wide(2)] });
    expect(outcomes.map((outcome) => outcome.verdict).toSorted()).toEqual(['drop', 'local']);
  });

  test('that is measured may be too low for one packet', () => {
    const rules = hash('--hashlimit-upto 32b/s --hashlimit-rate-match');
    expect(verdict(rules, syn)).toBe('drop');
    expect(codes(rules[0] ?? '')).not.toContain('limit-assumed');
  });

  test('is taken not to be used up, which is said', () => {
    expect(codes('-m limit --limit 1/hour')).toContain('limit-assumed');
  });
});
