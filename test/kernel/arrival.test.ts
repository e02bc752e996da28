import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/values/address.ts';
import { inferArrival } from '../../src/kernel/arrival.ts';
import { labFiles, nodeOf } from './fixtures.ts';

describe('where packets of an address come in', () => {
  test.each([
    ['10.244.1.5', { kind: 'pod', interface: 'cni0' }],
    ['192.168.0.2', { kind: 'node', interface: null }],
    ['10.244.1.1', { kind: 'node', interface: null }],
    ['127.0.0.1', { kind: 'node', interface: null }],
    ['192.168.0.77', { kind: 'external', interface: 'eth0' }],
    ['203.0.113.9', { kind: 'external', interface: 'eth0' }],
    ['fd00:10:244:1::5', { kind: 'pod', interface: 'cni0' }],
    ['2001:db8::1', { kind: 'external', interface: 'eth0' }],
  ])('%s', (text, guess) => {
    const address = parseAddress(text);
    expect(address !== null && inferArrival(nodeOf(labFiles), address.family, address)).toEqual(guess);
  });

  test('is not known without routes', () => {
    const address = parseAddress('10.244.1.5');
    expect(address !== null && inferArrival(nodeOf({}), 4, address)).toEqual({
      kind: 'external',
      interface: undefined,
    });
  });
});
