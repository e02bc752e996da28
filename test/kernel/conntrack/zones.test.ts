/** Zones and templates, as Linux 6.18 has them; test/realKernel/randomPackets.test.ts asks the kernel at hand. */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dump, ending, flow, labFiles, send } from '../fixtures.ts';

const syn = flow('client > 10.244.1.5:80 tcp');
const answer: Flow = {
  ...flow('pod > 198.51.100.7:40000 tcp', { from: { port: 80 } }),
  packet: { tcpFlags: ['SYN', 'ACK'] },
  after: [syn],
};
const states = ['NEW', 'ESTABLISHED', 'INVALID', 'UNTRACKED'].map(
  (state) => `-A FORWARD -m conntrack --ctstate ${state}`,
);

/** The lab, which knows the connection in a zone. */
function entry(zone: string): typeof labFiles {
  return {
    ...labFiles,
    'conntrack.txt': `tcp 6 100 SYN_SENT src=198.51.100.7 dst=10.244.1.5 sport=40000 dport=80 [UNREPLIED] src=10.244.1.5 dst=198.51.100.7 sport=80 dport=40000 mark=0 ${zone} use=1`,
  };
}

/** The state that the packet is in at FORWARD. */
function stateOf(raw: readonly string[], packet: Flow, files = labFiles): string {
  const { path } = send(dump({ raw, mangle: states }), packet, files);
  return path
    .filter((place) => place.startsWith('mangle/'))
    .map((place) => ['NEW', 'ESTABLISHED', 'INVALID', 'UNTRACKED'][Number(place.slice(15))])
    .join();
}

describe('a zone', () => {
  test.each([
    ['-i eth0 -j CT --zone 5', 'INVALID'],
    ['-j CT --zone 5', 'ESTABLISHED'],
    // It counts in the original direction: answers are looked for in zone 0.
    ['-i eth0 -j CT --zone-orig 5', 'ESTABLISHED'],
    ['-i eth0 -j CT --zone-reply 5', 'INVALID'],
    ['-i cni0 -j CT --zone-reply 5', 'INVALID'],
    ['-i cni0 -j CT --zone-orig 5', 'ESTABLISHED'],
    ['-j CT --zone mark', 'ESTABLISHED'],
    ['-i cni0 -j CT --zone 0', 'ESTABLISHED'],
    ['-i cni0 -j CT', 'ESTABLISHED'],
  ])('%s: the answer is %s', (rule, state) => {
    expect(stateOf([`-A PREROUTING ${rule}`], answer)).toBe(state);
  });

  test('of the packet’s mark is that which it has when conntrack looks', () => {
    const rules = ['-A PREROUTING -i cni0 -j MARK --set-xmark 0x10005', '-A PREROUTING -j CT --zone mark'];
    expect(stateOf(rules, answer)).toBe('INVALID');
    // Only 16 bits count.
    expect(stateOf(rules, { ...answer, after: [{ ...syn, mark: 5 }] })).toBe('ESTABLISHED');
  });

  test('is that of the connections in conntrack.txt', () => {
    const { after: _, ...alone } = answer;
    expect(stateOf([], alone, entry(''))).toBe('ESTABLISHED');
    expect(stateOf([], alone, entry('zone=5'))).toBe('INVALID');
    expect(stateOf(['-A PREROUTING -j CT --zone 5'], alone, entry('zone=5'))).toBe('ESTABLISHED');
    expect(stateOf([], alone, entry('zone-orig=5'))).toBe('ESTABLISHED');
    expect(stateOf([], alone, entry('zone-reply=5'))).toBe('INVALID');
  });

  test('keeps connections apart, so that one packet more is a connection that clashes: it is lost at the very end', () => {
    const rules = dump({ raw: ['-A PREROUTING -m mark --mark 0x1 -j CT --zone-orig 5'], mangle: states });
    const outcome = send(rules, { ...syn, after: [{ ...syn, mark: 1 }] });
    expect(outcome).toMatchObject({ verdict: 'drop', by: 'kernel', path: ['mangle/FORWARD/0'] });
    // With nat it is given another port.
    const nat = dump({
      raw: ['-A PREROUTING -m mark --mark 0x1 -j CT --zone-orig 5'],
      nat: ['-A POSTROUTING -o none'],
      mangle: states,
    });
    expect(ending(send(nat, { ...syn, after: [{ ...syn, mark: 1 }] }))).toBe(
      'forward 198.51.100.7:* > 10.244.1.5:80 cni0',
    );
  });
});

describe('a template', () => {
  test.each(['--zone 5', '--ctevents new', '--timeout x', '--helper ftp', '--zone mark'])(
    'of %s makes a NOTRACK behind it do nothing',
    (options) => {
      const rules = [`-A PREROUTING -p tcp -j CT ${options}`, '-A PREROUTING -p tcp -j CT --notrack'];
      expect(stateOf(rules, syn)).toBe('NEW');
      expect(stateOf(rules.toReversed(), syn)).toBe('UNTRACKED');
    },
  );

  test('looks like a new connection of zeros to the rules before conntrack', () => {
    const raw = [
      '-A PREROUTING -m conntrack --ctstate INVALID',
      '-A PREROUTING -j CT --zone 5',
      '-A PREROUTING -m conntrack --ctstate NEW',
      '-A PREROUTING -m conntrack --ctstate NEW --ctorigdstport 0:9',
      '-A PREROUTING -m conntrack --ctorigsrc 198.51.100.7',
    ];
    const { path } = send(dump({ raw }), syn);
    expect(path.map((place) => Number(place.slice(15)))).toEqual([0, 1, 2, 3]);
  });
});
