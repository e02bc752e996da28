import { expect, test } from 'vitest';
import { jsonText } from '../../src/text/json.ts';

const hostile = [
  '\u0000\u001b[31m',
  '\u009b31m\u007f',
  'a\u202eb\u2066',
  '\u061c\u200b\ufeff',
  '\u{e0041}',
  '\u2028',
  '字 é 🚀 "\\',
];

test.each([0, 2])('what nobody sees is escaped, and reads back (indent %i)', (indent) => {
  const value = { [hostile.join('')]: hostile, count: 1 };
  const text = jsonText(value, indent);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(text).toContain('字 é 🚀');
  expect(JSON.parse(text)).toEqual(value);
});

test('plain text is as JSON.stringify gives it', () => {
  const value = { a: ['x', { b: null }] };
  expect(jsonText(value, 2)).toBe(JSON.stringify(value, null, 2));
});
