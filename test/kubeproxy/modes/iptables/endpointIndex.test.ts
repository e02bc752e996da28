import { describe, expect, test } from 'vitest';
import { EndpointIndex } from '../../../../src/kubeproxy/modes/iptables/endpointIndex.ts';
import { tableNamed } from '../../../../src/kubeproxy/rulesets.ts';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import type { Ruleset } from '../../../../src/rules/iptables/nodes.ts';
import { finish } from '../../../../src/values/steps.ts';
import { dumpRulesets, dumpsWith } from '../../dumps.ts';

function indexOf(ruleset: Ruleset): EndpointIndex {
  return new EndpointIndex(ruleset, tableNamed(ruleset, 'nat'));
}

/** As it is after many questions. */
function preparedOf(ruleset: Ruleset): EndpointIndex {
  const index = indexOf(ruleset);
  finish(index.prepare());
  return index;
}

/** At most 20 words of a text, from all over it. */
function wordsOf(text: string, pattern: RegExp): readonly string[] {
  const all = [...new Set(text.match(pattern))];
  const step = Math.ceil(all.length / 20);
  return all.filter((_, index) => index % step === 0);
}

/** Whom the index names for each word, asked first of all. */
function expectSame(ruleset: Ruleset): void {
  const full = preparedOf(ruleset);
  const chains = [...wordsOf(ruleset.text, /KUBE-SEP-[A-Z2-7]{16}/gu), 'KUBE-SEP-AAAAAAAAAAAAAAAA', ''];
  for (const chain of chains) expect(indexOf(ruleset).ownerOf(chain), chain).toBe(full.ownerOf(chain));
  const addresses = [
    ...wordsOf(ruleset.text, /\d+\.\d+\.\d+\.\d+/gu),
    ...wordsOf(ruleset.text, /[\da-f]*:[\da-f:]+/gu),
    '10.2',
  ];
  for (const address of addresses)
    expect(indexOf(ruleset).chainsAt(address), address).toEqual(full.chainsAt(address));
}

describe('asked for the first time, the rules that hold a word say the same of it as the index of all', () => {
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
    ['quotes', `-A ${SEP} -j DNAT --to-destination "10.0.0.1:80"\n-A ${SVC} -j "${SEP}"\n`],
    [
      'escapes',
      `-A ${SEP} -j DNAT --to-destination "10.0.0\\.1:80"\n-A ${SVC} -j "KUBE-SEP-\\AAAAAAAAAAAAAAAA"\n`,
    ],
    ['other spellings', `-A ${SEP} --jump DNAT --to-dest 10.0.0.1\n-A ${SVC} --jump ${SEP}\n`],
    [
      'an address that begins with it',
      `-A ${SEP} -j DNAT --to-destination 10.0.0.10:80\n-A ${SVC} -j ${SEP}\n`,
    ],
    [
      'one chain of two',
      `-A KUBE-SVL-CCCCCCCCCCCCCCCC -j ${SEP}\n-A ${SVC} -j ${SEP}\n-A ${SEP} -j DNAT --to-destination 10.0.0.1:80\n`,
    ],
  ])('%s', (_, rules) => {
    const ruleset = parseRuleset(`*nat\n:OLD - [0:0]\n:${SVC} - [0:0]\n${rules}COMMIT\n`);
    expectSame(ruleset);
    expect(indexOf(ruleset).chainsAt('10.0.0.1')).toEqual(preparedOf(ruleset).chainsAt('10.0.0.1'));
    expect(indexOf(ruleset).ownerOf(SEP)).not.toBeNull();
  });
});

test('after some questions it goes on with an index of all, and says the same', () => {
  const ruleset = dumpRulesets('1.36.3')[4];
  if (ruleset === null) throw new Error('no rules');
  const full = preparedOf(ruleset);
  const one = indexOf(ruleset);
  const chains = wordsOf(ruleset.text, /KUBE-SEP-[A-Z2-7]{16}/gu);
  expect(chains.length).toBeGreaterThan(8);
  expect(chains.map((chain) => one.ownerOf(chain))).toEqual(chains.map((chain) => full.ownerOf(chain)));
});
