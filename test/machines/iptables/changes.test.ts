/** Targets that change a packet by a rule of their own: HMARK, SNPT, DNPT, ECN, shifted marks, SYNPROXY. */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import type { OutcomeResult } from '../../../src/kernel/flows.ts';
import type { Outcome } from '../../../src/kernel/trace.ts';
import { dump, engineOf, flow, labFiles, results, send } from '../../kernel/fixtures.ts';

const syn = flow('client > 10.244.1.5:80 tcp', { packet: { tcpFlags: ['SYN', 'ECE'] } });

/** What becomes of a packet whose port MASQUERADE picks, behind HMARK of that port. */
function ofPickedPort(modulus: number, ports: string, ...more: readonly string[]): readonly OutcomeResult[] {
  const hmark = `-j HMARK --hmark-tuple sport --hmark-mod ${modulus} --hmark-rnd 0x5 --hmark-offset 2`;
  const rules = dump({
    mangle: [`-A PREROUTING -i lo ${hmark}`, ...more.map((rule) => `-A INPUT -i lo ${rule}`)],
    nat: [`-A POSTROUTING -o lo -j MASQUERADE --to-ports ${ports}`],
  });
  const packet = flow('loopback > 127.0.0.1:80 tcp');
  return results(engineOf(rules).trace(packet), packet);
}

describe('HMARK', () => {
  test('is the same for both directions', () => {
    const rules = dump({
      mangle: [
        '-A PREROUTING -p tcp -j HMARK --hmark-tuple src,dst,sport,dport --hmark-mod 1000 --hmark-rnd 0x5',
      ],
    });
    const back = flow('pod > 198.51.100.7:40000 tcp', { from: { port: 80 } });
    const mark = send(rules, syn).mark;
    expect(send(rules, back).mark).toBe(mark);
    expect(mark).toBeLessThan(1000);
  });

  // The kernel agrees in test/realKernel/pickedPorts.test.ts.
  test.each(['2000-2999', '1024-65535 --random'])(
    'of a port that the kernel picks from %s is one of a few',
    (ports) => {
      const outcomes = ofPickedPort(4, ports);
      expect(outcomes.map(({ mark }) => mark).toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual([2, 3, 4, 5]);
      expect(outcomes.every(({ verdict }) => verdict === 'local')).toBe(true);
    },
  );

  test('of a port that the kernel picks is not known where there are many', () => {
    expect(ofPickedPort(17, '2000-2999')).toMatchObject([{ verdict: 'unknown' }]);
  });

  test('of a port that the kernel picks is the same for another rule that asks alike', () => {
    const again = '-j HMARK --hmark-tuple sport --hmark-mod 4 --hmark-rnd 0x5 --hmark-offset 102';
    const marks = ofPickedPort(4, '2000-2999', again).map(({ mark }) => mark);
    expect(marks.toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual([102, 103, 104, 105]);
  });
});

function spoils({ steps }: Outcome): boolean {
  return steps.some((step) => step.kind === 'rule' && 'spoils' in step.effect);
}

function podPacket(address: string): Flow {
  return {
    ...flow('pod > 198.51.100.7:80 tcp'),
    family: 6,
    from: { kind: 'pod', address, port: 40000, interface: 'cni0' },
    to: { address: '2001:db8:ffff::7', port: 80 },
  };
}

describe('prefixes without state', () => {
  const rules = dump({
    mangle: ['-A POSTROUTING -j SNPT --src-pfx fd01:203:405::/48 --dst-pfx 2001:db8:1::/48'],
  }).replaceAll('iptables-save', 'ip6tables-save');
  const engine = engineOf(rules, labFiles, 6);

  test('keep the checksum', () => {
    const packet = podPacket('fd01:203:405:1::1234');
    const trace = engine.trace(packet);
    // The example of RFC 6296, section 3.
    expect(results(trace, packet)[0]?.source).toBe('[2001:db8:1:d550::1234]:40000');
    expect(trace.outcomes.some(spoils)).toBe(false);
  });

  test('make it wrong for an address that does not have the prefix: no answer is promised', () => {
    const packet = podPacket('fd00:10:244:1::7');
    const trace = engine.trace(packet);
    expect(trace.outcomes.every(spoils)).toBe(true);
    const ways = engine
      .replies(packet, trace)
      .byOutcome.flat()
      .map(({ way }) => way.kind);
    expect(ways).toEqual(['not-awaited']);
  });
});

describe('what a rule takes out of the header', () => {
  test('later rules do not find', () => {
    const rules = dump({
      mangle: ['-A PREROUTING -p tcp -j ECN --ecn-tcp-remove'],
      filter: ['-A FORWARD -p tcp -m ecn --ecn-tcp-ece -j DROP'],
    });
    expect(send(rules, syn).verdict).toBe('forward');
  });
});

describe('a mark', () => {
  test('is shifted on its way', () => {
    const rules = dump({
      mangle: [
        '-A PREROUTING -j MARK --set-xmark 0x3/0xffffffff',
        '-A PREROUTING -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff0 --left-shift-mark 4',
        '-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xff00 --ctmask 0xff0 --left-shift-mark 8',
      ],
    });
    expect(send(rules, syn).mark).toBe(0x3003);
  });
});

describe('SYNPROXY', () => {
  const rules = dump({ filter: ['-A FORWARD -p tcp -j SYNPROXY --mss 1460', '-A FORWARD -j ACCEPT'] });
  test.each([
    [['SYN'] as const, 'drop'],
    [['ACK'] as const, 'drop'],
    [['RST'] as const, 'forward'],
  ])('with %j: %s', (tcpFlags, verdict) => {
    expect(send(rules, flow('client > 10.244.1.5:80 tcp', { packet: { tcpFlags } })).verdict).toBe(verdict);
  });
});

describe('the realm of a route', () => {
  const routes = (labFiles['ip-route.json'] ?? '').replace(
    '"gateway":"192.168.0.1"',
    '"gateway":"192.168.0.1","flow":{"to":"5"}',
  );
  const files = { ...labFiles, 'ip-route.json': routes };
  test.each([
    ['0x5', 'pod > 198.51.100.7:80 tcp', 'drop'],
    ['0x6', 'pod > 198.51.100.7:80 tcp', 'forward'],
    ['0x50000', 'client > 10.244.1.5:80 tcp', 'drop'],
    ['0x50000/0xffff0000', 'client > 10.244.1.5:80 tcp', 'drop'],
  ])('%s of %s: %s', (realm, packet, verdict) => {
    const rules = dump({ filter: [`-A FORWARD -m realm --realm ${realm} -j DROP`] });
    expect(send(rules, flow(packet), files).verdict).toBe(verdict);
  });

  test('is not known where policy rules give some', () => {
    const rules = dump({ filter: ['-A FORWARD -m realm --realm 0x5 -j DROP'] });
    const given = JSON.stringify([
      { priority: 0, src: 'all', table: 'local' },
      { priority: 10, src: '10.0.0.0', srclen: 8, table: 'main', flow_to: '5' },
      { priority: 32766, src: 'all', table: 'main' },
    ]);
    const trace = engineOf(rules, { ...labFiles, 'ip-rule.json': given }).trace(
      flow('pod > 198.51.100.7:80 tcp'),
    );
    expect(trace.outcomes.map(({ verdict }) => verdict).toSorted()).toEqual(['drop', 'forward']);
    expect(trace.assumptions.map(({ message }) => message).join()).toContain('ip rule … realms');
  });

  test.each([
    ['a machine', 'node > 198.51.100.7:80 tcp', 'drop'],
    ['everybody on the link', 'node > 255.255.255.255:80 udp', 'forward'],
    ['a group', 'node > 224.0.0.1:80 udp', 'forward'],
  ])('of a packet to %s: what goes to all has none of the default route', (_name, packet, verdict) => {
    const rules = dump({ filter: ['-A OUTPUT -m realm --realm 0x5 -j DROP'] });
    expect(send(rules, flow(packet), files).verdict).toBe(verdict);
  });

  test('is that of the route taken, whatever a rule does to the mark since', () => {
    const rules = dump({
      mangle: ['-A FORWARD -j MARK --set-xmark 0x1/0x1'],
      filter: ['-A FORWARD -m realm --realm 0x5 -j DROP'],
    });
    const marked = JSON.stringify([
      { priority: 0, src: 'all', table: 'local' },
      { priority: 10, src: 'all', fwmark: '0x1', fwmask: '0x1', table: '100' },
      { priority: 32766, src: 'all', table: 'main' },
    ]);
    expect(send(rules, flow('pod > 198.51.100.7:80 tcp'), { ...files, 'ip-rule.json': marked }).verdict).toBe(
      'drop',
    );
  });
});
