/** What a simulator easily gets wrong (each seen in a real kernel: the recorded flows hold many more of each). */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { dump, ending, engineOf, flow, labFiles, results, send, sequence } from './fixtures.ts';

const count = (table: string, hooks: readonly string[]): readonly string[] =>
  hooks.map((hook) => `-A ${hook} -m comment --comment ${table}`);
const everywhere = {
  raw: count('raw', ['PREROUTING', 'OUTPUT']),
  mangle: count('mangle', ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']),
  nat: count('nat', ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING']),
  filter: [
    ...count('filter', ['INPUT', 'FORWARD', 'OUTPUT']),
    '-A OUTPUT -d 255.1.2.3/32 -m conntrack --ctstate NEW',
  ],
  security: count('security', ['INPUT', 'FORWARD', 'OUTPUT']),
};
const places = (path: readonly string[]): string => path.map((place) => place.replace('/0', '')).join(' ');

describe('the order of hooks and tables', () => {
  const input = 'raw/PREROUTING mangle/PREROUTING nat/PREROUTING mangle/INPUT filter/INPUT';

  test('forwarded', () => {
    expect(places(send(dump(everywhere), flow('client > 10.244.1.5:80 tcp')).path)).toBe(
      'raw/PREROUTING mangle/PREROUTING nat/PREROUTING mangle/FORWARD filter/FORWARD security/FORWARD mangle/POSTROUTING nat/POSTROUTING',
    );
  });

  test('delivered, nf_tables: security behind nat', () => {
    expect(places(send(dump(everywhere), flow('client > 192.168.0.2:80 tcp')).path)).toBe(
      `${input} nat/INPUT security/INPUT`,
    );
  });

  test('delivered, legacy: security before nat', () => {
    const legacy = dump(everywhere, {}, 'legacy');
    expect(places(send(legacy, flow('client > 192.168.0.2:80 tcp')).path)).toBe(
      `${input} security/INPUT nat/INPUT`,
    );
  });

  test('through lo: nat once', () => {
    expect(places(send(dump(everywhere), flow('node > 192.168.0.2:80 tcp')).path)).toBe(
      'raw/OUTPUT mangle/OUTPUT nat/OUTPUT filter/OUTPUT security/OUTPUT mangle/POSTROUTING nat/POSTROUTING raw/PREROUTING mangle/PREROUTING mangle/INPUT filter/INPUT security/INPUT',
    );
  });

  test('nat is never consulted where no rule needs conntrack', () => {
    const rules = dump({ ...everywhere, filter: [] });
    expect(
      send(rules, flow('client > 10.244.1.5:80 tcp')).path.filter((place) => place.startsWith('nat')),
    ).toEqual([]);
  });
});

describe('states of first packets', () => {
  const rules = dump({
    filter: ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'].map(
      (state) => `-A FORWARD -m conntrack --ctstate ${state}`,
    ),
  });
  const states = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'];
  const stateOf = (packet: Flow): string =>
    send(rules, packet)
      .path.map((place) => states[Number(place.at(-1))])
      .join();
  test.each([
    [['SYN'], 'NEW'],
    [['SYN', 'ECE', 'CWR'], 'NEW'],
    [['ACK'], 'NEW'],
    [['ACK', 'PSH'], 'NEW'],
    [['SYN', 'ACK'], 'INVALID'],
    [['RST'], 'INVALID'],
    [['RST', 'ACK'], 'INVALID'],
    [['FIN'], 'INVALID'],
    [['FIN', 'ACK'], 'INVALID'],
    [['SYN', 'FIN'], 'INVALID'],
    [['FIN', 'PSH', 'URG'], 'INVALID'],
    [[], 'INVALID'],
  ] as const)('TCP %j is %s', (tcpFlags, state) => {
    expect(stateOf(flow('client > 10.244.1.5:80 tcp', { packet: { tcpFlags } }))).toBe(state);
  });

  test.each([
    [8, 'NEW'],
    [13, 'NEW'],
    [0, 'INVALID'],
    [14, 'INVALID'],
    [3, 'INVALID'],
    [11, 'INVALID'],
    [42, 'INVALID'],
  ])('ICMP type %i is %s', (icmpType, state) => {
    expect(stateOf(flow('client > 10.244.1.5 icmp', { packet: { icmpType } }))).toBe(state);
  });

  test('an answer is ESTABLISHED, and so is what follows it', () => {
    const first = flow('client > 10.244.1.5:80 udp');
    const answer: Flow = {
      ...first,
      from: { kind: 'pod', address: '10.244.1.5', port: 80, interface: 'cni0' },
      to: { address: '198.51.100.7', port: 40000 },
    };
    expect(stateOf({ ...first, after: [first] })).toBe('NEW');
    expect(stateOf({ ...answer, after: [first] })).toBe('ESTABLISHED');
    expect(stateOf({ ...first, after: [first, answer] })).toBe('ESTABLISHED');
  });

  test('an ICMP error about a connection is RELATED, about nothing INVALID, to another address INVALID', () => {
    const first = flow('client > 10.244.1.5:80 udp');
    const error: Flow = {
      family: 4,
      from: { kind: 'pod', address: '10.244.1.5', port: null, interface: 'cni0' },
      to: { address: '198.51.100.7', port: null },
      protocol: 'icmp',
      packet: { icmpType: 3, icmpCode: 3, quote: first },
    };
    expect(stateOf({ ...error, after: [first] })).toBe('RELATED');
    expect(stateOf(error)).toBe('INVALID');
    expect(stateOf({ ...error, to: { address: '198.51.100.9', port: null }, after: [first] })).toBe(
      'INVALID',
    );
  });

  test('a reset in answer to a SYN ends the connection: the next SYN is a new one', () => {
    const nat = dump({ nat: ['-A PREROUTING -p tcp'], filter: ['-A FORWARD -m conntrack --ctstate NEW'] });
    const syn = flow('client > 10.244.1.5:80 tcp');
    const reset: Flow = {
      ...syn,
      from: { kind: 'pod', address: '10.244.1.5', port: 80, interface: 'cni0' },
      to: { address: '198.51.100.7', port: 40000 },
      packet: { tcpFlags: ['RST', 'ACK'] },
    };
    expect(send(nat, { ...syn, after: [syn] }).path).not.toContain('nat/PREROUTING/0');
    expect(send(nat, { ...syn, after: [syn, reset] }).path).toContain('nat/PREROUTING/0');
  });

  test('a reset that acknowledges an answer which nobody gave is INVALID, and ends no connection', () => {
    const syn = flow('client > 10.244.1.5:80 tcp');
    const odd: Flow = { ...syn, packet: { tcpFlags: ['RST', 'ACK'] } };
    expect(stateOf({ ...odd, after: [syn] })).toBe('INVALID');
    expect(stateOf({ ...syn, packet: { tcpFlags: ['RST'] }, after: [syn, odd] })).toBe('NEW');
    const invalid = dump({ filter: ['-A FORWARD -m conntrack --ctstate INVALID'] });
    const liberal = `${labFiles['sysctl.txt'] ?? ''}\nnet.netfilter.nf_conntrack_tcp_be_liberal = 1\n`;
    const lax = { ...labFiles, 'sysctl.txt': liberal };
    expect(send(invalid, { ...odd, after: [syn] }).path).toEqual(['filter/FORWARD/0']);
    expect(send(invalid, { ...odd, after: [syn] }, lax).path).toEqual([]);
  });
});

const marked = (table: string): string => dump({ [table]: ['-A OUTPUT -j MARK --set-xmark 0x1/0x1'] });

describe('routing and bridges', () => {
  test('a mark set in mangle OUTPUT routes again by its rule; one set in filter OUTPUT does not', () => {
    const files = {
      ...labFiles,
      'ip-rule.json': JSON.stringify([
        { priority: 0, src: 'all', table: 'local' },
        { priority: 100, src: 'all', fwmark: '0x1', table: '100' },
        { priority: 32766, src: 'all', table: 'main' },
      ]),
      'ip-route.json': JSON.stringify([
        ...JSON.parse(labFiles['ip-route.json'] ?? '[]'),
        { dst: 'default', dev: 'cni0', table: '100', flags: [] },
      ]),
    };
    expect(send(marked('mangle'), flow('node > 203.0.113.9:80 tcp'), files).interface).toBe('cni0');
    expect(send(marked('filter'), flow('node > 203.0.113.9:80 tcp'), files).interface).toBe('eth0');
  });

  test('a pod that reaches a neighbour through a Service stays on the bridge: the TTL is kept, the hooks see the bridge twice', () => {
    const rules = dump({
      nat: ['-A PREROUTING -d 10.96.0.10/32 -p tcp -j DNAT --to-destination 10.244.1.9:80'],
      filter: [
        '-A FORWARD -i cni0 -o cni0',
        '-A FORWARD -m ttl --ttl-eq 64',
        '-A FORWARD -m physdev --physdev-is-bridged',
      ],
    });
    const outcome = send(rules, flow('pod > 10.96.0.10:80 tcp'));
    expect(outcome.path).toEqual([
      'nat/PREROUTING/0',
      'filter/FORWARD/0',
      'filter/FORWARD/1',
      'filter/FORWARD/2',
    ]);
  });

  test('without hairpin mode a frame does not leave by the port that it came in by', () => {
    const files = {
      ...labFiles,
      'bridge-link.txt': (labFiles['bridge-link.txt'] ?? '').replace('hairpin on', 'hairpin off'),
    };
    const rules = dump({
      nat: ['-A PREROUTING -d 10.96.0.10/32 -p tcp -j DNAT --to-destination 10.244.1.5:80'],
    });
    expect(send(rules, flow('pod > 10.96.0.10:80 tcp'), files)).toMatchObject({
      verdict: 'drop',
      by: 'kernel',
    });
  });

  // The kernel agrees in test/realKernel/handMadePackets.test.ts.
  test('a frame for another machine, on a device that is no bridge, meets no rule and goes nowhere', () => {
    const outcome = send(
      dump({ raw: ['-A PREROUTING'] }),
      flow('client > 10.244.1.5:80 tcp', { packet: { l2: 'bridged' } }),
    );
    expect(outcome).toMatchObject({ verdict: 'drop', by: 'kernel', path: [] });
  });

  // The kernel agrees in test/realKernel/handMadePackets.test.ts.
  test('on a bridge of which one port alone has hairpin mode a frame may go back', () => {
    const files = {
      ...labFiles,
      'bridge-link.txt': `${labFiles['bridge-link.txt'] ?? ''}9: quiet@quieter: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master cni0 state forwarding priority 32 cost 2\n    hairpin off guard off\n`,
    };
    const rules = dump({
      nat: ['-A PREROUTING -d 10.96.0.10/32 -p tcp -j DNAT --to-destination 10.244.1.5:80'],
    });
    const packet = flow('pod > 10.96.0.10:80 tcp');
    const verdicts = results(engineOf(rules, files).trace(packet), packet).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(['forward', 'drop']);
  });

  test('a forwarded packet’s TTL is lowered before FORWARD sees it; 1 is too little', () => {
    const rules = dump({ filter: ['-A FORWARD -m ttl --ttl-eq 63', '-A INPUT -m ttl --ttl-eq 1'] });
    expect(send(rules, flow('client > 10.244.1.5:80 tcp')).path).toEqual(['filter/FORWARD/0']);
    const last = { packet: { ttl: 1 } };
    expect(send(rules, flow('client > 10.244.1.5:80 tcp', last))).toMatchObject({
      verdict: 'drop',
      by: 'kernel',
      reason: 'the TTL ran out',
    });
    expect(send(rules, flow('client > 192.168.0.2:80 tcp', last)).path).toEqual(['filter/INPUT/0']);
  });

  test('DNAT to 127.0.0.1 from outside needs route_localnet', () => {
    const rules = dump({ nat: ['-A PREROUTING -p tcp -j DNAT --to-destination 127.0.0.1:8080'] });
    const outcome = send(rules, flow('client > 192.168.0.2:80 tcp'));
    expect([outcome.by, outcome.path]).toEqual(['kernel', ['nat/PREROUTING/0']]);
    const files = {
      ...labFiles,
      'sysctl.txt': (labFiles['sysctl.txt'] ?? '').replace(
        'eth0.route_localnet = 0',
        'eth0.route_localnet = 1',
      ),
    };
    expect(ending(send(rules, flow('client > 192.168.0.2:80 tcp'), files))).toBe(
      'local 198.51.100.7:40000 > 127.0.0.1:8080 eth0',
    );
  });

  test('a loopback source that OUTPUT sends elsewhere fails after nat OUTPUT', () => {
    const rules = dump({
      nat: ['-A OUTPUT -p tcp -j DNAT --to-destination 10.244.1.5:80'],
      filter: ['-A OUTPUT'],
    });
    expect(send(rules, flow('loopback > 127.0.0.1:80 tcp'))).toMatchObject({
      by: 'kernel',
      path: ['nat/OUTPUT/0'],
    });
  });
});

describe('what the node sends to everybody', () => {
  const rules = dump({
    raw: ['-A PREROUTING'],
    mangle: [
      '-A PREROUTING -m pkttype --pkt-type unicast',
      '-A PREROUTING -m pkttype --pkt-type broadcast',
      '-A INPUT',
      '-A POSTROUTING',
    ],
    nat: ['-A PREROUTING', '-A INPUT', '-A POSTROUTING', '-A POSTROUTING -p sctp -j MASQUERADE'],
  });

  test.each(['192.168.0.255', '255.255.255.255'])(
    'comes back as a copy by the same interface: %s',
    (address) => {
      const outcome = send(rules, flow(`node > ${address}:80 udp`));
      expect([outcome.verdict, outcome.interface]).toEqual(['forward', 'eth0']);
      expect(outcome.path).toEqual([
        'mangle/POSTROUTING/0',
        'nat/POSTROUTING/0',
        'raw/PREROUTING/0',
        'mangle/PREROUTING/1',
        'mangle/INPUT/0',
        'mangle/POSTROUTING/0',
      ]);
    },
  );

  test('a multicast that it has not joined only leaves', () => {
    expect(send(rules, flow('node > 224.0.0.9:80 udp')).path).toEqual([
      'mangle/POSTROUTING/0',
      'nat/POSTROUTING/0',
    ]);
  });
});

describe('REJECT', () => {
  const rules = dump({
    filter: [
      '-A FORWARD -p tcp -j REJECT --reject-with tcp-reset',
      '-A FORWARD -j REJECT',
      '-A INPUT -j REJECT',
    ],
  });
  test.each([
    [flow('client > 10.244.1.5:80 tcp'), 'reject', 'tcp-reset'],
    [flow('client > 10.244.1.5:80 tcp', { packet: { tcpFlags: ['RST'] } }), 'drop', null],
    [flow('client > 10.244.1.5:80 udp'), 'reject', 'icmp-port-unreachable'],
    [flow('client > 10.244.1.5 icmp', { packet: { icmpType: 0 } }), 'reject', 'icmp-port-unreachable'],
    [flow('client > 10.244.1.5 icmp', { packet: { icmpType: 3 } }), 'drop', null],
    [flow('client > 192.168.0.255:80 udp'), 'drop', null],
  ] as const)('%j', (packet, verdict, rejectWith) => {
    expect(send(rules, packet)).toMatchObject({ verdict, rejectWith });
  });
});

describe('sequences', () => {
  const affinity = dump({
    nat: [
      '-A PREROUTING -d 10.96.0.10/32 -j SVC',
      '-A SVC -m recent --rcheck --seconds 10800 --reap --name A --mask 255.255.255.255 --rsource -j SEP-A',
      '-A SVC -m recent --rcheck --seconds 10800 --reap --name B --mask 255.255.255.255 --rsource -j SEP-B',
      '-A SVC -m statistic --mode random --probability 0.50000000000 -j SEP-A',
      '-A SVC -j SEP-B',
      '-A SEP-A -p tcp -m recent --set --name A --mask 255.255.255.255 --rsource -j DNAT --to-destination 10.244.1.5:80',
      '-A SEP-B -p tcp -m recent --set --name B --mask 255.255.255.255 --rsource -j DNAT --to-destination 10.244.1.6:80',
    ],
  });

  test('ClientIP affinity: the same client again, and another one', () => {
    const first = flow('client > 10.96.0.10:80 tcp');
    const again = flow('client > 10.96.0.10:80 tcp', { from: { port: 40001 } });
    const other = flow('client > 10.96.0.10:80 tcp', { from: { address: '198.51.100.8' } });
    const { joint } = engineOf(affinity).traceSequence(sequence(first, again, other));
    expect(joint).toEqual([
      {
        results: ['forward 10.244.1.5:80', 'forward 10.244.1.5:80', 'forward 10.244.1.5:80'],
        probability: 0.25,
      },
      {
        results: ['forward 10.244.1.5:80', 'forward 10.244.1.5:80', 'forward 10.244.1.6:80'],
        probability: 0.25,
      },
      {
        results: ['forward 10.244.1.6:80', 'forward 10.244.1.6:80', 'forward 10.244.1.5:80'],
        probability: 0.25,
      },
      {
        results: ['forward 10.244.1.6:80', 'forward 10.244.1.6:80', 'forward 10.244.1.6:80'],
        probability: 0.25,
      },
    ]);
  });

  test('every nth packet: after one that matched, n - 1 do not', () => {
    const rules = dump({ filter: ['-A FORWARD -m statistic --mode nth --every 3 --packet 0 -j DROP'] });
    const one = flow('client > 10.244.1.5:80 udp');
    const { joint } = engineOf(rules).traceSequence(sequence(one, one, one));
    expect(
      joint.map(({ results: row, probability }) => [
        row.map((text) => text.slice(0, 4)).join(' '),
        probability.toFixed(3),
      ]),
    ).toEqual([
      ['drop forw forw', '0.333'],
      ['forw drop forw', '0.333'],
      ['forw forw drop', '0.333'],
    ]);
  });

  test('a printed probability is the 31-bit threshold that the kernel compares with', () => {
    const rules = dump({
      filter: ['-A FORWARD -m statistic --mode random --probability 0.33333333349 -j DROP'],
    });
    expect(engineOf(rules).trace(flow('client > 10.244.1.5:80 tcp')).outcomes[0]?.probability).toBe(
      715827883 / 2 ** 31,
    );
  });
});

describe('files with more than one dump', () => {
  test('a later section of a table replaces an earlier one', () => {
    const rules = dump({ filter: ['-A FORWARD -j DROP'] }) + dump({ filter: ['-A FORWARD -j ACCEPT'] });
    expect(send(rules, flow('client > 10.244.1.5:80 tcp')).verdict).toBe('forward');
  });
});
