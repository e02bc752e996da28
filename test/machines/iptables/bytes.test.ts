import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dump, engineOf, flow, results } from '../../kernel/fixtures.ts';

const syn = flow('client > 192.168.0.2:80 tcp', { packet: { ttl: 61, tos: 0x10 } });
const sized = flow('client > 192.168.0.2:80 udp', { packet: { length: 100 } });

/** `yes`, `no`, or `open` where both are explored. */
function answer(options: string, packet: Flow = syn): string {
  const rules = dump({ mangle: [`-A PREROUTING ${options}`] });
  const found = results(engineOf(rules).trace(packet), packet).map(({ path }) => path.length > 0);
  return found.length > 1 ? 'open' : found[0] === true ? 'yes' : 'no';
}

describe('u32', () => {
  test.each([
    ['6&0xFF=6', syn, 'yes'],
    ['6&0xFF=1,17', syn, 'no'],
    ['8>>24=60:62', syn, 'yes'],
    ['12=0xC6336407', syn, 'yes'],
    ['0>>22&0x3C@0>>16=40000', syn, 'yes'],
    ['6&0xFF=6&&0>>22&0x3C@12>>16&0x17=2', syn, 'yes'],
    ['6&0x200000FF=6', syn, 'yes'],
    ['4>>16=0', syn, 'open'],
    ['0&0xFFFF=40', syn, 'open'],
    ['0&0xFFFF=100', sized, 'yes'],
    ['96=1', sized, 'open'],
    ['97=1', sized, 'no'],
    ['4>>16=0&&6&0xFF=1', syn, 'no'],
  ] as const)('%s', (tests, packet, expected) => {
    expect(answer(`-m u32 --u32 "${tests}"`, packet)).toBe(expected);
  });

  test('is negated as a whole, also where the packet ends before', () => {
    expect(answer('-m u32 ! --u32 "97=1"', sized)).toBe('yes');
  });
});

describe('bpf', () => {
  test.each([
    ['ip proto 6', '4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0', 'yes'],
    ['tcp dst port 80', '7,48 0 0 9,21 0 4 6,177 0 0 0,72 0 0 2,21 0 1 80,6 0 0 1,6 0 0 0', 'yes'],
    ['tcp dst port 81', '7,48 0 0 9,21 0 4 6,177 0 0 0,72 0 0 2,21 0 1 81,6 0 0 1,6 0 0 0', 'no'],
    ['the identification', '4,40 0 0 4,21 0 1 7,6 0 0 1,6 0 0 0', 'open'],
    ['the TTL and one, through memory', '6,48 0 0 8,4 0 0 1,2 0 0 3,96 0 0 3,21 0 0 62,22 0 0 0', 'yes'],
    ['no program', 'x', 'open'],
  ])('%s', (_, program, expected) => {
    expect(answer(`-m bpf --bytecode "${program}"`)).toBe(expected);
  });
});
