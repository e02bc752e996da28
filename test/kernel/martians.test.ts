/** Addresses that no node takes from another machine, where little is known of it; and those of many. */
import { expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { dump, engineOf, labFiles } from './fixtures.ts';

const RULES = dump({ filter: ['-A FORWARD -j ACCEPT'] });
const SOME = { 'ip-addr.json': labFiles['ip-addr.json'] ?? '' };

function verdicts(from: string, to: string, files: Parameters<typeof engineOf>[1]): string {
  const flow: Flow = {
    family: from.includes(':') ? 6 : 4,
    from: { kind: 'external', address: from, port: 40000 },
    to: { address: to, port: 80 },
    protocol: 'tcp',
  };
  const { outcomes } = engineOf(RULES, files, flow.family).trace(flow);
  return [...new Set(outcomes.map(({ verdict }) => verdict))].toSorted().join();
}

test.each([
  ['224.0.0.5', '10.244.1.7'],
  ['255.255.255.255', '10.244.1.7'],
  ['0.0.0.0', '10.244.1.7'],
  ['203.0.113.9', '0.0.0.0'],
  ['127.0.0.1', '10.244.1.7'],
  ['::1', 'fd00:10:244:1::7'],
  ['2001:db8::9', '::1'],
  ['ff02::5', 'fd00:10:244:1::7'],
  ['2001:db8::9', 'ff01::1'],
])('%s > %s is dropped, with rules alone and with addresses', (from, to) => {
  expect(verdicts(from, to, {})).toBe('drop');
  expect(verdicts(from, to, SOME)).toBe('drop');
});

test.each(['192.168.0.2', '10.244.1.1'])(
  '%s is refused from outside, by whichever interface it comes',
  (from) => {
    expect(verdicts(from, '10.244.1.7', SOME)).toBe('drop');
    expect(verdicts(from, '10.244.1.7', labFiles)).toBe('drop');
  },
);

test('240.0.0.9 is a source as any other', () => {
  expect(verdicts('240.0.0.9', '10.244.1.7', labFiles)).toBe('forward');
});

function codes(asked: Flow): readonly string[] {
  return engineOf(RULES)
    .trace(asked)
    .assumptions.map(({ code }) => code);
}

test('copies that a bridge sends to its other ports are named as not followed', () => {
  const flow: Flow = {
    family: 4,
    from: { kind: 'pod', address: '10.244.1.7', port: 40000, interface: 'cni0' },
    to: { address: '10.244.1.255', port: 80 },
    protocol: 'udp',
  };
  expect(codes(flow)).toContain('bridge-copies-not-followed');
  expect(codes({ ...flow, to: { address: '10.244.1.1', port: 80 } })).not.toContain(
    'bridge-copies-not-followed',
  );
});
