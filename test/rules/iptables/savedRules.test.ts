/** What people have, written as iptables-save would: read back it is the same, and iptables-restore takes it. */
import { describe, expect, it } from 'vitest';
import { parseRuleset } from '../../../src/rules/iptables/parser.ts';
import { printRule } from '../../../src/rules/iptables/printer.ts';
import { savedRules } from '../../../src/rules/iptables/savedRules.ts';
import { judge, whyNoJudge } from '../../language/rules/judge.ts';

const texts: Readonly<Record<string, string>> = {
  listing: `$ sudo iptables -nL
Chain INPUT (policy DROP)
target     prot opt source               destination
ACCEPT     6    --  10.0.0.0/8           0.0.0.0/0            tcp dpt:22
EDGE       0    --  0.0.0.0/0            0.0.0.0/0            [goto]

Chain EDGE (1 references)
target     prot opt source               destination
`,
  'part of a listing': `Chain KUBE-SERVICES (2 references)
target     prot opt source               destination
KUBE-SVC-CARTCARTCARTCART  6    --  0.0.0.0/0   10.96.7.7   /* shop/cart:http cluster IP */ tcp dpt:80
`,
  paste: `Here they are:
\`\`\`
[3:180] -A KUBE-SEP-AONEAONEAONEAONE -s 10.244.1.5/32 -m comment --comment "shop/cart:http" -j KUBE-MARK-MASQ
-A POSTROUTING -j MASQUERADE
\`\`\`
`,
  script: `sudo iptables -t nat -N EDGE
iptables -t nat -A PREROUTING -p tcp --dport 80 -j EDGE
iptables -P INPUT DROP
iptables -t nat -A EDGE -p tcp -j DNAT --to 10.0.0.1:8080 || true
`,
  'output of -S': '-P INPUT ACCEPT\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n-N EDGE\n-A FORWARD -j EDGE\n',
};

function rulesOf(text: string): readonly string[] {
  return parseRuleset(text)
    .tables.flatMap(({ name, chains }) =>
      [...chains.values()].flatMap((chain) => [
        `${name} ${chain.name} ${chain.declaration?.policy?.text ?? '-'}`,
        ...chain.rules.map((rule) => `${name} ${printRule(rule)}`),
      ]),
    )
    .toSorted();
}

describe.each(Object.entries(texts))('a %s', (_, text) => {
  const saved = savedRules(parseRuleset(text));

  it('is read back as the same rules, in which only absent chains are more', () => {
    const more = rulesOf(saved).filter((each) => !rulesOf(text).includes(each));
    expect(rulesOf(text).filter((each) => !rulesOf(saved).includes(each))).toEqual([]);
    expect(more.every((each) => / (?:KUBE-MARK-MASQ|KUBE-SVC-CARTCARTCARTCART) -$/.test(each))).toBe(true);
    expect(parseRuleset(saved).format).toBe('save');
  });

  it.skipIf(whyNoJudge() !== null).each(['nf_tables', 'legacy'] as const)('is loaded by %s', (backend) => {
    expect(judge(saved, backend)).toEqual({ refused: false, words: '' });
  });
});
