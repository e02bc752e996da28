import { expect, test } from 'vitest';
import { joinHostPort, readHostPort } from '../../src/values/hostPort.ts';

test.each([
  ['10.244.1.5', 8080, '10.244.1.5:8080'],
  ['fd00::5', 53, '[fd00::5]:53'],
])('%s and %i are %s, and back', (address, port, text) => {
  expect(joinHostPort(address, port)).toBe(text);
  expect(readHostPort(text)).toEqual({ address, port });
});

test.each([
  ['10.244.1.5', '10.244.1.5'],
  ['fd00::5', 'fd00::5'],
  ['[fd00::5]', 'fd00::5'],
  ['10.244.1.5:8000-8010', '10.244.1.5'],
  ['', ''],
])('%j names no one port', (text, address) => {
  expect(readHostPort(text)).toEqual({ address, port: null });
});
