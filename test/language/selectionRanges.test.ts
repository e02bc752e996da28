import type { SelectionRange } from 'vscode-languageserver-types';
import { describe, expect, it } from 'vitest';
import { selectionRangeAt } from '../../src/language/selectionRanges.ts';
import { cursorOf, fixture } from './fixture.ts';

/** What each step of the selection holds, the widest ones by their first word alone. */
function steps(marked: string): readonly string[] {
  const each = fixture(marked);
  const found: string[] = [];
  let range: SelectionRange | undefined = selectionRangeAt(each.document, cursorOf(each));
  for (; range !== undefined; range = range.parent) {
    const { start, end } = range.range;
    found.push(each.text.slice(each.document.offsetAt(start), each.document.offsetAt(end)));
  }
  return found;
}

describe('expanding a selection', () => {
  const rule = '-A X -m conntrack ! --ctstate RELATED,ESTABLISHED -m comment --comment "a b" -j DROP';
  const table = `*nat\n:X - [0:0]\n-A X -j RETURN\n${rule}\n-A Y -j X\nCOMMIT`;
  const outer = [rule, `-A X -j RETURN\n${rule}`, table, `# one\n${table}\n`];

  it.each([
    ['RELATED,EST<|>AB', ['ESTABLISHED', 'RELATED,ESTABLISHED', '! --ctstate RELATED,ESTABLISHED']],
    ['"a <|>b"', ['a b', '"a b"', '--comment "a b"', '-m comment --comment "a b"']],
    ['-j DR<|>OP', ['DROP', '-j DROP']],
    ['! --ct<|>state', ['--ctstate', '! --ctstate RELATED,ESTABLISHED']],
  ])('grows from %s', (cursor, inner) => {
    const text = `# one\n${table}\n`.replace(cursor.replace('<|>', ''), cursor);
    const found = steps(text);
    expect(found.slice(-4)).toEqual(outer);
    expect(found.slice(0, inner.length)).toEqual(inner);
  });

  it('takes a line of no rule, then its table', () => {
    const text = `# one\n${table}\n`;
    expect(steps(text.replace(':X', ':X<|>'))).toEqual([':X', ':X - [0:0]', table, text]);
    expect(steps(text.replace('# one', '# o<|>ne'))).toEqual(['one', '# one', text]);
    expect(steps('<|>')).toEqual(['']);
  });
});
