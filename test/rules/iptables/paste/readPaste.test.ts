import { describe, expect, it } from 'vitest';
import { printRule, printRuleset } from '../../../../src/rules/iptables/printer.ts';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import { cleanText } from '../../../../src/rules/iptables/paste/cleanText.ts';
import type { NoiseKind } from '../../../../src/rules/iptables/paste/noise.ts';

/** What a terminal and a page put into words. */
const codes: readonly string[] = ['\u001b[01;31m', '\u001b[m', '\u001b[K', '\u200b'];

const dump = [
  '*filter',
  ':INPUT ACCEPT [0:0]',
  ':FORWARD ACCEPT [0:0]',
  ':OUTPUT ACCEPT [0:0]',
  ':EDGE - [0:0]',
  '-A FORWARD -m comment --comment "shop/cart:http -> 10.244.1.5:8080" -j EDGE',
  '-A EDGE -s 10.244.1.9/32 -p tcp -m tcp --dport 80 -j DROP',
  'COMMIT',
];
const text = `${dump.join('\n')}\n`;

const rules = [
  'filter -A FORWARD -m comment --comment "shop/cart:http -> 10.244.1.5:8080" -j EDGE',
  'filter -A EDGE -s 10.244.1.9/32 -p tcp -m tcp --dport 80 -j DROP',
];

function rulesOf(written: string): readonly string[] {
  return parseRuleset(written).tables.flatMap((table) =>
    [...table.chains.values()].flatMap((chain) =>
      chain.rules.map((rule) => `${table.name} ${printRule(rule)}`),
    ),
  );
}

/** Lines joined after each was changed. */
function each(change: (line: string, index: number) => string): string {
  return `${dump.map(change).join('\n')}\n`;
}

const pastes: readonly (readonly [name: string, text: string, noise: readonly NoiseKind[]])[] = [
  ['a fence', `My rules:\n\`\`\`sh\n${text}\`\`\`\nWhat is wrong?\n`, ['otherLines', 'fences']],
  ['quote marks', each((line) => `> ${line}`), ['quoteMarks']],
  ['quote marks without blanks, two deep', each((line) => `>>${line}`), ['quoteMarks']],
  ['an indent', each((line) => `    ${line}`), ['indents']],
  ['a tab', each((line) => `\t${line}`), ['indents']],
  ['line numbers of grep', each((line, index) => `${index + 1}:${line}`), ['lineNumbers']],
  [
    'line numbers of cat',
    each((line, index) => `${String(index + 1).padStart(6)}\t${line}`),
    ['indents', 'lineNumbers'],
  ],
  ['file names', each((line) => `node-1/rules.v4:${line}`), ['fileNames']],
  [
    'file names and line numbers',
    each((line, index) => `rules.v4:${index + 1}:${line}`),
    ['fileNames', 'lineNumbers'],
  ],
  ['times', each((line) => `2026-11-30T02:25:09.123Z ${line}`), ['times']],
  ['a log', each((line) => `Nov 30 02:25:09 node-1 dump[12]: ${line}`), ['times']],
  ['a prompt', `[root@node-1 ~]# iptables-save\n${text}[root@node-1 ~]#\n`, ['prompts']],
  ['another prompt', `user@node:~$ sudo iptables-save\n${text}user@node:~$ exit\n`, ['prompts']],
  ['kubectl', `Defaulted container "agent" out of: agent, init (init)\n${text}`, ['messages']],
  ['entities', text.replaceAll('"', '&quot;').replaceAll('>', '&gt;'), ['entities']],
  ['numbers of characters', text.replaceAll('"', '&#34;').replaceAll('>', '&#x3e;'), ['entities']],
  ['entities of entities', text.replaceAll('"', '&amp;quot;'), ['entities']],
  ['colours', text.replaceAll('EDGE', '\u001b[01;31m\u001b[KEDGE\u001b[m\u001b[K'), ['escapes']],
  ['no-break spaces', text.replaceAll(' ', '\u00a0'), ['spaces']],
  ['typographic quotes', text.replace('"', '\u201c').replace('"', '\u201d'), ['quotes']],
  [
    'dashes of a word processor',
    text.replaceAll(' --', ' \u2013').replaceAll(' -', ' \u2013').replace('\u2013 [0', '- [0'),
    ['dashes'],
  ],
  ['two dashes for two hyphens', text.replaceAll(' --', ' \u2013\u2013'), ['dashes']],
  ['zero-width spaces', text.replaceAll('EDGE', 'ED\u200bGE'), ['invisible']],
  [
    'a diff',
    `--- a\n+++ b\n@@ -1,8 +1,9 @@\n${each((line) => (line.includes('-j DROP') ? `+${line}` : ` ${line}`))}--A EDGE -j ACCEPT\n`,
    ['diffs', 'indents', 'removedLines'],
  ],
  [
    'pages of less',
    text.replace('-A EDGE', ':\n-A EDGE').replace('COMMIT', 'lines 1-7\nCOMMIT\n(END)'),
    ['messages'],
  ],
  ['pages of more', text.replace('-A EDGE', '--More--(53%)\n-A EDGE'), ['messages']],
  [
    'a listing below it',
    `${text}Chain EDGE (1 references)\ntarget     prot opt source               destination\nDROP       all  --  10.0.0.1             anywhere\n`,
    ['otherLines'],
  ],
  ['CR LF and quote marks', each((line) => `> ${line}\r`), ['quoteMarks']],
];

it('reads counters without brackets as those of their rules', () => {
  const written = each((line) => line.replace(/^(?=-A)/, '12:720 '));
  expect(rulesOf(written)).toEqual(rules.map((rule) => rule.replace('-A', '[12:720] -A')));
  expect(parseRuleset(written).paste?.noise.map(({ kind, count }) => [kind, count])).toEqual([
    ['bareCounters', 2],
  ]);
});

describe('a dump with', () => {
  it.each(pastes)('%s is read as the dump', (_name, written, noise) => {
    expect(rulesOf(written)).toEqual(rules);
    const ruleset = parseRuleset(written);
    expect(new Set(ruleset.paste?.noise.map(({ kind }) => kind))).toEqual(new Set(noise));
    expect(printRuleset(ruleset)).toBe(written);
    if (ruleset.paste !== null) expect(rulesOf(cleanText(ruleset.paste))).toEqual(rules);
  });

  it.each(pastes)('%s leads every word back to where it was written', (_name, written) => {
    const { tables, paste, text: read } = parseRuleset(written);
    for (const chain of tables.flatMap((table) => [...table.chains.values()])) {
      for (const { chain: word } of chain.rules) {
        const start = paste?.map.before(word.start) ?? word.start;
        const end = paste?.map.before(word.end) ?? word.end;
        const plain = codes.reduce((words, code) => words.replaceAll(code, ''), written.slice(start, end));
        expect(plain).toBe(read.slice(word.start, word.end));
        expect(paste?.map.after(start) ?? start).toBe(word.start);
      }
    }
  });
});

it('a listing below a dump is named as not read', () => {
  const { paste, problems } = parseRuleset(
    `${text}Chain EDGE (1 references)\ntarget  prot opt source  destination\n`,
  );
  expect(paste?.unread.map(({ start, end }) => paste.written.slice(start, end))).toEqual([
    'Chain EDGE (1 references)',
  ]);
  expect(problems).toEqual([]);
});

describe('commands', () => {
  const script = `#!/bin/sh
set -e
LAN=10.0.0.0/8
sudo iptables -N EDGE || true
/sbin/iptables -w -A FORWARD -j EDGE   # ours
iptables -A EDGE -s 10.244.1.9/32 -m comment --comment 'do not' -j DROP >/dev/null 2>&1
iptables -t nat -A PREROUTING -p tcp \\
    --dport 80 \\
    -j REDIRECT --to-ports 8080; iptables -t nat -A POSTROUTING -j MASQUERADE
if [ -n "$X" ]; then
  iptables -A INPUT -j DROP
fi
for port in 22 80; do
  if [ "$port" = 22 ]; then echo ssh; fi
  iptables -A INPUT -p tcp --dport $port -j ACCEPT
done
while read ip; do iptables -A INPUT -s $ip -j DROP; done < blocked.txt
open() {
  iptables -A INPUT -p tcp --dport $1 -j ACCEPT
}
iptables -A EDGE -j RETURN
ip6tables -A FORWARD -d fd00::/8 -j ACCEPT
`;

  it('are read into the tables that they name', () => {
    expect(rulesOf(script)).toEqual([
      'filter -A EDGE -s 10.244.1.9/32 -m comment --comment "do not" -j DROP',
      'filter -A EDGE -j RETURN',
      'filter -A FORWARD -j EDGE',
      'nat -A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080',
      'nat -A POSTROUTING -j MASQUERADE',
      'filter -A FORWARD -d fd00::/8 -j ACCEPT',
    ]);
    expect(parseRuleset(script).tables.map(({ name, family }) => `${name} ${family}`)).toEqual([
      'filter 4',
      'nat 4',
      'filter 6',
    ]);
    expect(printRuleset(parseRuleset(script))).toBe(script);
  });

  it('in loops, conditions and with arguments of functions are not read, and counted', () => {
    const { paste } = parseRuleset(script);
    expect(paste?.noise.find(({ kind }) => kind === 'conditionalCommands')?.count).toBe(4);
    const unread = paste?.unread.map(({ start, end }) => script.slice(start, end).trim()) ?? [];
    expect(unread).toHaveLength(4);
    expect(unread.at(-2)).toContain('while read ip');
  });
});

describe('a text that is meant for iptables-restore', () => {
  it.each([
    ['a lone indented COMMIT', text.replace('COMMIT', '  COMMIT')],
    ['one line with a number', text.replace(':EDGE', '5: :EDGE')],
    ['a line of nonsense', text.replace('COMMIT', 'nonsense\nCOMMIT')],
    ['a no-break space in one of three rules', text.replace('COMMIT', '-A EDGE\u00a0-j ACCEPT\nCOMMIT')],
    ['typography in a comment', text.replace('shop/cart', 'caf\u00e9 \u2013 \u201cx\u201d')],
    ['two hyphens between rules', text.replace('-A EDGE', '--\n-A EDGE')],
  ])('keeps %s', (_name, written) => {
    expect(parseRuleset(written).paste).toBeNull();
  });
});

it.each(['IPT=/sbin/iptables', 'export IPT="$(which iptables)"', 'IPT="sudo iptables -w" # the program'])(
  'reads the commands of a script whose program is a variable: %s',
  (named) => {
    const script = [
      '#!/bin/sh',
      named,
      '$IPT -P FORWARD DROP',
      '"${IPT}" -A FORWARD -s 10.0.0.0/8 -j ACCEPT',
      '',
    ];
    expect(rulesOf(script.join('\n'))).toEqual(['filter -A FORWARD -s 10.0.0.0/8 -j ACCEPT']);
    const unnamed = script.filter((line) => line !== named).join('\n');
    expect(rulesOf(unnamed)).toEqual([]);
  },
);
