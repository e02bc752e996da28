import { describe, expect, test } from 'vitest';
import { endpointsOf, portShares } from '../../../../src/kubeproxy/modes/iptables/endpoints.ts';
import { FamilyRules } from '../../../../src/kubeproxy/modes/iptables/familyRules.ts';
import { sharesByWords, sharesOf } from '../../../../src/kubeproxy/modes/iptables/shares.ts';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import type { Chain, Ruleset } from '../../../../src/rules/iptables/nodes.ts';
import { dumpRulesets, dumpsWith } from '../../dumps.ts';

function chainsOf(ruleset: Ruleset): readonly Chain[] {
  return ruleset.tables.flatMap(({ chains }) => [...chains.values()]);
}

function expectSameShares(ruleset: Ruleset): void {
  for (const chain of chainsOf(ruleset))
    expect(sharesOf(chain, ruleset.text), chain.name).toEqual(sharesByWords(chain));
}

/** The same in other words, which no line of kube-proxy has. */
function reworded(lines: string): string {
  return lines.replaceAll(' -j ', ' --jump ');
}

function endpointIn(lines: string): unknown {
  const owner = 'LOLE4ISW44XBNF3G';
  const jump = `-A KUBE-SVC-${owner} -j KUBE-SEP-AAAAAAAAAAAAAAAA\n`;
  const ruleset = parseRuleset(`*nat\n:KUBE-SVC-${owner} - [0:0]\n${jump}${lines}COMMIT\n`);
  const rules = new FamilyRules({ id: 'iptables-save.txt', family: 4, ruleset });
  return endpointsOf(rules, portShares(rules, owner)).map(({ at, ...each }) => ({
    ...each,
    at: at?.index,
  }));
}

describe('a line of a Service says what its words say', () => {
  test.each(dumpsWith('iptables-save.txt'))('%s', (dump) => {
    const { 4: ipv4, 6: ipv6 } = dumpRulesets(dump);
    for (const ruleset of [ipv4, ipv6]) if (ruleset !== null) expectSameShares(ruleset);
  });

  const recent = '-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-AAAAAAAAAAAAAAAA';
  const rest = '--mask 255.255.255.255 --rsource -j KUBE-SEP-AAAAAAAAAAAAAAAA';
  test.each([
    `${recent} ${rest}`,
    `-m comment --comment "a/b:c" ${recent} ${rest}`,
    `-p tcp ${recent} ${rest}`,
    `${recent.replace('10800', '010')} ${rest}`,
    `-m statistic --mode random --probability 0.5 -j KUBE-SEP-AAAAAAAAAAAAAAAA`,
    `-m statistic --mode random --probability 1.5 -j KUBE-SEP-AAAAAAAAAAAAAAAA`,
    `-m statistic --mode random --probability 0.5.5 -j KUBE-SEP-AAAAAAAAAAAAAAAA`,
    `-m statistic --mode random ! --probability 0.25 -j KUBE-SEP-AAAAAAAAAAAAAAAA`,
    `-m statistic --mode nth --every 2 --packet 0 -j KUBE-SEP-AAAAAAAAAAAAAAAA`,
    `-m comment --comment "x -j KUBE-SEP-AAAAAAAAAAAAAAAA"`,
    `-m comment --comment "a \\" b" -j KUBE-SEP-AAAAAAAAAAAAAAAA`,
    `-s 10.0.0.0/8 -j KUBE-SEP-AAAAAAAAAAAAAAAA`,
    `-g KUBE-SEP-AAAAAAAAAAAAAAAA`,
    `-j KUBE-SEP-AAAAAAAAAAAAAAAA`,
    `-j RETURN`,
    `! -s 10.0.0.0/8 -d 10.96.0.1/32 -p tcp -m comment --comment "a/b" -m tcp --dport 80 -j KUBE-MARK-MASQ`,
  ])('%s', (words) => {
    for (const counters of ['', '[1:2] ']) {
      const lines = [words, '-j KUBE-SEP-BBBBBBBBBBBBBBBB'].map(
        (each) => `${counters}-A KUBE-SVC-X ${each}\n`,
      );
      expectSameShares(parseRuleset(`*nat\n:KUBE-SVC-X - [0:0]\n${lines.join('')}COMMIT\n`));
    }
  });
});

describe('the chain of an endpoint', () => {
  const set = '-m recent --set --name KUBE-SEP-AAAAAAAAAAAAAAAA --mask 255.255.255.255 --rsource ';

  test.each([
    ['10.0.0.1/32', '', '10.0.0.1:80'],
    ['10.0.0.1/32', set, '10.0.0.1:80'],
    ['10.0.0.2/32', '', '10.0.0.1:80'],
    ['10.0.0.1/128', '', '10.0.0.1:80'],
    ['10.0.0.1/24', '', '10.0.0.1:80'],
    ['fd00::0:1/128', '', '[fd00::1]:80'],
    ['fd00::1/32', '', '[fd00::1]:80'],
    ['fd00::1/128', '', 'fd00::1:80'],
    ['10.0.0.1/32', '', '10.0.0.1'],
    ['10.0.0.1/32', '', '10.0.0.1:80-90'],
  ])('-s %s, %s--to-destination %s', (source, remember, to) => {
    for (const counters of ['', '[1:2] ']) {
      const begin = `${counters}-A KUBE-SEP-AAAAAAAAAAAAAAAA`;
      const lines = `${begin} -s ${source} -m comment --comment "a/b" -j KUBE-MARK-MASQ\n${begin} -p tcp -m comment --comment "a/b" ${remember}-m tcp -j DNAT --to-destination ${to}\n`;
      expect(endpointIn(lines)).toEqual(endpointIn(reworded(lines)));
    }
  });
});
