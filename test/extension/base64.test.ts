import { expect, it } from 'vitest';
import { base64Of, bytesOfBase64 } from '../../src/extension/base64.ts';

it('writes and reads bytes as Node does, over the borders of its pieces', () => {
  for (const length of [0, 1, 2, 3, 4, 24_575, 24_576, 24_577, 24_578, 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
    expect(base64Of(bytes), `${length}`).toBe(Buffer.from(bytes).toString('base64'));
    expect(bytesOfBase64(base64Of(bytes)), `${length}`).toEqual(bytes);
  }
});
