import { expect, test } from 'vitest';
import { bytesOf } from '../../src/text/bytes.ts';
import { decodeRules } from '../../src/text/decode.ts';

test.each([
  ['', []],
  ['-A X\n', [45, 65, 32, 88, 10]],
  ['aéb', [97, 255, 98]],
  ['é', [255]],
  ['\uFEFFa', [255, 97]],
  ['\u{1F600}a', [255, 255, 97]],
  ['\uD83Da\0\u007F\u0080', [255, 97, 0, 127, 255]],
])('%j has a byte for each character', (text, bytes) => {
  expect([...bytesOf(text)]).toEqual(bytes);
});

test('the bytes of a file are those of its text where all are ASCII', () => {
  const bytes = new TextEncoder().encode('*nat\n');
  expect(decodeRules(bytes).ascii).toBe(bytes);
  expect(decodeRules(new TextEncoder().encode('ü')).ascii).toBeNull();
  expect(decodeRules(new TextEncoder().encode('\uFEFF*nat\n')).ascii).not.toBeNull();
  expect(decodeRules(Uint8Array.of(0x2a, 0xff)).ascii).toBeNull();
});
