/** Rules as pages, chats, logs and tools show them: whatever stands around them, they are read. */
import { describe, expect, it } from 'vitest';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import { printRuleset } from '../../../../src/rules/iptables/printer.ts';

const rules = [
  '-A PREROUTING -m comment --comment "a <b> & c" -j KUBE-SERVICES',
  '-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.0.0.1:6443',
];
const dump = ['*nat', ':PREROUTING ACCEPT [0:0]', ':KUBE-SERVICES - [0:0]', ...rules, 'COMMIT'];

function escaped(line: string): string {
  return line
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

const forms: readonly (readonly [name: string, lines: readonly string[]])[] = [
  ['a log of Puppet', dump.map((line) => `Notice: /Stage[main]/Rules/Exec[save]/returns: ${line}`)],
  [
    'a table of Markdown',
    ['| # | rule |', '|---|---|', ...rules.map((line, at) => `| ${at} | \`${line}\` |`)],
  ],
  ['a table of one column', ['| rule |', '|---|', ...rules.map((line) => `| ${line} |`)]],
  ['a list', rules.map((line) => `- \`${line}\``)],
  ['bullets', rules.map((line) => `• ${line}`)],
  [
    'a page',
    [`<div class="a"><pre>${escaped(dump[0] ?? '')}`, ...dump.slice(1).map(escaped), '</pre></div>'],
  ],
  ['a page in colours', dump.map((line) => `<span class="b">${escaped(line)}</span>`)],
  ['lines of a page', [dump.map(escaped).join('<br>')]],
  ['the edge of a window', dump.map((line) => `│ ${line}`)],
  ['PowerShell', ['PS C:\\Users\\me> ssh node-1 iptables-save', ...dump, 'PS C:\\Users\\me>']],
];

function rulesIn(text: string): readonly string[] {
  const ruleset = parseRuleset(text);
  const found = ruleset.tables.flatMap(({ chains }) => [...chains.values()].flatMap((chain) => chain.rules));
  return found.map(({ start, end }) => ruleset.text.slice(start, end).trimEnd());
}

/** As format=flowed and every older mail program breaks it. */
function broken(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

it.each(forms)('are read out of %s', (_, lines) => {
  const text = `${lines.join('\n')}\n`;
  expect(rulesIn(text)).toEqual(rules);
  expect(parseRuleset(text).paste).not.toBeNull();
});

it('are left as they are where tags stand in comments of a dump', () => {
  const text = `${dump.join('\n')}\n`;
  const ruleset = parseRuleset(text);
  expect(ruleset.paste).toBeNull();
  expect(printRuleset(ruleset)).toBe(text);
});

describe('rules that a mail program broke between words', () => {
  const long = [
    ...rules,
    '-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j RETURN',
  ];
  const mailed = [...dump.slice(0, -3), ...long, 'COMMIT'].flatMap((line) => broken(line, 72));
  const text = `${mailed.join('\n')}\n`;

  const BREAKS = 2;

  it.each([
    ['as they are', text],
    ['with blanks at the ends', text.replaceAll('\n', ' \n')],
    ['quoted', mailed.map((line) => `> ${line}\n`).join('')],
    [
      'quoted twice, with words around them',
      `Joe wrote:\n${mailed.map((line) => `> > ${line}\n`).join('')}>\n> Why?\n`,
    ],
    ['without tables', `${long.flatMap((line) => broken(line, 72)).join('\n')}\n`],
  ])('are put together: %s', (_how, written) => {
    expect(rulesIn(written)).toEqual(long);
    expect(parseRuleset(written).paste?.noise.find(({ kind }) => kind === 'wraps')?.count).toBe(BREAKS);
  });

  it('are left where a line would have taken the next word', () => {
    const lines = rules.map((line) => line.replace(' -j ', '\n-j '));
    expect(parseRuleset(`*nat\n${lines.join('\n')}\nCOMMIT\n`).paste).toBeNull();
  });
});
