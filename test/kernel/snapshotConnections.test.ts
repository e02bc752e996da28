import { describe, expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { dump, ending, engineOf, flow, labFiles, send } from './fixtures.ts';

const rules = dump({
  nat: [
    '-A PREROUTING -d 10.96.0.10/32 -p udp -j DNAT --to-destination 10.244.1.9:53',
    '-A POSTROUTING -p udp -j MASQUERADE',
  ],
  filter: ['-A FORWARD -m conntrack --ctstate ESTABLISHED', '-A FORWARD -m connmark --mark 0x7'],
});

/** The client's queries still go to a pod that no rule names any more. */
const stale = [
  'udp 17 28 src=198.51.100.7 dst=10.96.0.10 sport=40000 dport=53 [UNREPLIED] src=10.244.1.66 dst=198.51.100.7 sport=53 dport=40000 mark=7 use=1',
  'udp 17 118 src=198.51.100.8 dst=10.96.0.10 sport=40000 dport=53 src=10.244.1.77 dst=10.244.1.1 sport=53 dport=40123 [ASSURED] mark=0 use=1',
].join('\n');
const files = { ...labFiles, 'conntrack.txt': stale };

describe('connections of the snapshot', () => {
  const query = flow('client > 10.96.0.10:53 udp');

  test('pin a packet to where its first one went, whatever the rules say now', () => {
    const outcome = send(rules, query, files);
    expect(ending(outcome)).toBe('forward 198.51.100.7:40000 > 10.244.1.66:53 cni0');
    expect(outcome.path).toEqual(['filter/FORWARD/1']);
  });

  test('one that was answered makes the packet ESTABLISHED, both ways', () => {
    const from = { ...query.from, address: '198.51.100.8' };
    expect(send(rules, { ...query, from }, files)).toMatchObject({
      source: '10.244.1.1:40123',
      destination: '10.244.1.77:53',
      path: ['filter/FORWARD/0'],
    });
    const answer: Flow = {
      ...query,
      from: { kind: 'pod', address: '10.244.1.77', port: 53, interface: 'cni0' },
      to: { address: '10.244.1.1', port: 40123 },
    };
    expect(ending(send(rules, answer, files))).toBe('forward 10.96.0.10:53 > 198.51.100.8:40000 eth0');
  });

  test('leave others alone: a client that is not among them begins anew, for certain', () => {
    const from = { ...query.from, address: '198.51.100.9' };
    const trace = engineOf(rules, files).trace({ ...query, from });
    expect(trace.outcomes[0]?.destination).toEqual({ address: '10.244.1.9', port: 53 });
    expect(trace.assumptions).toEqual([]);
  });
});

describe('a SYN on a connection that conntrack.txt has as CLOSE', () => {
  const closed =
    'tcp 6 9 CLOSE src=198.51.100.7 dst=10.96.0.10 sport=40000 dport=80 src=10.244.1.66 dst=198.51.100.7 sport=80 dport=40000 [ASSURED] mark=0 use=1';
  const text = dump({
    nat: ['-A PREROUTING -d 10.96.0.10/32 -p tcp -j DNAT --to-destination 10.244.1.9:80'],
  });
  const trace = (packet: Flow) => engineOf(text, { ...labFiles, 'conntrack.txt': closed }).trace(packet);
  const syn = flow('client > 10.96.0.10:80 tcp');

  test('opens a new one, or belongs to the old one: nobody says who reset it', () => {
    const { outcomes, assumptions } = trace(syn);
    expect(outcomes.map(({ destination }) => destination?.address ?? '').toSorted()).toEqual([
      '10.244.1.66',
      '10.244.1.9',
    ]);
    expect(assumptions.map(({ code }) => code)).toEqual(['reset-by-unknown']);
  });

  test('is no question where a packet before shows who reset it', () => {
    const reset: Flow = { ...syn, packet: { tcpFlags: ['RST'] } };
    const { outcomes } = trace({ ...syn, after: [reset] });
    expect(outcomes.map(({ destination }) => destination?.address)).toEqual(['10.244.1.9']);
  });
});

describe('a state that the caller gives', () => {
  test('established: no translation, and the answer says so', () => {
    const trace = engineOf(rules).trace({ ...flow('client > 10.96.0.10:53 udp'), state: 'established' });
    expect(trace.outcomes[0]?.destination).toEqual({ address: '10.96.0.10', port: 53 });
    expect(trace.assumptions.map(({ code }) => code)).toEqual(['established-untranslated']);
  });

  test('established: it was answered, is sure of that, and no chain of nat is asked', () => {
    const asking = dump({
      nat: ['-A PREROUTING -p tcp', '-A POSTROUTING -p tcp -j MASQUERADE'],
      filter: [
        '-A FORWARD -m conntrack --ctstatus SEEN_REPLY',
        '-A FORWARD -m conntrack --ctstatus ASSURED',
        '-A FORWARD -m conntrack --ctdir REPLY',
      ],
    });
    const data: Flow = { ...flow('client > 10.244.1.5:80 tcp'), packet: { tcpFlags: ['ACK'] } };
    const { path } = send(asking, { ...data, state: 'established' });
    expect(path).toEqual(['filter/FORWARD/0', 'filter/FORWARD/1']);
    // What comes behind it finds the connection, and in which state: an answer to a SYN is none of an established one.
    const before: Flow = { ...data, state: 'established' };
    const further: Flow = { ...data, after: [before] };
    expect(send(asking, further).path).toEqual(path);
    const reset: Flow = { ...data, packet: { tcpFlags: ['SYN'] }, after: [before] };
    expect(send(asking, reset).path).toEqual(path);
  });

  test.each(['invalid', 'untracked'] as const)('%s: nat is not consulted', (state) => {
    expect(send(rules, { ...flow('client > 10.96.0.10:53 udp'), state }).destination).toBe('10.96.0.10:53');
  });
});
