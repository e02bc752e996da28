import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Random } from '../../realKernel/support/random.ts';
import { ruleSpans, type Tried, tryRule } from './realRules.ts';

/** Rules of kube-proxy, the kubelet, CNI plugins and Docker, of both families; no objects lie beside them. */
const dumps = [
  '1.23.4/iptables-save.txt',
  '1.36.3/iptables-save-c.txt',
  '1.36.3-cni-plugins/iptables-save.txt',
  '1.36.3-over-1.23.4/ip6tables-save.txt',
  '1.36.3/ip6tables-save.txt',
  'docker/iptables-save.txt',
];

/** `COMPLETION_SEED` asks for other rules. */
const seed = Number(process.env['COMPLETION_SEED'] ?? 1);
const RULES = 300;

/** See realRules.ts for what a hit is. The share without any letter is printed and not demanded. */
it('has 95 % of the words of 300 real rules among the first ten', { timeout: 300_000 }, () => {
  const random = new Random(seed);
  const tried = new Map<number, Tried[]>([
    [0, []],
    [2, []],
  ]);
  for (const name of dumps) {
    const text = readFileSync(new URL(`../../dumps/${name}`, import.meta.url), 'utf8');
    const spans = ruleSpans(text);
    for (let count = 0; count < RULES / dumps.length; count++) {
      const found = tryRule(text, random.pick(spans), [...tried.keys()]);
      for (const [letters, words] of found) for (const each of words) tried.get(letters)?.push(each);
    }
  }
  const share = (letters: number): number => {
    const words = tried.get(letters) ?? [];
    return words.filter(({ hit }) => hit).length / words.length;
  };
  const percent = (letters: number): string => `${(100 * share(letters)).toFixed(1)} %`;
  console.log(
    `seed ${seed}: ${percent(0)} of ${tried.get(0)?.length} words without a letter, ${percent(2)} with two`,
  );
  const missed = tried.get(2)?.filter(({ hit }) => !hit) ?? [];
  expect(share(2), missed.map(({ line, word }) => `${line}<|> ${word}`).join('\n')).toBeGreaterThanOrEqual(
    0.95,
  );
});
