import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/kubeproxy/sha256.ts';

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function judge(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

test('any text hashes as node:crypto hashes it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(hex(sha256(text))).toBe(judge(text));
    }),
  );
});

test.each([0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000])('a text of %i letters', (length) => {
  const text = 'é'.repeat(Math.floor(length / 2)) + 'x'.repeat(length % 2);
  expect(hex(sha256(text))).toBe(judge(text));
});

test('a lone surrogate hashes as the replacement character', () => {
  expect(hex(sha256('a\uD800b'))).toBe(judge('a\uFFFDb'));
});

test('a shorter length gives the beginning of the digest', () => {
  expect(hex(sha256('abc', 10))).toBe(judge('abc').slice(0, 20));
});
