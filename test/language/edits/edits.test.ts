import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { syntaxFindings } from '../../../src/language/diagnostics.ts';
import { foldingRanges } from '../../../src/language/folding.ts';
import { RulesDocument } from '../../../src/language/rulesDocument.ts';
import { semanticTokens } from '../../../src/language/semanticTokens.ts';
import { documentSymbols } from '../../../src/language/symbols.ts';
import { editCompact } from '../../../src/rules/iptables/compact/compactEdit.ts';
import { CompactRuleset } from '../../../src/rules/iptables/compact/compactRuleset.ts';
import { finish } from '../../../src/values/steps.ts';
import { told } from '../../rules/iptables/compact/told.ts';
import { Random } from '../rules/validate/random.ts';
import { type Edit, RandomEdits } from './randomEdits.ts';

// The truth is the document as if it had been opened just now.

const folder = new URL('../../dumps', import.meta.url).pathname;
const seed = Number(process.env['FC_SEED'] ?? 20_261_121);
const uri = 'file:///node-1/iptables-save.txt';

function opened(text: string): RulesDocument {
  return new RulesDocument({ uri, version: 1, text });
}

/** What is found, as plain data; `steps`: so many of the check, after which it is given up. */
function check(document: RulesDocument, steps = Number.POSITIVE_INFINITY): string[] {
  const checking = syntaxFindings(document);
  for (let step = 0; step < steps; step++) {
    const { done, value } = checking.next();
    if (done === true) return value.map((finding) => JSON.stringify(finding));
  }
  return [];
}

function lineStarts({ lines }: RulesDocument): readonly number[] {
  return Array.from({ length: lines.lineCount }, (_, line) => lines.startOf(line));
}

function expectSame(document: RulesDocument, seen: string, deep: boolean): void {
  const fresh = opened(document.text);
  expect(check(document), seen).toEqual(check(fresh));
  expect(document.ruleset.lineProblems, seen).toEqual(fresh.ruleset.lineProblems);
  if (!deep) return;
  expect(lineStarts(document), seen).toEqual(lineStarts(fresh));
  expect(told(document.ruleset), seen).toEqual(told(fresh.ruleset));
  expect(document.ruleset.problems, seen).toEqual(fresh.ruleset.problems);
  const [tokens, same] = [document, fresh].map((each) => finish(semanticTokens(each, null)));
  expect(tokens, seen).toEqual(same);
  const [symbols, alike] = [document, fresh].map((each) => finish(documentSymbols(each, null)));
  expect(symbols, seen).toEqual(alike);
  const [folds, these] = [document, fresh].map((each) => finish(foldingRanges(each)));
  expect(folds, seen).toEqual(these);
}

interface Run {
  readonly text: string;
  readonly edits: number;
  readonly seed: number;
  /** The tree and what is made of it is compared after each so many edits; what is found after every one. */
  readonly deepEvery: number;
}

/** Edits a document; gives how many of the edits were read by their lines alone. */
function run({ text, edits, seed: own, deepEvery }: Run): number {
  const random = new Random(own);
  const source = new RandomEdits(random);
  let document = opened(text);
  check(document);
  let before: { readonly text: string; readonly edit: Edit } | null = null;
  let byLines = 0;
  for (let version = 1; version <= edits; version++) {
    const edit: Edit = before === null ? source.next(document.text) : undone(before);
    const known = document.ruleset;
    const next = document.edited(version, edit);
    const isByLines = known instanceof CompactRuleset && editCompact(known.source, next.text, edit) !== null;
    if (isByLines) byLines++;
    const seen = `seed ${own}, edit ${version}: ${JSON.stringify(edit).slice(0, 400)}`;
    // What is read from the beginning is mostly taken back, so that more edits are read by their lines.
    const isLost = !isByLines && random.below(3) > 0;
    before = isLost || random.below(12) === 0 ? { text: document.text, edit } : null;
    if (before !== null) source.stop();
    document = next;
    // Some versions are not checked at all, and some not to the end.
    const checked = random.below(6);
    if (checked === 0) continue;
    if (checked === 1) check(document, 1 + random.below(4));
    else expectSame(document, seen, version % deepEvery === 0);
    if (!isByLines && before === null && random.below(2) === 0) {
      document = opened(text);
      source.stop();
    }
  }
  expectSame(document, `seed ${own}, the last`, true);
  return byLines;
}

/** The edit that takes `edit` of `text` back. */
function undone({ text, edit }: { readonly text: string; readonly edit: Edit }): Edit {
  let shift = 0;
  return edit.map(({ start, end, newText }) => {
    const at = start + shift;
    shift += newText.length - (end - start);
    return { start: at, end: at + newText.length, newText: text.slice(start, end) };
  });
}

const dumps = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('save.txt') && readFileSync(join(folder, path), 'utf8') !== '',
);

test.each(dumps)('an edited document is the one of its text: %s', (path) => {
  const text = readFileSync(join(folder, path), 'utf8');
  const edits = text.length > 100_000 ? 50 : 150;
  const byLines = run({ text, edits, seed, deepEvery: 10 });
  expect(byLines).toBeGreaterThan(10);
});

const small = [
  '*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n-A PREROUTING -j A\n-A A -p tcp -j B\n-A B -j DNAT --to-destination 10.0.0.1\nCOMMIT\n',
  '# Generated by iptables-save v1.8.9 (nf_tables) on Sat Nov 21 03:31:10 2026\n*filter\n:INPUT DROP [0:0]\n:X - [0:0]\n-A INPUT -j X\n-A X -p tcp -m tcp --dport 80 -j ACCEPT\n-A X -j RETURN\nCOMMIT\n# Completed on Sat Nov 21 03:31:10 2026\n*nat\n:OUTPUT ACCEPT [0:0]\n:X - [0:0]\n-A OUTPUT -j X\n-A X -j MASQUERADE\nCOMMIT\n',
  '*filter\n:INPUT ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n:C - [0:0]\n-A INPUT -j A\n-A A -j B\n-A B -j C\n-A C -j A\nCOMMIT\n',
  '*mangle\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n:A - [0:0]\n-A PREROUTING -j A\n-A A -j TPROXY --on-port 80 --tproxy-mark 1\n-A A -p tcp -j TPROXY --on-port 80\n-A POSTROUTING -m comment --comment "x y" -j MARK --set-xmark 0x1/0x1\nCOMMIT\n',
  `*filter\n:INPUT ACCEPT [0:0]\n${Array.from({ length: 18 }, (_, index) => `:D${index} - [0:0]\n`).join('')}-A INPUT -j D0\n${Array.from({ length: 17 }, (_, index) => `-A D${index} -j D${index + 1}\n`).join('')}COMMIT\n`,
  '*unknown\n:A - [0:0]\n-A A -j B\n-A A -j ACCEPT\nCOMMIT\n',
  '*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j CT --notrack\n-A NOT-DECLARED -j ACCEPT\nCOMMIT\n',
];

test.each(small)('so it is of few rules, through thousands of edits: %j', (text) => {
  for (let more = 0; more < 5; more++) run({ text, edits: 100, seed: seed + more, deepEvery: 3 });
});
