/** Rules about what a flow may say of its node: sockets, queues, the time. */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dump, engineOf, flow, labFiles, results } from '../../kernel/fixtures.ts';

const syn = flow('client > 198.51.100.99:8080 tcp');
const proxy = { protocol: 'tcp', address: null, port: 15006, transparent: true } as const;

function verdicts(rules: string, packet: Flow, files = labFiles): readonly string[] {
  return results(engineOf(rules, files).trace(packet), packet).map(({ verdict, by }) => `${verdict} ${by}`);
}

/** A route of the mark to this node, as TPROXY wants it. */
const routed = {
  ...labFiles,
  'ip-rule.json': (labFiles['ip-rule.json'] ?? '').replace(
    ',{"priority":32766',
    ',{"priority":100,"src":"all","fwmark":"0x539","table":"133"},{"priority":32766',
  ),
  'ip-route.json': (labFiles['ip-route.json'] ?? '').replace(
    /\]$/,
    ',{"type":"local","dst":"default","dev":"lo","table":"133","scope":"host","flags":[]}]',
  ),
};

describe('TPROXY', () => {
  const rules = dump({
    mangle: ['-A PREROUTING -p tcp -j TPROXY --on-port 15006 --on-ip 0.0.0.0 --tproxy-mark 0x539/0xffffffff'],
  });

  test('hands the packet to a transparent socket, its addresses as they are', () => {
    const packet = { ...syn, listeners: [proxy] };
    const [outcome] = results(engineOf(rules, routed).trace(packet), packet);
    expect(outcome?.verdict).toBe('local');
    expect(outcome?.destination).toBe('198.51.100.99:8080');
    expect(outcome?.mark).toBe(0x539);
  });

  test('drops what no transparent socket takes', () => {
    expect(verdicts(rules, { ...syn, listeners: [] }, routed)).toEqual(['drop mangle/PREROUTING/0']);
    const plain = { ...proxy, transparent: false };
    expect(verdicts(rules, { ...syn, listeners: [plain] }, routed)).toEqual(['drop mangle/PREROUTING/0']);
  });

  test('gives what comes over a bridge no more than its mark', () => {
    const packet = { ...flow('pod > 198.51.100.99:8080 tcp'), listeners: [proxy] };
    expect(verdicts(rules, packet)).toEqual(['forward null']);
  });

  test('is in vain where no route leads its mark here', () => {
    expect(verdicts(rules, { ...syn, listeners: [proxy] })).toEqual(['drop kernel']);
  });

  test('is taken to have a route for its mark where no routes are known, which is said', () => {
    const packet = { ...syn, listeners: [proxy] };
    expect(verdicts(rules, packet, {})).toEqual(['local null']);
    const { assumptions } = engineOf(rules, {}).trace(packet);
    expect(assumptions.map(({ code }) => code)).toContain('tproxy-route-assumed');
  });

  test('is an open question where the flow does not say', () => {
    expect(verdicts(rules, syn, routed).toSorted()).toEqual(['drop mangle/PREROUTING/0', 'local null']);
  });
});

/** A rule that sends to queue 3 in FORWARD, and one that drops behind it. */
function toQueue(more: string): string {
  return dump({ filter: [`-A FORWARD -j NFQUEUE --queue-num 3${more}`, '-A FORWARD -j DROP'] });
}

describe('NFQUEUE', () => {
  const through = flow('client > 10.244.1.5:80 tcp');

  test('drops where nobody listens', () => {
    expect(verdicts(toQueue(''), { ...through, queues: [2] })).toEqual(['drop filter/FORWARD/0']);
  });

  test('lets pass where nobody listens and the rule says so', () => {
    expect(verdicts(toQueue(' --queue-bypass'), { ...through, queues: [] })).toEqual(['forward null']);
  });

  test('leaves it to the program that listens', () => {
    expect(verdicts(toQueue(''), { ...through, queues: [3] }).toSorted()).toEqual([
      'forward null',
      'unknown filter/FORWARD/0',
    ]);
  });

  test('asks whether one listens where the flow does not say', () => {
    expect(verdicts(toQueue(''), through)).toHaveLength(3);
  });
});

function dropOfSocket(options: string): string {
  return dump({ mangle: [`-A PREROUTING -m socket ${options} -j DROP`] });
}

describe('a socket of the node', () => {
  const own = flow('client > 192.168.0.2:80 tcp', {
    listeners: [
      { protocol: 'tcp', address: '0.0.0.0', port: 80, transparent: true },
      { protocol: 'tcp', address: '192.168.0.2', port: 443 },
    ],
  });
  test.each([
    ['', 80, 'local null'],
    ['--nowildcard', 80, 'drop mangle/PREROUTING/0'],
    ['--nowildcard --transparent', 80, 'drop mangle/PREROUTING/0'],
    ['', 443, 'drop mangle/PREROUTING/0'],
    ['--transparent', 443, 'local null'],
    ['--nowildcard', 81, 'local null'],
  ])('is found by “%s” at port %i: %s', (options, port, expected) => {
    expect(verdicts(dropOfSocket(options), { ...own, to: { ...own.to, port } })).toEqual([expected]);
  });
});

function at(utc: string, minutesWest?: number): Flow {
  const clock = minutesWest === undefined ? { utc } : { utc, minutesWest };
  return { ...flow('client > 192.168.0.2:80 tcp'), clock };
}

// 2026-11-29 is a Sunday.
describe('the time', () => {
  const noon = at('2026-11-29T12:00:00Z');
  test.each<readonly [string, Flow, boolean | null]>([
    ['--timestart 11:00 --timestop 13:00', noon, true],
    ['--timestart 13:00 --timestop 11:00', noon, false],
    ['--timestart 23:00 --timestop 01:00', at('2026-11-29T00:30:00Z'), true],
    ['--weekdays Sun', noon, true],
    ['! --weekdays Sat,Sun', noon, false],
    ['--monthdays 1,29', noon, true],
    ['--timestart 23:00 --timestop 01:00 --weekdays Sat --contiguous', at('2026-11-29T00:30:00Z'), true],
    ['--timestart 23:00 --timestop 01:00 --weekdays Sat', at('2026-11-29T00:30:00Z'), false],
    ['--datestart 2026-11-29T12:00:01', noon, false],
    ['--timestart 13:00 --timestop 14:00 --kerneltz', at('2026-11-29T12:00:00Z', -60), true],
    ['--timestart 13:00 --timestop 14:00 --kerneltz', noon, null],
    ['--weekdays Sun', flow('client > 192.168.0.2:80 tcp'), null],
  ])('%s', (options, packet, expected) => {
    const rules = dump({ filter: [`-A INPUT -m time ${options} -j DROP`] });
    const found = new Set(verdicts(rules, packet).map((verdict) => verdict.startsWith('drop')));
    expect(found).toEqual(new Set(expected === null ? [false, true] : [expected]));
  });
});

describe('a queue in table nat', () => {
  test('ends the nat of its hook without binding the connection', () => {
    const rules = dump({
      nat: ['-A OUTPUT -j NFQUEUE --queue-num 3 --queue-bypass', '-A PREROUTING -j RETURN'],
      filter: ['-A INPUT -m conntrack --ctstate INVALID'],
    });
    const packet = { ...flow('node > 127.0.0.1:80 tcp'), queues: [] };
    const [outcome] = results(engineOf(rules).trace(packet), packet);
    expect(outcome?.path).toEqual(['nat/OUTPUT/0', 'nat/PREROUTING/0']);
  });
});
