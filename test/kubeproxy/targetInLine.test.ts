import { expect, test } from 'vitest';
import { ownerInLine, ownerOfRule } from '../../src/kubeproxy/owners.ts';
import { targetInLine } from '../../src/kubeproxy/targetInLine.ts';
import { targetNameOf } from '../../src/kubeproxy/words/ruleView.ts';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import { dumpRulesets } from './dumps.ts';

test('the text of a rule tells its target and its author as its words do, or tells nothing', () => {
  let told = 0;
  for (const dump of ['1.36.3', '1.23.4', '1.36.3-mixed-backends']) {
    const { 4: ruleset } = dumpRulesets(dump);
    for (const table of ruleset?.tables ?? []) {
      for (const rule of [...table.chains.values()].flatMap(({ rules }) => rules)) {
        const line = ruleset?.text.slice(rule.start, rule.end) ?? '';
        const target = targetInLine(line);
        if (target === null) continue;
        told++;
        expect(target).toBe(targetNameOf(rule));
        expect(ownerInLine(table.name, line)).toBe(
          // Of a chain that is nobody's.
          /cali:|kubernetes /.test(line) ? undefined : ownerOfRule(table.name, 'FORWARD', rule),
        );
      }
    }
  }
  expect(told).toBeGreaterThan(1_000);
});

test.each([
  '-m comment --comment "x -j DROP" -j ACCEPT',
  '-m comment --comment "x -j DROP" --jump ACCEPT',
  "-m comment --comment x'y -j DROP",
  '-m comment --comment -j DROP',
  '-s -j DROP',
  '-s 10.0.0.1/32 -g OTHER -j DROP',
  '-s 10.0.0.1/32 --jump ACCEPT -j DROP',
  '-s 10.0.0.1/32 --go OTHER -j DROP',
  '-s 10.0.0.1/32 -jACCEPT -j DROP',
  '-4j ACCEPT -s 10.0.0.1/32 -j DROP',
  '-p tcp -j DROP -j ACCEPT',
  '-p tcp -j DNAT --to-destination "10.0.0.1 -j DROP"',
  '-p tcp -j LOG --log-prefix "a -j DROP"',
  '-p tcp -j DROP',
  '-p tcp -j\tDROP',
  '-p tcp',
])('%s', (words) => {
  const { tables, text } = parseRuleset(
    `*filter\n:INPUT ACCEPT [0:0]\n:OTHER - [0:0]\n-A INPUT ${words}\nCOMMIT\n`,
  );
  const rule = tables[0]?.chains.get('INPUT')?.rules[0];
  const told = targetInLine(text.slice(rule?.start, rule?.end));
  if (told !== null) expect(told).toBe(rule === undefined ? null : targetNameOf(rule));
});
