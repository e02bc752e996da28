import { describe, expect, it } from 'vitest';
import type { Range } from 'vscode-languageserver-types';
import { linkedEditingAt } from '../../src/language/linkedEditing.ts';
import { renameAt, renamePlaceAt } from '../../src/language/rename.ts';
import { type Fixture, cursorOf, fixture } from './fixture.ts';
import { judge, whyNoJudge } from './rules/judge.ts';

/** The text after the edits of one document, of which none overlaps another. */
function applied({ document, text }: Fixture, edits: readonly { range: Range; newText: string }[]): string {
  let changed = text;
  for (const { range, newText } of [...edits].reverse()) {
    changed =
      changed.slice(0, document.offsetAt(range.start)) +
      newText +
      changed.slice(document.offsetAt(range.end));
  }
  return changed;
}

function renamed(marked: Fixture, name: string): string {
  const found = renameAt(marked.document, cursorOf(marked), name);
  if (found.kind === 'refused') return found.why;
  return applied(marked, found.edit.changes?.[marked.document.uri] ?? []);
}

describe('renaming a chain', () => {
  it('changes declarations, rules, jumps and lines that edit it, in its table alone', () => {
    const marked = fixture(
      '*nat\n:X - [0:0]\n:XY - [0:0]\n-F X\n-A OUTPUT -m comment --comment "to X" -j X\n-A XY -g X\n-A "X" -j RETURN\n[1:2] -A <|>X -j XY\nCOMMIT\n*filter\n:X - [0:0]\n-A X -j ACCEPT\nCOMMIT\n',
    );
    expect(renamed(marked, 'web')).toBe(
      '*nat\n:web - [0:0]\n:XY - [0:0]\n-F web\n-A OUTPUT -m comment --comment "to X" -j web\n-A XY -g web\n-A web -j RETURN\n[1:2] -A web -j XY\nCOMMIT\n*filter\n:X - [0:0]\n-A X -j ACCEPT\nCOMMIT\n',
    );
  });

  it.each([
    ['a declaration', '*nat\n:<|>X - [0:0]\nCOMMIT\n', 'X'],
    ['a jump', '*nat\n:X - [0:0]\n-A OUTPUT -j X<|>\nCOMMIT\n', 'X'],
    ['a chain of the kernel', '*nat\n-A OUT<|>PUT -j X\nCOMMIT\n', null],
    ['a chain of the kernel in another table', '*filter\n-A PRE<|>ROUTING -j X\nCOMMIT\n', 'PREROUTING'],
    ['a target', '*nat\n-A OUTPUT -j ACC<|>EPT\nCOMMIT\n', null],
    ['an option', '*nat\n-A OUTPUT -<|>p tcp\nCOMMIT\n', null],
  ])('begins at %s', (_name, text, placeholder) => {
    const marked = fixture(text);
    const place = renamePlaceAt(marked.document, cursorOf(marked));
    expect(place.kind === 'chain' ? place.placeholder : null).toBe(placeholder);
  });
});

const dump = (chain: string): string =>
  `*nat\n:OUTPUT ACCEPT [0:0]\n:${chain} - [0:0]\n:OTHER - [0:0]\n-A OUTPUT -j ${chain}\n-A ${chain} -j OTHER\nCOMMIT\n`;

describe.skipIf(whyNoJudge() !== null)('a name', () => {
  const names = `web a,b a'b ä a:b [0:0] #y POSTROUTING2 INPUT2 tcp +x accept ABCDEFGHIJKLMNOPQRSTUVWXYZ01
    ABCDEFGHIJKLMNOPQRSTUVWXYZ012 ääääääääääääää äääääääääääääää -x !x ACCEPT QUEUE OTHER OUTPUT`.split(
    /\s+/,
  );

  it.each([...names, 'a b', ''])('“%s” is taken where iptables takes it', (name) => {
    const marked = fixture(dump('X').replace('-j X', '-j <|>X'));
    const found = renamed(marked, name);
    const taken = (['nf_tables', 'legacy'] as const).map((backend) => !judge(dump(name), backend).refused);
    if (found === dump(name)) expect(taken).toEqual([true, true]);
    else if (!['OTHER', 'OUTPUT', 'a b', ''].includes(name)) expect(taken, found).toContain(false);
    else expect(found).toMatch(/\.$/);
  });
});

describe('linked editing', () => {
  it('holds every place of a chain', () => {
    const marked = fixture('*nat\n:<|X|> - [0:0]\n-A OUTPUT -j <|X|>\n-A <|X|> -j RETURN\nCOMMIT\n');
    for (const span of marked.spans) {
      const found = linkedEditingAt(marked.document, span.end);
      const texts = found?.ranges
        .map((range) => marked.document.offsetAt(range.start))
        .toSorted((a, b) => a - b);
      expect(texts).toEqual(marked.spans.map(({ start }) => start));
      expect(new RegExp(`^${found?.wordPattern}$`).test('KUBE-SVC.x')).toBe(true);
    }
  });

  it.each([
    ['a chain of the kernel', '*nat\n-A OUT<|>PUT -j X\nCOMMIT\n'],
    ['a name in quotes', '*nat\n:X - [0:0]\n-A "X" -j RETURN\n-A X<|> -j RETURN\nCOMMIT\n'],
    ['an address', '*nat\n-A OUTPUT -d 10.<|>0.0.1 -j X\nCOMMIT\n'],
    ['a chain of very many places', `*nat\n:<|>X - [0:0]\n${'-A OUTPUT -j X\n'.repeat(300)}COMMIT\n`],
  ])('leaves %s alone', (_name, text) => {
    const marked = fixture(text);
    expect(linkedEditingAt(marked.document, cursorOf(marked))).toBeNull();
  });
});
