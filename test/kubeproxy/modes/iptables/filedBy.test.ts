import { describe, expect, test } from 'vitest';
import {
  byDestination,
  byEndpoint,
  byService,
  bySuffix,
} from '../../../../src/kubeproxy/modes/iptables/filedBy.ts';
import { type FiledBy, keyOf, NO_WORD, UNSURE } from '../../../../src/kubeproxy/modes/iptables/ruleIndex.ts';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import type { Rule, Ruleset } from '../../../../src/rules/iptables/nodes.ts';
import { dumpRulesets, dumpsWith } from '../../dumps.ts';

/** What each is asked of: chains of kube-proxy's in which lines end in their target. */
const asked: readonly (readonly [FiledBy, RegExp])[] = [
  [bySuffix, /^KUBE-(?:SERVICES|NODEPORTS|SV[CL]-|XLB-)/u],
  [byEndpoint, /^KUBE-SEP-/u],
  [byDestination, /^KUBE-(?:EXTERNAL-)?SERVICES$/u],
  [byService, /^KUBE-(?:EXTERNAL-)?SERVICES$|^KUBE-NODEPORTS$/u],
];

/** A line tells the word of its rule, or that it does not tell. */
function expectTrue({ text }: Ruleset, rule: Rule, by: FiledBy): void {
  const key = by.inText(text, rule.start, rule.end);
  if (key === UNSURE) return;
  const word = by.inWords(rule);
  expect(key, text.slice(rule.start, rule.end)).toBe(word === null ? NO_WORD : keyOf(word));
}

describe('the text of a line says of its word what its words say', () => {
  test.each(dumpsWith('iptables-save.txt'))('%s', (dump) => {
    const { 4: ipv4, 6: ipv6 } = dumpRulesets(dump);
    for (const ruleset of [ipv4, ipv6]) {
      if (ruleset === null) continue;
      // Of a large dump every so many rules.
      const step = ruleset.text.length > 1e6 ? 23 : 1;
      for (const { name, rules } of ruleset.tables.flatMap(({ chains }) => [...chains.values()])) {
        for (const [by, chains] of asked) {
          if (chains.test(name))
            rules.forEach((rule, at) => at % step === 0 && expectTrue(ruleset, rule, by));
        }
      }
    }
  });

  const tail = '-m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA';
  test.each([
    `-d 10.0.0.1/32 -p tcp -m comment --comment "a/b:c cluster IP" ${tail}`,
    `-d 10.0.0.1 -p tcp -m comment --comment "a/b cluster IP" ${tail}`,
    `-d 10.0.0.0/24 -p tcp -m comment --comment "a/b" ${tail}`,
    `! -d 10.0.0.1/32 -p tcp -m comment --comment "a/b:c/d cluster IP" ${tail}`,
    `-d 010.0.0.1/32 -p tcp -m comment --comment "a/b:c is mine" ${tail}`,
    `-d 10.0.0.1/32,10.0.0.2/32 -p tcp -m comment --comment "a/" ${tail}`,
    `-d fd00:0::1/128 -p tcp -m comment --comment "/b:c cluster IP" ${tail}`,
    `-d "10.0.0.1/32" -p tcp -m comment --comment "a\\/b:c cluster IP" ${tail}`,
    `-p tcp -m comment --comment "cali:abcdefghijklmnop" -m comment --comment "a/b:c" ${tail}`,
    `-p tcp -m comment --comment "" -m comment --comment "a/b:c" ${tail}`,
    `-p tcp -m comment --comment a/b:c ${tail}`,
    `-p tcp -m comment --comment "masquerade traffic for a/b:c external destinations" -j KUBE-MARK-MASQ`,
    `-p tcp -m comment --comment "-j KUBE-SVC-AAAAAAAAAAAAAAAA"`,
    `-p tcp -g KUBE-SVC-AAAAAAAAAAAAAAAA`,
    `-p tcp -j "KUBE-SVC-AAAAAAAAAAAAAAAA"`,
    `-p tcp -j KUBE-FW-AAAAAAAAAAAAAAAA`,
    `-p tcp -j DNAT --to-destination 10.0.0.1:80`,
    `-p tcp -j DNAT --to-destination 10.0.0.1`,
    `-p tcp -j DNAT --to-destination 10.0.0.1-10.0.0.5:80`,
    `-p tcp -j DNAT --to-destination 10.0.0.1:80-90`,
    `-p tcp -j DNAT --to-destination [FD00::1]:80`,
    `-p tcp -j DNAT --to-destination :80`,
    `-p tcp -j DNAT --to-destination 10.0.0.1:80 --random`,
  ])('-A KUBE-SERVICES %s', (words) => {
    for (const counters of ['', '[12:3456] ']) {
      const ruleset = parseRuleset(`*nat\n${counters}-A KUBE-SERVICES ${words}\nCOMMIT\n`);
      const [rule] = ruleset.tables[0]?.chains.get('KUBE-SERVICES')?.rules ?? [];
      if (rule === undefined) throw new Error('no rule');
      for (const [by] of asked) expectTrue(ruleset, rule, by);
    }
  });
});
