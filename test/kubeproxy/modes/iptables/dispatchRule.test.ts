import { describe, expect, test } from 'vitest';
import { readByWords, readDispatchRule } from '../../../../src/kubeproxy/modes/iptables/dispatchRule.ts';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import type { Rule, Ruleset } from '../../../../src/rules/iptables/nodes.ts';
import { dumpRulesets, dumpsWith } from '../../dumps.ts';

/** kube-proxy's rules that lead to Services, and everything else that stands in its chains. */
function rulesOf(ruleset: Ruleset): readonly Rule[] {
  return ruleset.tables.flatMap(({ chains }) =>
    [...chains.values()]
      .filter(({ name }) => !/^KUBE-(?:SEP|SV[CL])-/u.test(name))
      .flatMap(({ rules }) => rules),
  );
}

describe('by its pattern a line says what its words say', () => {
  test.each(dumpsWith('iptables-save.txt'))('%s', (dump) => {
    const { 4: ipv4, 6: ipv6 } = dumpRulesets(dump);
    for (const ruleset of [ipv4, ipv6]) {
      for (const rule of ruleset === null ? [] : rulesOf(ruleset)) {
        expect(readDispatchRule(rule, ruleset?.text ?? '')).toEqual(readByWords(rule));
      }
    }
  });

  const tail = '-m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA';
  test.each([
    `-d 10.0.0.1/32 -p tcp -m comment --comment "a/b:c cluster IP" ${tail}`,
    `-d 10.0.0.1 -p tcp -m comment --comment "a/b:c cluster IP" ${tail}`,
    `-d 10.0.0.0/24 -p tcp -m comment --comment "a/b:c cluster IP" ${tail}`,
    `! -d 10.0.0.1/32 -p tcp -m comment --comment "a/b:c cluster IP" ${tail}`,
    `-d fd00::1/128 -p tcp -m comment --comment "a/b:c cluster IP" ${tail}`,
    `-p tcp -m comment --comment "cali:abcdefghijklmnop" ${tail}`,
    `-p tcp -m comment --comment "cali:abcdefghijklmnop" -m comment --comment "a/b:c" ${tail}`,
    `-p tcp -m comment --comment "a/\\"b" ${tail}`,
    `-p tcp -m comment --comment "a/b" -m comment --comment "c/d" ${tail}`,
    `-p tcp -m comment --comment "a/b" -m tcp --dport 80:90 -j DROP`,
    `-p tcp -m comment --comment "a/b" -m tcp --dport 99999 -j DROP`,
    `-p tcp -m comment --comment "a/b" -m tcp --dport 0080 -j DROP`,
    `-p tcp -m comment --comment "a/b" -m tcp --dport 80 -j DROP --reject-with icmp-port-unreachable`,
    `-p tcp -m comment --comment "a/b" -m tcp --dport 80 -j REJECT`,
    `-p tcp -m comment --comment "a/b" -m tcp --dport 80 -j REJECT --reject-with tcp-reset`,
    `-p tcp -m comment --comment "a/b" -m tcp --dport 80 -j REJECTED`,
    `-p tcp -m comment --comment "a/b" -m tcp --dport 80 -j DROP -j KUBE-SVC-AAAAAAAAAAAAAAAA`,
    `-p tcp -m comment --comment "a/b" -m tcp ! --dport 80 -j DROP`,
    `-p tcp -m comment --comment "a/b" -m tcp --dport 80 -g KUBE-SVC-AAAAAAAAAAAAAAAA`,
    `-p tcp -m comment --comment "a/b"`,
  ])('%s', (words) => {
    const ruleset = parseRuleset(
      `*nat\n:KUBE-SERVICES - [0:0]\n[1:2] -A KUBE-SERVICES ${words}\n-A KUBE-SERVICES ${words}\nCOMMIT\n`,
    );
    const [first, second] = rulesOf(ruleset);
    if (first === undefined || second === undefined) throw new Error('no rules');
    expect(readDispatchRule(first, ruleset.text)).toEqual(readByWords(first));
    expect(readDispatchRule(second, ruleset.text)).toEqual(readByWords(second));
  });
});
