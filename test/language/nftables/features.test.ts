import { readFileSync } from 'node:fs';
import type { SelectionRange } from 'vscode-languageserver-types';
import { describe, expect, it } from 'vitest';
import { createIptablesLanguageService } from '../../../src/language/languageService.ts';
import { withNftables } from '../../../src/language/nftables/languageService.ts';
import { NftDocument } from '../../../src/language/nftables/nftDocument.ts';
import { semanticTokensLegend } from '../../../src/language/ruleTokens.ts';
import { Habits } from '../../../src/language/completion/habits.ts';
import { NO_NAMES } from '../../../src/language/completion/knownNames.ts';
import { openAnalysis } from '../../../src/kubeproxy/analysis.ts';
import { nftKinds } from '../../../src/kubeproxy/findings/nftKinds.ts';
import { Sources } from '../../../src/kubeproxy/sources.ts';
import { finish } from '../../../src/values/steps.ts';
import { cursorOf, fixture } from '../fixture.ts';

const service = withNftables(
  createIptablesLanguageService({ links: null, trace: null, convert: null, lineFeeds: null }),
);
const analysis = openAnalysis({ sources: new Sources([]), files: new Map(), objects: null, nodeName: null });

interface Marked {
  readonly document: NftDocument;
  readonly offset: number;
}

function marked(text: string): Marked {
  const found = fixture(text);
  return { document: documentOf(found.text), offset: cursorOf(found) };
}

function documentOf(text: string): NftDocument {
  return new NftDocument({ uri: 'file:///node-1/nft.txt', version: 1, text });
}

function hoverOf(text: string): string {
  const { document, offset } = marked(text);
  const hover = service.hover(document, analysis, document.lines.positionAt(offset));
  const contents = hover?.contents;
  return typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

const rules = `define wan = "eth0"
table inet filter {
	set blocked {
		type ipv4_addr; flags interval
		elements = { 198.51.100.0/24, 203.0.113.7 }
	}
	map verdicts {
		type inet_service : verdict
		elements = { 22 : jump services, 80 : accept }
	}
	counter dropped {
		packets 0 bytes 0
	}
	chain input {
		type filter hook input priority filter + 10; policy drop;
		ip saddr @blocked counter name "dropped" drop
		iifname $wan tcp dport vmap @verdicts
		jump services
	}
	chain services {
		tcp dport 8080 accept # the web
	}
}
`;

function at(words: string, text = rules): string {
  const found = text.indexOf(words);
  if (found < 0) throw new Error(words);
  return `${text.slice(0, found)}<|>${text.slice(found)}`;
}

describe('hover', () => {
  it.each([
    [
      'input {',
      ['chain `input`', 'Type `filter`, at hook `input`', 'Priority 10', 'behind the filter', 'dropped'],
    ],
    ['services {', ['packets come to it by jumps only', 'Led to from 2 places: `verdicts` and `input`']],
    ['blocked {', ['set `blocked`', '2 elements', '`198.51.100.0/24`', 'ranges and prefixes']],
    ['verdicts {', ['map `verdicts`', 'inet_service → verdict', '`22 : jump services`']],
    ['wan tcp', ['define `wan`', '`"eth0"`']],
    ['saddr @', ['`saddr` of the ip header, 32 bits', 'Type `ipv4_addr`']],
    ['drop\n', ['Drops the packet at once']],
    ['hook input', ['The place in the packet’s way']],
    ['filter {', ['table `filter`', '2 chains', '2 sets and maps']],
    ['dropped" drop', ['A named counter', 'used in 1 place']],
  ])('says of %s', (words, parts) => {
    const value = hoverOf(at(words));
    for (const part of parts) expect(value).toContain(part);
  });

  it('says nothing within comments', () => {
    expect(hoverOf(at('web\n'))).toBe('');
  });

  it('makes no markup of a name', () => {
    expect(hoverOf('table ip t {\nchain "a](command:x)` **b" {\n accept\n}\njump <|>x }\n')).not.toContain(
      '](command',
    );
  });
});

describe('names', () => {
  it('lead to their declarations', () => {
    for (const [words, line] of [
      ['services\n', 19],
      ['blocked counter', 2],
      ['wan tcp', 0],
      ['dropped" drop', 10],
    ] as const) {
      const { document, offset } = marked(at(words));
      const found = service.definition(document, document.lines.positionAt(offset));
      expect([words, found?.range.start.line]).toEqual([words, line]);
    }
  });

  it('are renamed wherever they stand', () => {
    const { document, offset } = marked(at('services\n'));
    const renamed = service.rename(document, document.lines.positionAt(offset), 'svc');
    const edits = renamed.kind === 'edit' ? (renamed.edit.changes?.[document.uri] ?? []) : [];
    expect(edits.map(({ range }) => range.start.line)).toEqual([8, 17, 19]);
    expect(service.rename(document, document.lines.positionAt(offset), 'input').kind).toBe('refused');
    expect(service.rename(document, document.lines.positionAt(offset), 'a b').kind).toBe('refused');
  });

  it('have their references', () => {
    const { document, offset } = marked(at('services {'));
    const options = { withDeclaration: false, limit: 10 };
    const found = service.references(document, document.lines.positionAt(offset), options);
    expect(found.total).toBe(2);
    expect(found.locations.map(({ range }) => range.start.line)).toEqual([8, 17]);
  });
});

describe('the outline', () => {
  it('has tables, in them chains and sets, in chains rules', () => {
    const symbols = finish(service.symbols(documentOf(rules), null));
    const table = symbols[0];
    expect(symbols.map(({ name }) => name)).toEqual(['inet filter']);
    expect(table?.children?.map(({ name, detail }) => `${name}: ${detail ?? ''}`)).toEqual([
      'blocked: ipv4_addr, interval · 2 elements',
      'verdicts: inet_service → verdict · 2 elements',
      'dropped: counter',
      'input: filter at input, priority filter + 10, policy drop · 3 rules',
      'services: 1 rule',
    ]);
    expect(table?.children?.at(-1)?.children?.map(({ name }) => name)).toEqual(['tcp dport 8080 accept']);
    const found = service.workspaceSymbols(documentOf(rules), null, 'serv');
    expect(found.map(({ name, containerName }) => [name, containerName])).toEqual([
      ['services', 'inet filter'],
    ]);
  });

  it('folds blocks', () => {
    const folds = finish(service.folds(documentOf(rules)));
    expect(folds.map(({ startLine, endLine }) => [startLine, endLine])).toContainEqual([13, 17]);
  });
});

describe('colours', () => {
  it('are those of names, selectors, values and statements', () => {
    const document = documentOf(rules);
    const data = finish(service.semanticTokens(document, null)) ?? [];
    const words: string[] = [];
    let [line, character] = [0, 0];
    for (let index = 0; index < data.length; index += 5) {
      const [down = 0, along = 0, length = 0, type = 0] = data.slice(index, index + 4);
      character = down === 0 ? character + along : along;
      line += down;
      const start = document.offsetAt({ line, character });
      words.push(
        `${semanticTokensLegend.tokenTypes[type] ?? ''} ${document.text.slice(start, start + length)}`,
      );
    }
    for (const word of [
      'namespace filter',
      'class blocked',
      'type ipv4_addr',
      'number 198.51.100.0/24',
      'function services',
      'property ip saddr',
      'keyword drop',
      'variable wan',
      'keyword jump',
    ])
      expect(words).toContain(word);
  });
});

describe('completion', () => {
  it.each([
    ['\t\tjump <|>', ['services'], ['accept', 'input']],
    ['\t\tip saddr @<|>', ['blocked'], ['services', 'verdicts']],
    ['\t\tiifname $<|>', ['wan'], ['blocked']],
    ['\t\tct <|>', ['state', 'original'], ['accept']],
    ['\t\tct state <|>', ['established', 'new'], ['accept']],
    ['\t\tct state new,<|>', ['established'], ['accept']],
    ['\t\ttcp <|>', ['dport', 'flags'], ['accept']],
    ['\t\ttcp flags <|>', ['syn'], ['accept']],
    ['\t\ttcp dport 80 <|>', ['accept', 'counter', 'meta'], ['policy']],
    ['\t\ttype filter hook <|>', ['input', 'forward'], ['accept']],
    ['\t\tlog level <|>', ['warn'], ['accept']],
    ['\t\tlog <|>', ['prefix', 'level', 'group', 'accept'], ['policy']],
    ['\t\tlog prefix "x" <|>', ['level', 'accept'], ['prefix']],
    ['\t\treject with <|>', ['icmpx', 'tcp reset'], ['accept']],
    ['\t\treject with icmpx <|>', ['admin-prohibited'], ['accept']],
    ['\t\tudp dport 53 reject with <|>', ['icmpx'], ['tcp reset']],
    ['\t\tiifname <|>', ['lo', '!='], ['accept']],
    ['\t\tiifname "<|>', ['lo'], ['!=']],
    ['\t\tfib saddr . iif <|>', ['type', 'oif', '.'], ['accept']],
    ['\t\tfib daddr type <|>', ['local'], ['accept']],
    ['\t\tlimit rate <|>', ['over', '10/second'], ['accept']],
    ['\t\tlimit rate 5/<|>', ['second', 'minute'], ['accept']],
    ['\t\tlimit rate 5/second <|>', ['burst', 'accept'], ['over']],
    ['\t\tmeta <|>', ['mark', 'l4proto'], ['accept']],
    ['\t\tmeta mark <|>', ['set', '!='], ['accept']],
    ['\t\ttcp flags & (fin | <|>', ['syn'], ['fin', 'accept']],
    ['\t\tcounter name <|>', ['dropped'], ['accept']],
    ['\t\ttcp dport vmap <|>', ['@verdicts'], ['@blocked']],
    ['\t\ttcp dport vmap { 22 : <|>', ['accept', 'jump'], ['counter']],
    ['\t\ttcp dport vmap { 22 : jump <|>', ['services'], ['input']],
    ['\t\ttcp dport 22 accept <|>', ['comment'], ['drop', 'tcp']],
    ['\t\tip saddr 10.0.0.1 <|>', ['tcp'], ['ip6', 'masquerade']],
    ['\t\taccept # x <|>', [], ['accept']],
  ])('of %s', (line, offered, not) => {
    const text = rules.replace('\t\tjump services\n', `${line}\n`);
    const { document, offset } = marked(text);
    const request = { document, analysis: null, habits: new Habits(), names: NO_NAMES, offset };
    const labels = service.completions(request, false).items.map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(offered));
    for (const word of not) expect(labels).not.toContain(word);
  });
});

describe('expanding a selection', () => {
  it.each([
    ['198.51.100', ['198.51.100.0/24', '198.51.100.0/24, 203.0.113.7']],
    ['dropped" drop', ['dropped', '"dropped"', 'counter name "dropped"']],
    ['saddr @', ['saddr', 'ip saddr', 'ip saddr @blocked', 'ip saddr @blocked counter name "dropped" drop']],
    ['input priority', ['input', 'type filter hook input priority filter + 10']],
  ])('grows from %s', (words, inner) => {
    const { document, offset } = marked(at(words));
    const found: string[] = [];
    let step: SelectionRange | undefined = service.selectionRange(
      document,
      document.lines.positionAt(offset),
    );
    for (; step !== undefined; step = step.parent)
      found.push(rules.slice(document.offsetAt(step.range.start), document.offsetAt(step.range.end)));
    expect(found).toEqual(expect.arrayContaining(inner));
    expect(found.filter((each) => inner.includes(each))).toEqual(inner);
    expect(found.at(-1)).toBe(rules);
  });
});

describe('a paste', () => {
  it('is cleaned by a code action', () => {
    const document = documentOf(`\`\`\`\n${rules}\`\`\`\n`);
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const [action] = finish(service.codeActions(document, { range, only: null, levels: new Map() }));
    expect(action?.title).toBe('Clean Pasted Rules');
    expect(action?.edit?.changes?.[document.uri]?.map(({ newText }) => newText)).toEqual([rules]);
  });
});

describe('formatting', () => {
  it('changes nothing of what nft lists', () => {
    for (const path of ['../../dumps/1.36.3-nftables/nft.txt', '../../rules/nftables/fixtures/every.nft']) {
      const text = readFileSync(new URL(path, import.meta.url), 'utf8').trimEnd();
      expect(finish(service.format(documentOf(text), null))).toEqual([]);
    }
  });

  it('indents as nft does, and keeps comments', () => {
    const text = 'table ip t {\nchain c {\n      accept   # why   not\n  log prefix "a   b"\n}\n\t}\n';
    const edits = finish(service.format(documentOf(text), null));
    const lines = text.split('\n');
    for (const { range, newText } of edits) lines[range.start.line] = newText;
    expect(lines.join('\n')).toBe(
      'table ip t {\n\tchain c {\n\t\taccept # why   not\n\t\tlog prefix "a   b"\n\t}\n}\n',
    );
  });
});

describe('problems', () => {
  const each = [
    ['nft-syntax', 'table ip t {\n\tchain c {\n\t\tacept\n\t}\n}\n'],
    ['nft-misprint', 'table ip t {\n\tchain c {\n\t\txt match "comment"\n\t}\n}\n'],
    [
      'nft-misprint',
      'table inet t {\n\tset s {\n\t\ttype inet_service\n\t}\n\tchain c {\n\t\ticmp checksum @s drop\n\t}\n}\n',
    ],
    ['nft-unknown-name', 'table ip t {\n\tchain c {\n\t\tjump d\n\t}\n}\n'],
    [
      'nft-twice',
      'table ip t {\n\tmap m {\n\t\ttype ipv4_addr : mark\n\t\telements = { 10.0.0.1 : 1, 10.0.0.1 : 2 }\n\t}\n}\n',
    ],
    ['nft-misplaced', 'table ip t {\n\tchain c {\n\t\ttype nat hook forward priority 0;\n\t}\n}\n'],
    ['nft-value', 'table ip t {\n\tchain c {\n\t\ttcp dport 65536 accept\n\t}\n}\n'],
  ] satisfies readonly (readonly [keyof typeof nftKinds, string])[];

  it('of names, places, values and words are told at their places', () => {
    const text = rules
      .replace('jump services\n\t}', 'jump servicez\n\t}')
      .replace('tcp dport 8080', 'ip saddr fd00::1 tcp dport 80800')
      .replace('hook input', 'hook postrouteing')
      .replace('type ipv4_addr;', 'type ipv4_adr;');
    const document = documentOf(text);
    const found = finish(service.findings(document)).map(({ code, at: { span } }) => [
      code,
      text.slice(span.start, span.end),
    ]);
    expect(found).toEqual([
      ['nft-value', 'ipv4_adr'],
      ['nft-misplaced', 'postrouteing'],
      ['nft-unknown-name', 'servicez'],
      ['nft-value', 'fd00::1'],
      ['nft-value', '80800'],
    ]);
    const { items } = service.diagnostics(document, finish(service.findings(document)), new Map());
    expect(items).toHaveLength(found.length);
  });

  it('are told of what can only be set, where it is asked', () => {
    const text = `table ip t {\n\tchain c {\n\t\tmeta nftrace set 1\n\t\tmeta nftrace 1 accept\n\t\tmeta mark set meta nftrace\n\t}\n}\n`;
    const found = finish(service.findings(documentOf(text)));
    expect(
      found.map(({ code, at: { span } }) => [code, text.slice(0, span.start).split('\n').length]),
    ).toEqual([
      ['nft-misplaced', 4],
      ['nft-misplaced', 5],
    ]);
  });

  it.each([
    ['tcp dport foo-bar', ['warning foo-bar']],
    ['tcp dport { 80, foo, 70000 }', ['warning foo', 'error 70000']],
    ['tcp dport foo-bar-baz.x', ['warning foo-bar-baz.x']],
    ['tcp dport 10.0.0.1', ['error 10.0.0.1']],
    ['ip protocol foo', ['warning foo']],
    ['ip saddr node-a.example', ['warning node-a.example']],
    ['ip saddr fd00::1', ['error fd00::1']],
    ['meta skuid "john.doe"', []],
    ['meta skgid www-data', []],
    ['meta mark blue.1', []],
    ['meta mark 10.0.0.1', ['error 10.0.0.1']],
    ['rt classid internal', []],
    ['ct label ssh-out', []],
    ['iifgroup dmz.1', []],
    ['socket cgroupv2 level 2 "system.slice/a:b"', []],
  ] as const)('is no error where the machine may know a name: %s', (words, told) => {
    const text = `table ip t {\n\tchain c {\n\t\t${words} accept\n\t}\n}\n`;
    const found = finish(service.findings(documentOf(text)));
    const shown = found.map(
      ({ severity, at: { span } }) => `${severity} ${text.slice(span.start, span.end)}`,
    );
    expect(shown).toEqual(told);
  });

  it.each(each)('%s is told', (code, text) => {
    expect(finish(service.findings(documentOf(text))).map((found) => found.code)).toEqual([code]);
  });

  it('are told of every code of the table', () => {
    expect([...new Set(each.map(([code]) => code))].toSorted()).toEqual(Object.keys(nftKinds).toSorted());
  });

  it('are none of what nft takes', () => {
    for (const name of ['every', 'script']) {
      const text = readFileSync(
        new URL(`../../rules/nftables/fixtures/${name}.nft`, import.meta.url),
        'utf8',
      );
      expect(finish(service.findings(documentOf(text)))).toEqual([]);
    }
  });
});
