import { assert, integer, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, cut, pad, paint, plain, styleOf, wrap } from '../../src/cli/terminal.ts';

describe('text from a dump', () => {
  it.each([
    ['red\u001B[31m text', 'red text'],
    ['title\u001B]0;owned\u0007!', 'title!'],
    ['link\u001B]8;;http://x\u001B\\here', 'linkhere'],
    ['clear\u001Bc', 'clear'],
    ['eight-bit \u009B2Jclear', 'eight-bit clear'],
    ['two\nlines\tand\ra return', 'twolinesanda return'],
    ['right\u202Eto left', 'rightto left'],
    ['Grüße 字 🚀', 'Grüße 字 🚀'],
  ])('%j loses what a terminal would obey', (text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  it('never keeps a control character, whatever it is', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(plain(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('columns', () => {
  it('counts wide characters twice and accents not at all', () => {
    expect([columns('abc'), columns('字a'), columns('e\u0301'), columns('🚀')]).toEqual([3, 3, 1, 2]);
  });

  it('are what pad fills up to and cut keeps within', () => {
    assert(
      property(string({ unit: 'grapheme' }).map(plain), integer({ min: 1, max: 30 }), (text, width) => {
        expect(columns(pad(text, width))).toBeGreaterThanOrEqual(width);
        expect(columns(cut(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('wrap breaks at blanks and keeps every word', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrap('averyveryverylongword x', 5)).toEqual(['averyveryverylongword', 'x']);
  });
});

describe('colour', () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{ isTTY: true }, { NO_COLOR: '' }, true],
    [{ isTTY: true }, { TERM: 'dumb' }, false],
    [{ isTTY: false }, {}, false],
    [{}, {}, false],
  ])('on %j with %j: %s', (stream, environment, colour) => {
    const style = styleOf(stream, environment);
    expect(style.colour).toBe(colour);
    expect(paint(style, 'red', 'x')).toBe(colour ? '\u001B[31mx\u001B[39m' : 'x');
  });
});
