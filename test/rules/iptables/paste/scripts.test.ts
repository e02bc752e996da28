/** Commands of iptables as scripts write them: what they leave, in which table. */
import { describe, expect, test } from 'vitest';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import { printRule } from '../../../../src/rules/iptables/printer.ts';

/** `nat FOO`, and each rule behind its table. */
function left(lines: readonly string[]): readonly string[] {
  return parseRuleset(`${lines.join('\n')}\n`).tables.flatMap(({ name, chains }) =>
    [...chains.values()].flatMap((chain) => [
      `${name} ${chain.name}`,
      ...chain.rules.map((rule) => `${name} ${printRule(rule)}`),
    ]),
  );
}

function problems(lines: readonly string[]): readonly string[] {
  return parseRuleset(`${lines.join('\n')}\n`).problems.map(({ code, detail }) => `${code} ${detail}`);
}

describe('a table is named', () => {
  test.each([
    'iptables -t nat -F',
    'iptables -F -t nat',
    'iptables -w 5 -t nat -F',
    'iptables -t nat --wait --flush',
    'iptables --table=nat -Z',
    'iptables -t nat -X',
    'iptables -X -t nat',
  ])('in %s', (line) => {
    const lines = ['iptables -t nat -N FOO', 'iptables -t nat -A FOO -j ACCEPT', line];
    const words = line.split(/[ =]/);
    const isFlushed = words.includes('-F') || words.includes('--flush');
    expect(left(lines)).toEqual(isFlushed ? ['nat FOO'] : ['nat FOO', 'nat -A FOO -j ACCEPT']);
    expect(problems(lines).filter((each) => !each.startsWith('table-option'))).toEqual([]);
  });

  test('where a chain begins, is called otherwise, or gets a policy', () => {
    const lines = [
      'iptables -t nat -N FOO',
      'iptables -N BAR -t nat',
      'iptables -t nat -E BAR BAZ',
      'iptables -t mangle -P PREROUTING DROP',
    ];
    expect(left(lines)).toEqual(['nat FOO', 'nat BAZ', 'mangle PREROUTING']);
    expect(problems(lines)).toEqual([]);
  });

  test('in a file for iptables-restore by its "*" line alone', () => {
    expect(problems(['*nat', '-F -t nat', '-t nat -F', 'COMMIT'])).not.toEqual([]);
  });
});
