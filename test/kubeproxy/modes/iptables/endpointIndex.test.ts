import { describe, expect, test } from 'vitest';
import { EndpointIndex } from '../../../../src/kubeproxy/modes/iptables/endpointIndex.ts';
import { tableNamed } from '../../../../src/kubeproxy/rulesets.ts';
import { targetNameOf, targetOption, valueOf } from '../../../../src/kubeproxy/words/ruleView.ts';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import type { Chain, Ruleset } from '../../../../src/rules/iptables/nodes.ts';
import { normalAddress } from '../../../../src/values/address.ts';
import { readHostPort } from '../../../../src/values/hostPort.ts';
import { dumpRulesets, dumpsWith } from '../../dumps.ts';

function indexOf(ruleset: Ruleset): EndpointIndex {
  return new EndpointIndex(ruleset, tableNamed(ruleset, 'nat'), () => []);
}

function chainsOf(ruleset: Ruleset, beginning: RegExp): readonly Chain[] {
  return [...(tableNamed(ruleset, 'nat')?.chains.values() ?? [])].filter(({ name }) => beginning.test(name));
}

/** By a walk over all rules, word by word. */
function ownerByWords(ruleset: Ruleset, chain: string): string | null {
  const owner = chainsOf(ruleset, /^KUBE-(?:SV|XLB-)/u).find(({ rules }) =>
    rules.some((rule) => targetNameOf(rule) === chain),
  );
  return owner?.name.slice(-16) ?? null;
}

function chainsByWords(ruleset: Ruleset, address: string): readonly string[] {
  const goesThere = ({ rules }: Chain): boolean =>
    rules.some((rule) => {
      const destination = valueOf(targetOption(rule, '--to-destination'));
      return destination !== null && normalAddress(readHostPort(destination).address) === address;
    });
  return chainsOf(ruleset, /^KUBE-SEP-/u)
    .filter(goesThere)
    .map(({ name }) => name);
}

/** At most as many words of a text, from all over it. */
function wordsOf(text: string, pattern: RegExp, most: number): readonly string[] {
  const all = [...new Set(text.match(pattern))];
  const step = Math.ceil(all.length / most);
  return all.filter((_, index) => index % step === 0);
}

function expectSame(ruleset: Ruleset): void {
  const most = ruleset.text.length > 1e6 ? 4 : 20;
  const index = indexOf(ruleset);
  const chains = [...wordsOf(ruleset.text, /KUBE-SEP-[A-Z2-7]{16}/gu, most), 'KUBE-SEP-AAAAAAAAAAAAAAAA', ''];
  for (const chain of chains) expect(index.ownerOf(chain), chain).toBe(ownerByWords(ruleset, chain));
  const addresses = [
    ...wordsOf(ruleset.text, /\d+\.\d+\.\d+\.\d+/gu, most),
    ...wordsOf(ruleset.text, /[\da-f]*:[\da-f:]+/gu, most).map(normalAddress),
    '10.2',
    '',
  ];
  for (const address of addresses) {
    const expected = chainsByWords(ruleset, address);
    expect(index.chainsAt(address), address).toEqual(expected);
    // One that was asked nothing yet searches the text.
    expect(indexOf(ruleset).chainsAt(address), address).toEqual(expected);
  }
}

describe('says of chains and addresses what the words of all rules say', () => {
  test.each(dumpsWith('iptables-save.txt'))('%s', (dump) => {
    const { 4: ipv4, 6: ipv6 } = dumpRulesets(dump);
    for (const ruleset of [ipv4, ipv6]) if (ruleset !== null) expectSame(ruleset);
  });

  const SEP = 'KUBE-SEP-AAAAAAAAAAAAAAAA';
  const SVC = 'KUBE-SVC-BBBBBBBBBBBBBBBB';

  test.each([
    [
      'a chain that is renamed',
      `-A OLD -j DNAT --to-destination 10.0.0.1:80\n-A ${SVC} -j ${SEP}\n-E OLD ${SEP}\n`,
    ],
    ['a chain in quotes', `-A "${SEP}" -j DNAT --to-destination 10.0.0.1:80\n-A "${SVC}" -j ${SEP}\n`],
    ['quotes', `-A ${SEP} -j DNAT --to-destination "10.0.0.1:80"\n-A ${SVC} -j "${SEP}"\n`],
    [
      'escapes',
      `-A ${SEP} -j DNAT --to-destination "10.0.0\\.1:80"\n-A ${SVC} -j "KUBE-SEP-\\AAAAAAAAAAAAAAAA"\n`,
    ],
    ['other spellings', `-A ${SEP} --jump DNAT --to-dest 10.0.0.1\n-A ${SVC} --jump ${SEP}\n`],
    [
      'more behind it',
      `-A ${SEP} -j DNAT --to-destination 10.0.0.1:80 --random\n-A ${SVC} -j ${SEP} -p tcp\n`,
    ],
    [
      'an address that begins with it',
      `-A ${SEP} -j DNAT --to-destination 10.0.0.1:80\n-A KUBE-SEP-CCCCCCCCCCCCCCCC -j DNAT --to-destination 10.0.0.10:80\n-A ${SVC} -j ${SEP}\n`,
    ],
    [
      'one chain of two',
      `-A KUBE-SVL-CCCCCCCCCCCCCCCC -j ${SEP}\n-A ${SVC} -j ${SEP}\n-A ${SEP} -j DNAT --to-destination 10.0.0.1:80\n`,
    ],
  ])('%s', (_, rules) => {
    const ruleset = parseRuleset(`*nat\n:OLD - [0:0]\n:${SVC} - [0:0]\n${rules}COMMIT\n`);
    expectSame(ruleset);
    expect(indexOf(ruleset).chainsAt('10.0.0.1')).toEqual([SEP]);
    expect(indexOf(ruleset).ownerOf(SEP)).not.toBeNull();
  });
});
