import type { Range } from 'vscode-languageserver-types';
import { describe, expect, it } from 'vitest';
import { callHierarchyItemAt, incomingCalls, outgoingCalls } from '../../src/language/callHierarchy.ts';
import { DIAGNOSTICS_LIMIT, diagnosticsOf, syntaxFindings } from '../../src/language/diagnostics.ts';
import { finish } from '../../src/values/steps.ts';
import { foldingRanges } from '../../src/language/folding.ts';
import { definitionAt, highlightsAt, referencesAt } from '../../src/language/navigation.ts';
import type { RulesDocument } from '../../src/language/rulesDocument.ts';
import { refusedByEditor } from './editorAccepts.ts';
import { semanticTokensLegend } from '../../src/language/ruleTokens.ts';
import { semanticTokens } from '../../src/language/semanticTokens.ts';
import { documentSymbols } from '../../src/language/symbols.ts';
import type { Span } from '../../src/text/span.ts';
import { cursorOf, fixture } from './fixture.ts';

function spanOf(document: RulesDocument, { start, end }: Range): Span {
  return { start: document.offsetAt(start), end: document.offsetAt(end) };
}

const everything = { withDeclaration: true, limit: 100 };

describe('go to definition', () => {
  it('leads from a jump to the declaration', () => {
    const { document, cursors, spans } = fixture(
      '*nat\n:<|KUBE-X|> - [0:0]\n-A OUTPUT -j KU<|>BE-X\nCOMMIT\n',
    );
    const found = definitionAt(document, cursors[0] ?? 0);
    expect(found && spanOf(document, found.range)).toEqual(spans[0]);
  });

  it('leads from -A to the declaration, and from the declaration to the first rule', () => {
    const { document, cursors, spans } = fixture(
      '*nat\n:K<|>X - [0:0]\n-A <|KX|> -j RETURN\n-A K<|>X -j ACCEPT\nCOMMIT\n',
    );
    const [declaration = 0, rule = 0] = cursors;
    const down = definitionAt(document, declaration);
    expect(down && spanOf(document, down.range)).toEqual(spans[0]);
    const up = definitionAt(document, rule);
    expect(up?.range.start).toEqual({ line: 1, character: 1 });
  });

  it('stays within the table, also where several dumps stand in one file', () => {
    const dump = '*filter\n:X - [0:0]\n-A INPUT -j X\nCOMMIT\n*nat\n:X - [0:0]\n-A OUTPUT -j X\nCOMMIT\n';
    const { document } = fixture(dump + dump);
    const lines = [2, 6, 10, 14];
    const found = lines.map(
      (line) => definitionAt(document, document.offsetAt({ line, character: 13 }))?.range.start.line,
    );
    expect(found).toEqual([1, 5, 9, 13]);
  });

  it.each([
    ['a target', '*nat\n-A OUTPUT -j ACC<|>EPT\nCOMMIT\n'],
    ['an option', '*nat\n-A OUTPUT -<|>p tcp -j ACCEPT\nCOMMIT\n'],
    ['a comment line', '# Gen<|>erated\n*nat\nCOMMIT\n'],
    ['an empty file', '<|>'],
  ])('finds nothing at %s', (_name, text) => {
    const marked = fixture(text);
    expect(definitionAt(marked.document, cursorOf(marked))).toBeNull();
  });
});

describe('references', () => {
  it('are the jumps and the rules of the table, with the declaration if asked', () => {
    const marked = fixture(
      '*nat\n:<|X|> - [0:0]\n:Y - [0:0]\n-A OUTPUT -j <|X|>\n-A Y -g <|X|>\n-A <|X<|>|> -j ACCEPT\nCOMMIT\n*filter\n:X - [0:0]\n-A INPUT -j X\nCOMMIT\n',
    );
    const found = referencesAt(marked.document, cursorOf(marked), everything);
    expect(found.locations.map(({ range }) => spanOf(marked.document, range))).toEqual(marked.spans);
    const jumps = referencesAt(marked.document, cursorOf(marked), { withDeclaration: false, limit: 1 });
    expect(jumps).toMatchObject({ total: 3, locations: [{ range: { start: { line: 3, character: 13 } } }] });
  });

  it('highlight a chain wherever it stands', () => {
    const marked = fixture('*nat\n:<|X|> - [0:0]\n-A OUTPUT -j <|X|>\n-A <|X|> -j RETURN\nCOMMIT\n');
    const [declaration] = marked.spans;
    const found = highlightsAt(marked.document, declaration?.start ?? 0).map(({ range }) =>
      spanOf(marked.document, range),
    );
    expect(found.toSorted((a, b) => a.start - b.start)).toEqual(marked.spans);
  });
});

describe('the outline', () => {
  it('shows tables and chains, their policies and how many rules they hold', () => {
    const { document } = fixture(
      '*filter\n:INPUT DROP [0:0]\n:X - [0:0]\n-A INPUT -j X\n-A Z -j X\nCOMMIT\n',
    );
    const [table] = finish(documentSymbols(document, null));
    expect(table?.detail).toBe('3 chains, 2 rules');
    expect(table?.children?.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([
      'INPUT: policy DROP, 1 rule',
      'X: 0 rules',
      'Z: not declared, 1 rule',
    ]);
  });
});

describe('folding', () => {
  it('folds tables, declarations and each chain’s rules', () => {
    const { document } = fixture(
      '# one\n# two\n*filter\n:X - [0:0]\n:Y - [0:0]\n-A X -j Y\n-A X -j ACCEPT\n-A Y -j ACCEPT\n-A X -j DROP\nCOMMIT\n',
    );
    expect(
      finish(foldingRanges(document)).map(({ startLine, endLine }) => `${startLine}-${endLine}`),
    ).toEqual(['2-9', '5-6', '3-4', '0-1']);
  });
});

/** `function.declaration X` */
function tokensOf(document: RulesDocument, range: Range | null): string[] {
  const { tokenTypes, tokenModifiers } = semanticTokensLegend;
  const data = finish(semanticTokens(document, range)) ?? [];
  let line = 0;
  let character = 0;
  return Array.from({ length: data.length / 5 }, (_, index) => {
    const [down = 0, right = 0, length = 0, type = 0, bits = 0] = data.slice(index * 5, index * 5 + 5);
    line += down;
    character = down === 0 ? character + right : right;
    const start = document.offsetAt({ line, character });
    const modifiers = tokenModifiers.filter((_name, bit) => ((bits >> bit) & 1) === 1);
    return `${[tokenTypes[type], ...modifiers].join('.')} ${document.text.slice(start, start + length)}`;
  });
}

describe('semantic tokens', () => {
  const { document } = fixture(
    '*nat\n:OUTPUT ACCEPT [0:0]\n:X - [0:0]\n-A OUTPUT -j X\n-A X -j NOPE\n-A X -j MASQUERADE\nCOMMIT\n',
  );

  it('tell chains from targets, declared from unknown ones, built-in ones from others', () => {
    const chains = tokensOf(document, null).filter((each) => !/^(?:keyword|number|namespace)/.test(each));
    expect(chains).toEqual([
      'function.declaration.defaultLibrary OUTPUT',
      'class.defaultLibrary ACCEPT',
      'function.declaration X',
      'function.defaultLibrary OUTPUT',
      'function X',
      'function X',
      'variable NOPE',
      'function X',
      'class.defaultLibrary MASQUERADE',
    ]);
  });

  it('are there for every word of a rule', () => {
    const rule =
      '[1:2] -A INPUT ! -s 10.0.0.0/8 -i eth+ -p tcp -m comment --comment "a b" -m conntrack --ctstate NEW --odd x -j LOG --log-prefix y';
    const { document: own } = fixture(`*filter\n${rule}\nCOMMIT\n`);
    const found = tokensOf(own, null);
    expect(found.map((each) => each.slice(each.indexOf(' ') + 1)).join(' ')).toBe(`filter ${rule} COMMIT`);
    expect(found.map((each) => each.split(' ')[0]?.split('.')[0]).join(' ')).toBe(
      'namespace number keyword function operator property number property variable property enumMember keyword type property string keyword type property enumMember variable string keyword class property string keyword',
    );
    expect(refusedByEditor(own)).toBeNull();
  });

  it('come in the order of the text, which need not be that of the rule', () => {
    const { document: turned } = fixture('*filter\n-j ACCEPT -A INPUT\n-j X -A OUTPUT\nCOMMIT\n');
    expect(refusedByEditor(turned)).toBeNull();
    expect(tokensOf(turned, null).slice(1, -1)).toEqual([
      'keyword -j',
      'class.defaultLibrary ACCEPT',
      'keyword -A',
      'function.defaultLibrary INPUT',
      'keyword -j',
      'variable X',
      'keyword -A',
      'function.defaultLibrary OUTPUT',
    ]);
  });

  it.each(['-A "" -j ACCEPT', '-A INPUT -j ""', ': ACCEPT [0:0]', '-A INPUT -j', '-A'])(
    'and symbols of "%s" are taken by an editor',
    (line) => {
      for (const table of ['filter', '', '""']) {
        expect(refusedByEditor(fixture(`*${table}\n${line}\nCOMMIT\n`).document)).toBeNull();
      }
    },
  );

  it('of a range are those of its lines', () => {
    const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 14 } };
    expect(tokensOf(document, range)).toEqual([
      'keyword -A',
      'function.defaultLibrary OUTPUT',
      'keyword -j',
      'function X',
    ]);
  });
});

/** A jump to a chain that lacks is an error, a second declaration for iptables-nft a warning. */
const nftHeader = '# Generated by iptables-save v1.8.9 (nf_tables) on Sat Nov 21 03:31:10 2026\n';

describe('diagnostics', () => {
  const lines = Array.from({ length: DIAGNOSTICS_LIMIT + 5 }, (_, index) => `-A OUTPUT -j NOPE${index}`);

  it('stop at a limit and count the rest', () => {
    const { document } = fixture(`*nat\n${lines.join('\n')}\nCOMMIT\n`);
    const page = diagnosticsOf(document, finish(syntaxFindings(document)), new Map());
    expect([page.items.length, page.omitted]).toEqual([DIAGNOSTICS_LIMIT, 5]);
  });

  it('keep the gravest where there are too many, wherever they stand', () => {
    const twice = Array.from(
      { length: DIAGNOSTICS_LIMIT },
      (_, index) => `:C${index} - [0:0]\n:C${index} - [0:0]`,
    );
    const { document } = fixture(
      `${nftHeader}*nat\n${twice.join('\n')}\n${lines.slice(0, 3).join('\n')}\nCOMMIT\n`,
    );
    const found = finish(syntaxFindings(document));
    expect(found.length).toBe(DIAGNOSTICS_LIMIT + 3);
    const codes = diagnosticsOf(document, found, new Map()).items.map(
      ({ code, severity }) => `${code} ${severity}`,
    );
    expect(codes.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => 'undefined-jump-target 1'));
    expect(codes.slice(3)).toEqual(Array.from({ length: DIAGNOSTICS_LIMIT - 3 }, () => 'duplicate-chain 2'));
  });

  it('are the same in steps as at once', () => {
    const text = `*nat\n${Array.from({ length: 10 }, () => lines.join('\n')).join('\n')}\nCOMMIT\n`;
    const steps = syntaxFindings(fixture(text).document);
    let pauses = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) pauses++;
    expect(pauses).toBeGreaterThan(1);
    expect(step.value).toEqual(finish(syntaxFindings(fixture(text).document)));
  });
});

describe('the call hierarchy', () => {
  const marked = fixture(
    '*nat\n:X - [0:0]\n:Y - [0:0]\n-A OUTPUT -j X\n-A X -j <|>Y\n-A X -j Y\n-A Y -j ACCEPT\nCOMMIT\n',
  );

  it('knows who jumps to a chain, from each of its rules, and where it jumps', () => {
    const item = callHierarchyItemAt(marked.document, cursorOf(marked));
    expect(item?.name).toBe('Y');
    if (item === null) return;
    const [caller, ...others] = incomingCalls(marked.document, item);
    expect(others).toEqual([]);
    expect([caller?.from.name, caller?.fromRanges.length]).toEqual(['X', 2]);
    expect(outgoingCalls(marked.document, item)).toEqual([]);
    const upper = caller && outgoingCalls(marked.document, caller.from);
    expect(upper?.map(({ to }) => to.name)).toEqual(['Y']);
  });
});
