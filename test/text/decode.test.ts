import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRules } from '../../src/text/decode.ts';

const RULES = '*nat\n-A X -m comment --comment "Grüße, 世界 🐳" -j ACCEPT\nCOMMIT\n';

function utf16(text: string, bigEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++)
    view.setUint16(index * 2, text.charCodeAt(index), !bigEndian);
  return bytes;
}

describe('decodes', () => {
  it.each([
    ['UTF-8', new TextEncoder().encode(RULES), 'utf-8', null],
    ['UTF-8 with a mark', new TextEncoder().encode(`\ufeff${RULES}`), 'utf-8-bom', /byte order mark/],
    ['UTF-16 as PowerShell writes it', utf16(`\ufeff${RULES}`, false), 'utf-16le', /UTF-16/],
    ['UTF-16 big-endian', utf16(`\ufeff${RULES}`, true), 'utf-16be', /UTF-16/],
    ['UTF-16 without a mark', utf16(RULES, false), 'utf-16le', /UTF-16/],
    ['UTF-16 big-endian without a mark', utf16(RULES, true), 'utf-16be', /UTF-16/],
  ])('%s', (_name, bytes, encoding, problem) => {
    const decoded = decodeRules(bytes);
    expect(decoded.text).toBe(RULES);
    expect(decoded.encoding).toBe(encoding);
    if (problem === null) expect(decoded.problem).toBeNull();
    else expect(decoded.problem).toMatch(problem);
  });

  it('Latin-1, byte for character', () => {
    const bytes = Uint8Array.from(
      Array.from('-A X -m comment --comment "Gr\u00fc\u00dfe \u0080" -j DROP\n', (letter) =>
        letter.charCodeAt(0),
      ),
    );
    expect(decodeRules(bytes)).toMatchObject({
      encoding: 'latin-1',
      text: expect.stringContaining('Gr\u00fc\u00dfe \u0080'),
    });
    expect(decodeRules(bytes).problem).toMatch(/not valid UTF-8/);
  });

  it('nothing at all', () => {
    expect(decodeRules(new Uint8Array())).toMatchObject({ text: '', encoding: 'utf-8', problem: null });
  });

  it('a rules file with one stray NUL as text', () => {
    expect(decodeRules(new TextEncoder().encode(`${RULES}\0`)).encoding).toBe('utf-8');
  });

  it('a program as binary', () => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256);
    expect(decodeRules(bytes)).toMatchObject({
      encoding: 'binary',
      problem: 'The file is binary, not text.',
    });
  });
});

it('loses no byte of what is not UTF-8', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (bytes) => {
      const { text, encoding } = decodeRules(bytes);
      if (encoding !== 'latin-1' && encoding !== 'binary') return;
      const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
      expect(Array.from(text, (letter) => letter.charCodeAt(0))).toEqual([
        ...(marked ? bytes.subarray(3) : bytes),
      ]);
    }),
    { numRuns: 500 },
  );
});

it('any text that is written as UTF-8 is read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const decoded = decodeRules(new TextEncoder().encode(text));
      if (decoded.encoding === 'utf-8') expect(decoded.text).toBe(text);
    }),
  );
});
