/** Rules as pages, chats, logs and tools show them: whatever stands around them, they are read. */
import { expect, it } from 'vitest';
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

it.each(forms)('are read out of %s', (_, lines) => {
  const ruleset = parseRuleset(`${lines.join('\n')}\n`);
  const found = ruleset.tables.flatMap(({ chains }) => [...chains.values()].flatMap((chain) => chain.rules));
  expect(found.map(({ start, end }) => ruleset.text.slice(start, end))).toEqual(rules);
  expect(ruleset.paste).not.toBeNull();
});

it('are left as they are where tags stand in comments of a dump', () => {
  const text = `${dump.join('\n')}\n`;
  const ruleset = parseRuleset(text);
  expect(ruleset.paste).toBeNull();
  expect(printRuleset(ruleset)).toBe(text);
});
