/** What a rule of nftables does, as sentences. */
import { describe, expect, it } from 'vitest';
import { nftRuleMeaning } from '../../../src/kubeproxy/words/nftRuleMeaning.ts';
import { parseRuleset } from '../../../src/rules/nftables/parser.ts';
import { rulesIn } from '../../../src/rules/nftables/rulesIn.ts';

function meaning(rule: string): string {
  const [found] = rulesIn(parseRuleset(`table ip t {\n\tchain c {\n\t\t${rule}\n\t}\n}\n`));
  return found === undefined ? 'no rule' : nftRuleMeaning(found);
}

describe('a rule of nftables in words', () => {
  it.each([
    ['tcp dport 22 drop', 'Each packet with "tcp dport 22" is dropped.'],
    ['limit rate 5/second drop', 'Every packet within "limit rate 5/second" is dropped.'],
    ['limit rate over 5/second drop', 'Every packet beyond "limit rate 5/second" is dropped.'],
    [
      'ip saddr 10.0.0.1 quota over 5 mbytes drop',
      'Each packet with "ip saddr 10.0.0.1" beyond "quota 5 mbytes" is dropped.',
    ],
    ['quota name "monthly" drop', 'Every packet for which "quota name "monthly"" holds is dropped.'],
    [
      'update @seen { ip saddr limit rate over 5/second } drop',
      'Every packet for which "update @seen { ip saddr limit rate over 5/second }" holds is dropped.',
    ],
    ['update @seen { ip saddr } drop', 'Every packet meets "update @seen { ip saddr }", and is dropped.'],
    [
      'log prefix "x" limit rate 3/minute',
      'Every packet is logged; of these, each within "limit rate 3/minute" goes on to the next rule.',
    ],
    ['counter tcp dport 22 drop', 'Every packet is counted; of these, each with "tcp dport 22" is dropped.'],
  ])('%s', (rule, told) => {
    expect(meaning(rule)).toBe(told);
  });
});
