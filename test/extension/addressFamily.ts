import * as assert from 'node:assert/strict';
import { isIpv6 } from '../../src/extension/commands/addressFamily.ts';
import { Suite } from './runner.ts';

export const addressFamily = new Suite('the family of an end of a packet');

for (const end of [
  'fd00::1',
  '[fd00::1]:80',
  '::1',
  'pod:fd00::1',
  'external:[2001:db8::9]:5000',
  '::ffff:10.0.0.1',
]) {
  addressFamily.test(`${end} is of IPv6`, () => assert.ok(isIpv6(end)));
}
for (const end of [
  '',
  '10.96.0.10',
  '10.96.0.10:53',
  'pod:10.244.1.7',
  'node:node-1',
  'default/web:http',
  'web:80',
]) {
  addressFamily.test(`"${end}" is not`, () => assert.ok(!isIpv6(end)));
}
