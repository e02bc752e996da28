import { expect, test } from 'vitest';
import { failureKind } from '../../../src/kubeproxy/narrative/failureKind.ts';

test.each([
  ['-d 10.96.0.10/32', 'destination'],
  ['! -d 10.244.0.0/16', 'destination'],
  ['--dst-type LOCAL', 'destination'],
  ['ip6 daddr fd00::1', 'destination'],
  ['fib daddr type local', 'destination'],
  ['-s 10.244.1.7/32', 'source'],
  ['ip saddr 10.244.1.7', 'source'],
  ['--dport 53', 'port'],
  ['--dports 80,443', 'port'],
  ['tcp dport 53', 'port'],
  ['-p udp', 'protocol'],
  ['meta l4proto udp', 'protocol'],
  ['-i eth0', 'interface'],
  ['oifname "eth0"', 'interface'],
  ['! --mark 0x4000/0x4000', 'mark'],
  ['meta mark & 0x00004000 != 0x00000000', 'mark'],
  ['--match-set blocked src', 'set'],
  ['ip daddr . meta l4proto . th dport vmap @service-ips', 'set'],
  ['--ctstate INVALID', 'state'],
  ['ct state new', 'state'],
  ['--probability 0.33333333349', 'chance'],
  ['--ttl-eq 64', 'other'],
])('%s: %s', (failing, kind) => {
  expect(failureKind(failing)).toBe(kind);
});
