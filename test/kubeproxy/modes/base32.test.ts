import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { base32 } from '../../../src/kubeproxy/modes/base32.ts';

test('base32 holds every bit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
      const letters = base32(bytes);
      const back = Array.from(letters)
        .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
        .join('');
      expect(back.startsWith(bits)).toBe(true);
      expect(back.slice(bits.length)).toMatch(/^0{0,4}$/u);
    }),
  );
});
