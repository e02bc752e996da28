/**
 * Completion of nftables as its users meet it: at each word of real rules, whatever is offered and chosen is taken by `nft -c`, or is the
 * beginning of what it takes; and the word that stands there is among what is offered. KUBE_PROXY_NFT_TELL=1 prints each failure.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nftCompletions } from '../../src/language/nftables/completion/completion.ts';
import { NftDocument } from '../../src/language/nftables/nftDocument.ts';
import { parseRuleset } from '../../src/rules/nftables/parser.ts';
import { Random } from './support/random.ts';
import { describeWithKernel } from './support/requirements.ts';
import { judgeNft } from './support/nftables/nftJudge.ts';

const TELLS = process.env['KUBE_PROXY_NFT_TELL'] === '1';
const random = new Random(Number(process.env['KUBE_PROXY_NFT_SEED'] ?? 1));
/** Of long lists (ports by name) some are tried. */
const MOST_TRIED = 4;
/** Of the rules of one chain, of the chains of one table, of the words of one rule. */
const MOST_RULES = 4;
const MOST_CHAINS = 6;
const MOST_WORDS = 14;
const LEAST_OFFERED = 0.95;

const texts = [
  '../dumps/1.36.3-nftables/nft.txt',
  '../rules/nftables/fixtures/every.nft',
  './support/nftables/homeHost.nft',
].map((path) => readFileSync(new URL(path, import.meta.url), 'utf8'));

interface Place {
  /** The ruleset with this one rule, up to the cursor. */
  readonly text: string;
  readonly offset: number;
  /** What stands behind it, up to the end of the word. */
  readonly word: string;
}

/** Each word of each rule that is a line, in a ruleset whose other rules are left out. */
function placesOf(whole: string): readonly Place[] {
  const { tables } = parseRuleset(whole);
  return tables.flatMap(({ items, start, end }) => {
    const chains = items.flatMap((item) => (item.kind === 'chain' ? item : []));
    const rules = chains.flatMap((chain) => chain.rules);
    const table = whole.slice(start, end);
    const bare = rules
      .toReversed()
      .reduce((text, rule) => text.slice(0, rule.start - start) + text.slice(rule.end - start), table);
    return some(chains, MOST_CHAINS).flatMap((chain) =>
      some(chain.rules, MOST_RULES).flatMap((rule) => {
        const left = rules
          .filter((each) => each.start < rule.start)
          .reduce((sum, each) => sum + each.end - each.start, 0);
        const at = rule.start - start - left;
        return wordsOf(whole.slice(rule.start, rule.end)).map(({ start: from, text }) => ({
          text: `${bare.slice(0, at)}${whole.slice(rule.start, rule.start + from)}${bare.slice(at)}`,
          offset: at + from,
          word: text,
        }));
      }),
    );
  });
}

function some<Value>(values: readonly Value[], most: number): readonly Value[] {
  return values.length <= most ? values : values.filter(() => random.chance(most / values.length));
}

function wordsOf(rule: string): readonly { readonly start: number; readonly text: string }[] {
  return rule.includes('\n')
    ? []
    : [...rule.matchAll(/"[^"\n]*"|[@$]?[\w:][\w./:-]*/gu)].slice(0, MOST_WORDS).map((found) => ({
        start: found.index,
        text: found[0],
      }));
}

/** Files and modules that this machine has not, fields of nft 1.1, and keys that only a map behind them makes a rule of. */
const OF_HOST =
  /Could not resolve (?:protocol name|service)|icmpv6 \| daddr|(?:name|set) (?:tcp|udp|ip6?) \| |(?:queue|reject): Error: .*No such file or directory/u;
/** Words of nft 1.1. */
const NEWER: ReadonlySet<string> = new Set([
  'gre',
  'geneve',
  'gretap',
  'vxlan',
  'broute',
  'ibrhwaddr',
  'taddr',
  'check',
]);
/** Values that nobody can know before they are written. */
const OWN = /^(?:"|@nh|@th|\d|0x|[\da-f:]*:|\d+\.\d)/u;

describeWithKernel('completion of nftables', ['nft', 'python3'], () => {
  test('offers what nft takes, and the words of real rules', { timeout: 600_000 }, () => {
    const lacking: string[] = [];
    let asked = 0;
    const chosen = texts.flatMap(placesOf).flatMap(({ text, offset, word }) => {
      const { items } = nftCompletions(
        new NftDocument({ uri: 'file:///nft.txt', version: 1, text }),
        offset,
        [],
      );
      const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).trim();
      if (!OWN.test(word)) {
        asked += 1;
        if (!items.some(({ label }) => label === word || label.split(' ')[0] === word))
          lacking.push(`${line} | ${word}`);
      }
      return some(
        items.filter(({ label }) => !NEWER.has(label)),
        MOST_TRIED,
      ).map(({ textEdit }) => {
        const chosenWord = textEdit?.newText ?? '';
        const open = line.split('{').length - line.split('}').length;
        return {
          text: `${text.slice(0, offset)}${chosenWord}${open > 0 ? '' : '\n'}${text.slice(offset)}`,
          told: `${line} | ${chosenWord}`,
          open,
          words: [line, chosenWord],
        };
      });
    });
    const tried = [...new Map(chosen.map((each) => [each.told, each])).values()].filter(
      ({ open }) => open === 0,
    );
    const judged = judgeNft(tried.map(({ text }) => text));
    const refused = tried.flatMap(({ told }, index) => {
      const [status, message] = judged[index] ?? [2, ''];
      const why = `${told}: ${message.split('\n')[0] ?? ''}`;
      const isBegun = message.startsWith('Error: syntax error, unexpected newline');
      return status === 0 || isBegun || OF_HOST.test(why) ? [] : [why];
    });
    if (TELLS)
      console.log(
        [
          ...new Set(lacking),
          '',
          ...refused,
          '',
          `${lacking.length}/${asked} ${refused.length}/${tried.length}`,
        ].join('\n'),
      );
    expect(tried.length).toBeGreaterThan(1_000);
    expect(refused).toEqual([]);
    expect(1 - lacking.length / asked).toBeGreaterThanOrEqual(LEAST_OFFERED);
  });
});
