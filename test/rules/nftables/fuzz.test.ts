/**
 * Rulesets of nft, damaged: read without throwing, every span within the text, and written again.
 * KUBE_PROXY_NFT_FUZZ sets how many (100,000 before a release), KUBE_PROXY_NFT_SEED where to begin.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRuleset } from '../../../src/rules/nftables/parser.ts';
import { printRuleset } from '../../../src/rules/nftables/printer.ts';
import { Random } from '../../realKernel/support/random.ts';
import { damaged } from './damage.ts';

const count = Number(process.env['KUBE_PROXY_NFT_FUZZ'] ?? 2_000);
const first = Number(process.env['KUBE_PROXY_NFT_SEED'] ?? 1);

/** Of a ruleset, from any of them on. */
const LINES = 50;

function badSpans(node: unknown, length: number, at = 'ruleset'): readonly string[] {
  if (Array.isArray(node)) return node.flatMap((each, index) => badSpans(each, length, `${at}[${index}]`));
  if (typeof node !== 'object' || node === null) return [];
  const entries = Object.entries(node);
  const { start, end } = Object.fromEntries(entries);
  const isBad =
    typeof start === 'number' && typeof end === 'number' && !(start >= 0 && start <= end && end <= length);
  return [
    ...(isBad ? [`${at}: ${start}-${end}`] : []),
    ...entries.flatMap(([key, each]) => badSpans(each, length, `${at}.${key}`)),
  ];
}

test(`${count} damaged rulesets are read`, { timeout: 3_600_000 }, () => {
  const bases = ['every', 'script'].map((name) =>
    readFileSync(new URL(`fixtures/${name}.nft`, import.meta.url), 'utf8'),
  );
  for (let index = 0; index < count; index++) {
    const random = new Random(first + index);
    const lines = random.pick(bases).split('\n');
    const from = random.below(lines.length);
    const text = damaged(random, lines.slice(from, from + LINES).join('\n'));
    const ruleset = parseRuleset(text);
    expect(badSpans(ruleset, text.length)).toEqual([]);
    parseRuleset(printRuleset(ruleset));
  }
});
