/** Scripts of commands, and what is there once nft has loaded them; `test/realKernel/nftScripts` asks nft of random ones. */
import { describe, expect, it } from 'vitest';
import { appliedRuleset } from '../../../src/rules/nftables/applied.ts';
import { chainsOf } from '../../../src/rules/nftables/chains.ts';
import type { Ruleset } from '../../../src/rules/nftables/nodes.ts';
import { parseRuleset } from '../../../src/rules/nftables/parser.ts';
import { printExpression } from '../../../src/rules/nftables/printing/expressions.ts';

/** `ip t/c: tcp dport 22 accept; …` of each chain, `ip t @s: 1, 2` of each set; rules in the words of the text. */
function shown(text: string): readonly string[] {
  const { tables, ...ruleset }: Ruleset = appliedRuleset(parseRuleset(text));
  const chains = [...chainsOf({ ...ruleset, tables })].flatMap(([table, of]) =>
    [...of.values()].map(({ name, base, policy, rules }) => {
      const hook = base === null ? '' : ` [${base.hook.text} ${policy}]`;
      return `${table}/${name}${hook}: ${rules.map(({ start, end }) => text.slice(start, end)).join('; ')}`;
    }),
  );
  const sets = tables.flatMap(({ family, name, items }) =>
    items.flatMap((item) =>
      item.kind === 'set' || item.kind === 'map'
        ? [
            `${family} ${name.text} @${item.name.text}: ${item.elements.map(({ key }) => printExpression(key)).join(', ')}`,
          ]
        : [],
    ),
  );
  return [...chains, ...sets];
}

const MADE = 'add table ip t\nadd chain ip t c { type filter hook input priority 0; policy drop; }\n';

describe('what a script leaves', () => {
  it('is the ruleset itself where no command changes it', () => {
    const ruleset = parseRuleset('define x = 1\ntable ip t { chain c { tcp dport $x drop; }\n}\n');
    expect(appliedRuleset(ruleset)).toBe(ruleset);
  });

  it.each([
    [
      'rules in their order',
      'add rule ip t c tcp dport 1 drop\nadd rule t c tcp dport 2 drop',
      'tcp dport 1 drop; tcp dport 2 drop',
    ],
    ['the inserted one first', 'add rule ip t c counter\ninsert rule ip t c drop', 'drop; counter'],
    [
      'one behind an index',
      'add rule ip t c counter\nadd rule ip t c accept\nadd rule ip t c index 0 drop',
      'counter; drop; accept',
    ],
    [
      'one before an index',
      'add rule ip t c counter\nadd rule ip t c accept\ninsert rule ip t c index 1 drop',
      'counter; drop; accept',
    ],
    ['nothing that was flushed', 'add rule ip t c counter\nflush chain ip t c\nadd rule ip t c drop', 'drop'],
    ['nothing of a table that was flushed', 'add rule ip t c counter\nflush table ip t', ''],
    ['a rule without the word', 'add ip t c drop', 'drop'],
  ])('has %s', (_, commands, rules) => {
    expect(shown(`${MADE}${commands}\n`)).toEqual([`ip t/c [input drop]: ${rules}`]);
  });

  it('takes rules of a listing by their handles', () => {
    const listing = 'table ip t {\n\tchain c {\n\t\tcounter # handle 2\n\t\taccept # handle 3\n\t}\n}\n';
    expect(shown(`${listing}delete rule ip t c handle 2\n`)).toEqual(['ip t/c: accept']);
    expect(shown(`${listing}replace rule ip t c handle 3 drop\n`)).toEqual(['ip t/c: counter; drop']);
    expect(shown(`${listing}add rule ip t c position 2 drop\n`)).toEqual(['ip t/c: counter; drop; accept']);
    const { unapplied } = appliedRuleset(parseRuleset(`${listing}delete rule ip t c handle 9\n`));
    expect(unapplied).toHaveLength(1);
  });

  it('forgets a table that is deleted, as scripts do to begin anew', () => {
    const anew = 'table ip t\ndelete table ip t\ntable ip t { chain d { drop; }\n}\n';
    expect(shown(`${MADE}${anew}`)).toEqual(['ip t/d: drop']);
  });

  it('forgets everything, or a family', () => {
    const two = 'table ip t { chain a { drop; }\n}\ntable ip6 t { chain b { drop; }\n}\n';
    expect(shown(`${two}flush ruleset\n`)).toEqual([]);
    expect(shown(`${two}flush ruleset ip6\n`)).toEqual(['ip t/a: drop']);
  });

  it('adds elements to a set and takes them out', () => {
    const set = 'table ip t { set s { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 }; }\n}\n';
    expect(
      shown(`${set}add element ip t s { 192.0.2.1, 192.0.2.2 }\ndelete element ip t s { 192.0.2.1 }\n`),
    ).toEqual(['ip t @s: 10.0.0.0/8, 192.0.2.2']);
    expect(shown(`${set}flush set ip t s\n`)).toEqual(['ip t @s: ']);
    expect(shown(`${set}delete set ip t s\n`)).toEqual([]);
  });

  it('changes the policy of a chain, renames and deletes it', () => {
    expect(shown(`${MADE}add chain ip t c { policy accept; }\n`)).toEqual(['ip t/c [input accept]: ']);
    expect(shown(`${MADE}rename chain ip t c d\nadd rule ip t d drop\n`)).toEqual([
      'ip t/d [input drop]: drop',
    ]);
    expect(shown(`${MADE}delete chain ip t c\n`)).toEqual([]);
  });

  it('joins blocks of one table', () => {
    const two =
      'table ip t { chain c { counter; }\n}\ntable ip t { chain c { drop; }\nset s { type mark; }\n}\n';
    expect(shown(`${two}add rule ip t c accept\n`)).toEqual(['ip t/c: counter; drop; accept', 'ip t @s: ']);
  });
});
