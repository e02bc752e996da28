import { describe, expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { dump, ending, engineOf, flow, labFiles, results, send } from './fixtures.ts';

const packet = flow('client > 10.244.1.5:80 tcp');

/** How many ways there are where a rule before and rules behind a translation ask the same. */
function waysOf(asked: string): number {
  const rules = dump({
    mangle: [`-A PREROUTING ${asked}`, `-A FORWARD ${asked}`, `-A POSTROUTING ${asked}`],
    nat: ['-A PREROUTING -j DNAT --to-destination 10.244.1.9'],
  });
  return engineOf(rules).trace(packet).outcomes.length;
}

describe('where a packet goes, of which it is not known where it comes in', () => {
  const stranger: Flow = {
    ...flow('client > 10.9.9.9:80 udp'),
    from: { kind: 'external', address: '203.0.113.9', port: 4000 },
  };

  test.each<[Flow['to'], string]>([
    [{ address: '255.255.255.255', port: 80 }, 'local'],
    [{ address: '224.0.0.1', port: 80 }, 'local'],
    [{ address: '224.0.0.251', port: 80 }, 'drop'],
    [{ address: '10.9.9.9', port: 80 }, 'local,forward'],
    [{ kind: 'pod', address: '10.9.9.9', port: 80 }, 'forward'],
    [{ kind: 'external', address: '10.9.9.9', port: 80 }, 'forward'],
    [{ kind: 'node', address: '10.9.9.9', port: 80 }, 'local'],
  ])('%j: %s', (to, verdicts) => {
    const { outcomes } = engineOf(dump({}), {}).trace({ ...stranger, to });
    expect(outcomes.map(({ verdict }) => verdict).join()).toBe(verdicts);
  });

  test('is asked of where a rule has sent it since', () => {
    const rules = dump({ nat: ['-A PREROUTING -j DNAT --to-destination 10.9.9.10'] });
    const { assumptions } = engineOf(rules, {}).trace({
      ...stranger,
      to: { kind: 'pod', address: '10.9.9.9', port: 80 },
    });
    expect(assumptions.map(({ key }) => key)).toContain('local:10.9.9.10');
    expect(assumptions.map(({ key }) => key)).not.toContain('local:10.9.9.9');
  });
});

describe('what is not known', () => {
  test('is explored both ways, and each way says what it assumes', () => {
    const rules = dump({ filter: ['-A FORWARD -m string --string "x" --algo bm -j DROP'] });
    const trace = engineOf(rules).trace(packet);
    expect(
      trace.outcomes.map(({ verdict, probability, assuming }) => [verdict, probability, assuming]),
    ).toEqual([
      ['drop', 0.5, [{ key: expect.stringContaining('string'), value: true }]],
      ['forward', 0.5, [{ key: expect.stringContaining('string'), value: false }]],
    ]);
    expect(trace.assumptions.find(({ code }) => code === 'match-unknown')).toMatchObject({ branched: true });
  });

  test('gets one answer where it is asked twice, also when one of them is negated', () => {
    const rules = dump({
      filter: [
        '-A FORWARD -m set --match-set blocked src -j DROP',
        '-A FORWARD -m set ! --match-set blocked src -j ACCEPT',
        '-A FORWARD -j REJECT',
      ],
    });
    const outcomes = results(engineOf(rules).trace(packet), packet);
    expect(outcomes.map(ending)).toEqual([
      'drop filter/FORWARD/0',
      'forward 198.51.100.7:40000 > 10.244.1.5:80 cni0',
    ]);
  });

  test.each([
    ['the TOS', '-A PREROUTING -j TOS --set-tos 0x10/0xff', 4],
    ['the TTL', '-A PREROUTING -j TTL --ttl-set 9', 4],
    ['what nobody follows', '-A PREROUTING -p tcp -j TCPMSS --set-mss 1300', 4],
    ['nothing, since it was so already', '-A PREROUTING -j TOS --set-tos 0x00/0xff', 2],
    ['its mark only', '-A PREROUTING -j MARK --set-mark 3', 2],
  ])('is asked again where a rule has changed %s of the packet', (_, change, ways) => {
    const asked = '-m osf --genre Linux -p tcp';
    const rules = dump({
      mangle: [`-A PREROUTING ${asked}`, change, `-A FORWARD ${asked}`, `-A POSTROUTING ${asked}`],
    });
    expect(engineOf(rules).trace(packet).outcomes).toHaveLength(ways);
  });

  test('is asked again of a translated packet, unless it is of its payload', () => {
    expect(waysOf('-p tcp -m osf --genre Linux')).toBe(4);
    expect(waysOf('-m string --string "x" --algo bm')).toBe(2);
  });

  test('is not asked where another option settles the rule', () => {
    const rules = dump({ filter: ['-A FORWARD -m string --string "x" --algo bm -p udp -j DROP'] });
    expect(engineOf(rules).trace(packet).outcomes).toHaveLength(1);
  });

  test('can be decided by the caller', () => {
    const rules = dump({ filter: ['-A FORWARD -m set --match-set blocked src -j DROP'] });
    const engine = engineOf(rules);
    const key = engine.trace(packet).assumptions.find(({ code }) => code === 'ipset-unknown')?.key ?? '';
    const verdicts = [true, false].map((value) =>
      engine.trace(packet, { decisions: [{ key, value }] }).outcomes.map(({ verdict }) => verdict),
    );
    expect(verdicts).toEqual([['drop'], ['forward']]);
  });

  test('does not explode: what is too much becomes one unknown outcome, and all sums to 1', () => {
    const unknown = Array.from(
      { length: 60 },
      (_, index) => `-A FORWARD -m string --string "${index}" --algo bm -j LOG`,
    );
    const trace = engineOf(dump({ filter: unknown })).trace(packet);
    expect(trace.outcomes.length).toBeLessThanOrEqual(4097);
    expect(trace.outcomes.at(-1)?.verdict).toBe('unknown');
    expect(trace.outcomes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
    expect(trace.assumptions.map(({ code }) => code)).toContain('too-many-branches');
  });

  test('an unknown target may let the packet pass or keep it', () => {
    const rules = dump({ filter: ['-A FORWARD -j CLUSTERIP', '-A FORWARD -j DROP'] });
    const trace = engineOf(rules).trace(packet);
    expect(trace.outcomes.map(({ verdict }) => verdict)).toEqual(['drop', 'unknown']);
  });

  test('a jump to a chain that is not there is an unknown target', () => {
    const rules = dump({ filter: ['-A FORWARD -j GONE'] });
    expect(engineOf(rules).trace(packet).assumptions[0]?.message).toContain(
      'a chain that is not in this dump',
    );
  });
});

describe('a dump alone, without the node', () => {
  const rules = dump({
    nat: [
      '-A PREROUTING -j KUBE-SERVICES',
      '-A OUTPUT -j KUBE-SERVICES',
      '-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully',
      '-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-A',
      '-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
      '-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j MARK --set-xmark 0x4000/0x4000',
      '-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-SVC-A',
      '-A KUBE-SVC-A -m recent --rcheck --seconds 60 --name SEP1 --rsource -j KUBE-SEP-1',
      '-A KUBE-SVC-A -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-1',
      '-A KUBE-SVC-A -j KUBE-SEP-2',
      '-A KUBE-SEP-1 -p tcp -m recent --set --name SEP1 --rsource -m tcp -j DNAT --to-destination 10.244.1.9:80',
      '-A KUBE-SEP-2 -p tcp -m tcp -j DNAT --to-destination 10.244.2.9:80',
    ],
  });

  test('still says where a pod’s packet to a Service goes, and what it takes for granted', () => {
    const from = { kind: 'pod', address: '10.244.1.5', port: 40000 } as const;
    const packetToService = { ...flow('pod > 10.96.0.10:80 tcp'), from };
    const trace = engineOf(rules, {}).trace(packetToService);
    expect(results(trace, packetToService).map((outcome) => [ending(outcome), outcome.probability])).toEqual([
      ['forward 10.244.1.5:40000 > 10.244.1.9:80 null', 0.5],
      ['forward 10.244.1.5:40000 > 10.244.2.9:80 null', 0.5],
    ]);
    expect(trace.assumptions.every(({ branched }) => !branched)).toBe(true);
    expect(new Set(trace.assumptions.map(({ code }) => code))).toEqual(
      new Set([
        'arrival-unknown',
        'recent-empty',
        'local-addresses-unknown',
        'routing-unknown',
        'new-connection',
      ]),
    );
  });

  test('asks whether a node port’s address is the node’s, and does not know the masquerading address', () => {
    const outside = flow('client > 192.168.0.2:30080 tcp');
    const outcomes = results(engineOf(rules, {}).trace(outside), outside);
    expect(outcomes.map(ending)).toEqual([
      'forward null > 10.244.1.9:80 null',
      'forward null > 10.244.2.9:80 null',
      'forward 198.51.100.7:40000 > 192.168.0.2:30080 null',
    ]);
    expect(outcomes.map(({ masqueraded }) => masqueraded)).toEqual([true, true, false]);
    expect(outcomes.map(({ assuming }) => assuming?.[0])).toEqual([
      { key: 'local:192.168.0.2', value: true },
      { key: 'local:192.168.0.2', value: true },
      { key: 'local:192.168.0.2', value: false },
    ]);
  });

  test('a process that leaves its address to routing still reaches a Service', () => {
    const own: Flow = {
      ...flow('node > 10.96.0.10:80 tcp'),
      from: { kind: 'node', address: null, port: null },
    };
    const trace = engineOf(rules, {}).trace(own);
    expect(results(trace, own).map(ending)).toEqual([
      'forward null > 10.244.1.9:80 null',
      'forward null > 10.244.2.9:80 null',
    ]);
    expect(trace.outcomes[0]?.conntrack?.originalSource.address).toBe('?');
    const known = results(engineOf(rules).trace(own), own);
    expect(known.map(({ source }) => source)).toEqual(['192.168.0.2:40000', '192.168.0.2:40000']);
  });

  test('a remembered client can be assumed', () => {
    const again = flow('pod > 10.96.0.10:80 tcp');
    const decisions = [{ key: 'recent:SEP1', value: true }];
    const outcome = send(rules, again, labFiles, { decisions });
    expect(ending(outcome)).toContain('10.244.1.9:80');
  });

  test('a DNAT to 127.0.0.1 depends on route_localnet', () => {
    const toLoopback = dump({
      nat: ['-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 127.0.0.1:8080'],
    });
    const outcomes = results(engineOf(toLoopback, {}).trace(packet), packet);
    expect(outcomes.map(({ verdict, by }) => [verdict, by])).toEqual([
      ['local', null],
      ['drop', 'kernel'],
    ]);
  });

  test('a DNAT to ::1 is dropped whatever is not known', () => {
    const toLoopback = dump({ nat: ['-A PREROUTING -p tcp -j DNAT --to-destination [::1]:8080'] });
    const engine = engineOf(toLoopback.replaceAll('iptables-save', 'ip6tables-save'), {}, 6);
    const outcomes = engine.trace({
      family: 6,
      from: { kind: 'external', address: '2001:db8::7', port: 40000 },
      to: { address: 'fd00:192:168::2', port: 80 },
      protocol: 'tcp',
    }).outcomes;
    expect(outcomes.map(({ reason }) => reason)).toEqual(['::1 is only valid within one machine']);
  });
});

describe('a limit on new connections by recent', () => {
  // The rules that ufw and many a blog write against brute force.
  const rules = dump({
    filter: [
      '-A INPUT -p tcp -m tcp --dport 22 -m recent --set --name SSH --rsource',
      '-A INPUT -p tcp -m tcp --dport 22 -m recent --update --seconds 30 --hitcount 6 --name SSH --rsource -j DROP',
    ],
  });
  const login = flow('client > 192.168.0.2:22 tcp');

  test('is taken not to be reached, aloud, and may be taken to be', () => {
    const trace = engineOf(rules).trace(login);
    expect(trace.outcomes.map(({ verdict }) => verdict)).toEqual(['local']);
    const [told] = trace.assumptions.filter(({ code }) => code === 'recent-empty');
    expect(told?.claim).toBe('list SSH remembers 6 packets of 198.51.100.7');
    const decisions = [{ key: told?.key ?? '', value: true }];
    const decided = engineOf(rules).trace(login, { decisions });
    expect(decided.outcomes.map(({ verdict }) => verdict)).toEqual(['drop']);
  });
});
