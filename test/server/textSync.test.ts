import type { Range, TextDocumentContentChangeEvent } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { expect, test } from 'vitest';
import type { RulesDocument } from '../../src/language/rulesDocument.ts';
import { rulesDocuments } from '../../src/server/textSync.ts';
import { Random } from '../language/rules/validate/random.ts';

// The truth is the text of the library that most servers keep their documents with.

const texts = [
  '*nat\n:A - [0:0]\n-A A -j ACCEPT\n-A A -p tcp\nCOMMIT\n',
  '*nat\r\n:A - [0:0]\r\n-A A -j ACCEPT\r\nCOMMIT\r\n',
  '$ iptables -S\n-A INPUT -j ACCEPT\n\n  -A INPUT “x”\r-A',
  '',
];

function rangeIn(text: string, random: Random): Range {
  const lines = text.split('\n').length + 1;
  const place = (): Range['start'] => ({ line: random.below(lines), character: random.below(24) });
  return { start: place(), end: place() };
}

/** Some changes of one notification, each of the text that those before it left. */
function changesOf(text: string, random: Random): TextDocumentContentChangeEvent[] {
  const copy = TextDocument.create('file:///copy', '', 0, text);
  return Array.from({ length: random.below(4) }, () => {
    const newText = random.pick(['', 'x', '\n', '-A A\n', '\r\n', ' -p tcp', '\r']);
    const change =
      random.below(12) === 0 ? { text: newText } : { range: rangeIn(copy.getText(), random), text: newText };
    TextDocument.update(copy, [change], 0);
    return change;
  });
}

test.each(texts)('changes of an editor give the text that it has: %j', (text) => {
  const random = new Random(7);
  let ours: RulesDocument = rulesDocuments.create('file:///rules', 'iptables', 0, text);
  let theirs = TextDocument.create('file:///rules', 'iptables', 0, text);
  for (let version = 1; version <= 600; version++) {
    if (version % 2 === 0) void ours.ruleset;
    const changes = changesOf(theirs.getText(), random);
    ours = rulesDocuments.update(ours, changes, version);
    theirs = TextDocument.update(theirs, changes, version);
    expect(ours.text, JSON.stringify(changes)).toBe(theirs.getText());
    expect(ours.version).toBe(version);
  }
});

/** A place before a line. */
function before(line: number): Range {
  return { start: { line, character: 0 }, end: { line, character: 0 } };
}

test('cursors in several lines', () => {
  const text = texts[0] ?? '';
  const document = rulesDocuments.create('file:///rules', 'iptables', 0, text);
  for (const lines of [
    [3, 2],
    [2, 3],
  ]) {
    const changes = lines.map((line) => ({ range: before(line), text: '# ' }));
    expect(rulesDocuments.update(document, changes, 1).text).toBe(text.replaceAll('-A A', '# -A A'));
  }
});
