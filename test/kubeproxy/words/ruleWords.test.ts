import { expect, test } from 'vitest';
import { parseRuleset } from '../../../src/rules/iptables/parser.ts';
import type { Rule } from '../../../src/rules/iptables/nodes.ts';
import { fullWords, shortWords } from '../../../src/kubeproxy/words/ruleWords.ts';
import { dumpRulesets } from '../dumps.ts';

function ruleOf(line: string): Rule {
  const chain = /-A (\S+)/u.exec(line)?.[1] ?? '';
  const { tables } = parseRuleset(`*nat\n:${chain} - [0:0]\n${line}\nCOMMIT\n`);
  const rule = tables[0]?.chains.get(chain)?.rules[0];
  if (rule === undefined) throw new Error(`no rule in ${line}`);
  return rule;
}

test.each([
  ['-A X -j KUBE-MARK-MASQ', 'mark to masquerade'],
  ['-A X ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ', 'mark to masquerade unless from 10.244.0.0/16'],
  [
    '-A X ! -s 10.244.0.0/16 -d 10.96.12.3/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ',
    'mark to masquerade if to 10.96.12.3:80/TCP unless from 10.244.0.0/16',
  ],
  ['-A X -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-A', '1 of 3 → KUBE-SEP-A'],
  ['-A X -m statistic --mode random --probability 0.123 -j KUBE-SEP-A', '12.3 % → KUBE-SEP-A'],
  ['-A X -m conntrack --ctstate INVALID -m nfacct --nfacct-name  x -j DROP', 'drop if in state INVALID'],
  ['-A X -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', 'accept if in state RELATED or ESTABLISHED'],
  ['-A X -m mark --mark 0x4000/0x4000 -j ACCEPT', 'accept if marked to be masqueraded'],
  ['-A X -m mark ! --mark 0x4000/0x4000 -j RETURN', 'return unless marked to be masqueraded'],
  ['-A X -m mark --mark 0x2000/0x2000 -j MASQUERADE', 'masquerade if marked 0x2000'],
  ['-A X -j MARK --set-xmark 0x4000/0x4000', 'set the masquerade mark'],
  ['-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0', 'clear the masquerade mark'],
  ['-A X -j MARK --set-xmark 0x4000/0x0', 'flip the mark’s bits 0x4000'],
  ['-A X -j MARK --set-xmark 0x0/0x8000', 'clear the mark’s bits 0x8000'],
  ['-A X -j MARK --set-mark 7', 'set the mark to 0x7'],
  ['-A X -p tcp -m tcp -j DNAT --to-destination 10.244.1.5:8080', 'translate to 10.244.1.5:8080 if TCP'],
  ['-A X -p tcp -m multiport --dports 80,443 -j ACCEPT', 'accept if to ports 80,443/TCP'],
  ['-A X -p tcp -m tcp ! --dport 80 -j ACCEPT', 'accept if TCP unless to port 80'],
  ['-A X ! -p tcp -j DROP', 'drop unless TCP'],
  ['-A X -d fd00::5/128 -p udp -m udp --dport 53 -j ACCEPT', 'accept if to [fd00::5]:53/UDP'],
  ['-A X -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS', '→ KUBE-NODEPORTS if to an address of this node'],
  ['-A X -i veth+ -o eth0 -j DROP', 'drop if in by veth+, out by eth0'],
  [
    '-A X -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT',
    'accept if in ipset KUBE-CLUSTER-IP (dst,dst)',
  ],
  ['-A X -p tcp -j REJECT --reject-with tcp-reset', 'reject with tcp-reset if TCP'],
  ['-A X -m comment --comment "only counts"', 'count only'],
  ['-A X -g Y', '→ Y, for good'],
  ['-A X -m string --string "a b" --algo bm -j DROP', 'drop if -m string --string "a b" --algo bm'],
  [
    '-A X -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-AAAAAAAAAAAAAAAA --mask 255.255.255.255 --rsource -j KUBE-SEP-AAAAAAAAAAAAAAAA',
    '→ KUBE-SEP-AAAAAAAAAAAAAAAA if of a client that was sent there in the last 3 h',
  ],
])('%s → %s', (line, words) => {
  expect(shortWords(ruleOf(line))).toBe(words);
});

test('a share stands before everything and takes the place of the rule’s own chance', () => {
  const rule = ruleOf('-A X -m statistic --mode random --probability 0.5 -j KUBE-SEP-A');
  expect(
    shortWords(rule, { masqueradeMark: 0x4000, chainLabel: () => '10.244.1.5:8080' }, { share: 1 / 3 }),
  ).toBe('33.3 % → 10.244.1.5:8080');
});

test('the masquerade mark is the one that the rules set', () => {
  const rule = ruleOf('-A X -m mark --mark 0x80/0x80 -j ACCEPT');
  expect(shortWords(rule, { masqueradeMark: 0x80 })).toBe('accept if marked to be masqueraded');
  expect(shortWords(rule, { masqueradeMark: 0x4000 })).toBe('accept if marked 0x80');
});

test('a full sentence says the conditions first', () => {
  const rule = ruleOf('-A X ! -s 10.244.0.0/16 -d 10.96.12.3/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ');
  expect(fullWords(rule)).toBe(
    'Takes packets to 10.96.12.3:80/TCP, not from 10.244.0.0/16: mark to masquerade.',
  );
});

test.each(['1.36.3', '1.23.4', '1.36.3-cni-plugins', 'docker'])('every rule of %s has words', (dump) => {
  const { 4: v4, 6: v6 } = dumpRulesets(dump);
  const rules = [v4, v6].flatMap((each) => each?.tables ?? []).flatMap((table) => [...table.chains.values()]);
  for (const rule of rules.flatMap((chain) => chain.rules)) {
    expect(shortWords(rule)).not.toMatch(/\?|undefined| -m |\s{2}|^$/u);
  }
});
