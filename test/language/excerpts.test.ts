/** Excerpts hold the text of a whole document to its own lines, whatever the form of the text. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Excerpts, MOST_RULES } from '../../src/language/excerpts.ts';
import { createIptablesLanguageService } from '../../src/language/languageService.ts';
import { RulesDocument } from '../../src/language/rulesDocument.ts';
import { readExcerptUri, uriOfExcerpt } from '../../src/server/excerptUris.ts';
import { finish } from '../../src/values/steps.ts';
import { cursorOf, fixture } from './fixture.ts';

const uri = 'file:///node%201/iptables-save.txt';
const service = createIptablesLanguageService({ links: null, convert: null, lineFeeds: null, trace: null });

function excerptsOf(document: RulesDocument): Excerpts {
  return new Excerpts(document, (address) => uriOfExcerpt(document, address));
}

/** As an editor gives a URI back: with more of it encoded. */
function encodedAgain(given: string): string {
  const [path = '', query = ''] = given.split('?');
  return `${path}?${encodeURIComponent(decodeURIComponent(query))}`;
}

function lineAt(text: string, line: number): string {
  return text.split(/\r\n|\n|\r/)[line] ?? '';
}

const listing = `Chain INPUT (policy ACCEPT)
target     prot opt source               destination
web        tcp  --  0.0.0.0/0            0.0.0.0/0            tcp dpt:80

Chain web (1 references)
target     prot opt source               destination
DROP       all  --  10.0.0.0/8           0.0.0.0/0
`;

test.each([
  ['a dump', readFileSync('test/dumps/1.36.3/iptables-save.txt', 'utf8')],
  [
    'both families in one text',
    `${readFileSync('test/dumps/1.23.4/iptables-save.txt', 'utf8')}\n*raw\n:X - [0:0]\n-A X -s fd00::1 -j DROP\nCOMMIT\n`,
  ],
  ['commands', '-P INPUT DROP\n-N web\n-A INPUT -p tcp -j web\n-A web -j ACCEPT\n-A INPUT -j LOG\n'],
  ['a paste', '> *nat\n> :A - [0:0]\n> -A A -j RETURN\n> COMMIT\n'],
  ['a listing', listing],
  ['lines that cannot be read', '*nat\n:A - [0:0]\nwhat is this\n-A A -j RETURN\n-A B -j A\nCOMMIT\nrest\n'],
  ['nothing', ''],
])('every line of %s stands in one excerpt, and leads back', (_name, text) => {
  const document = new RulesDocument({ uri, version: 1, text });
  const excerpts = excerptsOf(document);
  for (const statement of document.statements) {
    const location = excerpts.locationOf(statement);
    const named = readExcerptUri(encodedAgain(location.uri));
    expect(named?.file).toBe(uri);
    const excerpt = named === null ? null : excerpts.at(named.address);
    const { start, end } = location.range;
    const before = document.rangeOf(statement);
    expect(lineAt(excerpt?.shownText ?? '', start.line)).toBe(lineAt(text, before.start.line));
    expect([start.character, end.character]).toEqual([before.start.character, before.end.character]);
    expect(excerpt?.offsetAt(start)).toBe(document.offsetAt(before.start));
    expect(excerpt?.locationOf(statement)).toEqual(location);
  }
});

const dump = `*nat
:A - [0:0]
:B - [0:0]
-A A -s 10.0.0.1 -j <|>B
-A B -j RETURN
-A A -j RETURN
COMMIT
`;

test('an excerpt of a chain has its table, its declaration and its rules', () => {
  const { document } = fixture(dump);
  const shown = excerptsOf(document).at({ kind: 'chain', section: 0, chain: 'A', from: 0 });
  expect(shown?.shownText).toBe('*nat\n:A - [0:0]\n-A A -s 10.0.0.1 -j B\n-A A -j RETURN\n');
});

test('a definition leads from chain to chain', () => {
  const read = fixture(dump);
  const excerpts = excerptsOf(read.document);
  const shown = excerpts.at({ kind: 'chain', section: 0, chain: 'A', from: 0 });
  if (shown === null) throw new Error('A is not shown.');
  const { start } = shown.rangeOf({ start: cursorOf(read), end: cursorOf(read) });
  expect(start).toEqual({ line: 2, character: 20 });
  const found = service.definition(shown, start);
  expect(readExcerptUri(found?.uri ?? '')?.address).toEqual({
    kind: 'chain',
    section: 0,
    chain: 'B',
    from: 0,
  });
  expect(found?.range.start).toEqual({ line: 1, character: 1 });
  const { locations } = service.references(shown, start, { withDeclaration: true, limit: 10 });
  expect(locations.map(({ uri: at, range }) => [readExcerptUri(at)?.address, range.start.line])).toEqual([
    [{ kind: 'chain', section: 0, chain: 'B', from: 0 }, 1],
    [{ kind: 'chain', section: 0, chain: 'A', from: 0 }, 2],
    [{ kind: 'chain', section: 0, chain: 'B', from: 0 }, 2],
  ]);
  expect(service.highlights(shown, start)).toHaveLength(1);
});

test('an excerpt has the outline, the folds and the colours of its own lines', () => {
  const shown = excerptsOf(fixture(dump).document).at({ kind: 'chain', section: 0, chain: 'B', from: 0 });
  if (shown === null) throw new Error('B is not shown.');
  const [table, another] = finish(service.symbols(shown, null));
  expect(another).toBeUndefined();
  expect(table?.children?.map(({ name }) => name)).toEqual(['B']);
  expect(finish(service.folds(shown))).toEqual([{ startLine: 0, endLine: 2 }]);
  const tokens = finish(service.semanticTokens(shown, null)) ?? [];
  const lines = tokens.filter((_token, index) => index % 5 === 0).reduce((sum, delta) => sum + delta, 0);
  expect(lines).toBe(2);
});

test('a very long chain comes in pages', () => {
  const rules = Array.from({ length: MOST_RULES + 2 }, () => '-A A -j RETURN\n').join('');
  const document = new RulesDocument({ uri, version: 1, text: `*nat\n:A - [0:0]\n${rules}COMMIT\n` });
  const excerpts = excerptsOf(document);
  const last = document.tables[0]?.chains.get('A')?.rules.at(-1);
  const location = excerpts.locationOf(last ?? { start: 0, end: 0 });
  expect(readExcerptUri(location.uri)?.address).toEqual({
    kind: 'chain',
    section: 0,
    chain: 'A',
    from: MOST_RULES,
  });
  expect(location.range.start.line).toBe(3);
  expect(decodeURIComponent(location.uri)).toContain('/nat/A from rule 20,001?');
});

test.each([
  [{ kind: 'chain', section: 0, chain: 'A', from: 1 }],
  [{ kind: 'chain', section: 0, chain: 'A', from: MOST_RULES }],
  [{ kind: 'chain', section: 1, chain: 'A', from: 0 }],
  [{ kind: 'chain', section: 0, chain: 'constructor', from: 0 }],
  [{ kind: 'lines', from: 400 }],
] as const)('%j is no excerpt', (address) => {
  expect(excerptsOf(fixture(dump).document).at(address)).toBeNull();
});

test.each([
  '',
  'file:///a',
  'kube-proxy-rules:/a',
  'kube-proxy-rules:/a?[1]',
  'kube-proxy-rules:/a?%5B%22f%22%2C0%2Cnull%2C0%5D',
])('%s names no excerpt', (name) => expect(readExcerptUri(name)).toBeNull());
