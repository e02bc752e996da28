/**
 * Rulesets of nftables that the kernel holds, as the real nft lists them: read without a problem, written from the tree as
 * nft wrote them, and taken by nft. KUBE_PROXY_NFT_SEEDS sets how many rulesets, KUBE_PROXY_NFT_SEED where to begin.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseRulesetJson } from '../../src/rules/nftables/jsonParser.ts';
import { parseRuleset } from '../../src/rules/nftables/parser.ts';
import { printRuleset } from '../../src/rules/nftables/printer.ts';
import { comparable } from '../rules/nftables/sameTree.ts';
import { meaning } from '../rules/nftables/support.ts';
import { Namespace } from './support/namespace.ts';
import { loadTaken } from './support/nftables/load.ts';
import { randomTable } from './support/nftables/randomRuleset.ts';
import { Random } from './support/random.ts';
import { describeWithKernel } from './support/requirements.ts';

const count = Number(process.env['KUBE_PROXY_NFT_SEEDS'] ?? 8);
const first = Number(process.env['KUBE_PROXY_NFT_SEED'] ?? 1);
const seeds = Array.from({ length: count }, (_, index) => first + index);
const families = ['ip', 'ip6', 'inet'] as const;
/** Of a ruleset; it has about 230, some of which name what this kernel was built without, or contradict themselves. */
const LEAST_RULES = 60;

describeWithKernel('listings of nftables', ['nft'], () => {
  let space: Namespace | null = null;
  let second: Namespace | null = null;
  beforeAll(() => {
    space = new Namespace('nft');
    second = new Namespace('nft2');
  });
  afterAll(() => {
    space?.close();
    second?.close();
  });

  test.each(seeds)('seed %i', (seed) => {
    if (space === null || second === null) throw new Error('no namespace');
    const random = new Random(seed);
    const lines = families.flatMap((family) => randomTable(random, family, `t_${family}`));
    loadTaken(space, lines);
    expect(rulesIn(space.run(['nft', 'list', 'ruleset']))).toBeGreaterThan(LEAST_RULES);
    for (const flags of [[], ['-a'], ['-s'], ['-n'], ['-y'], ['-a', '-s', '-n', '-y']]) {
      asListed(space.run(['nft', ...flags, 'list', 'ruleset']), !flags.includes('-n'));
    }
    sameInJson(space);
    sameWhenLoaded(second, space.run(['nft', 'list', 'ruleset']));
  });
});

/** `isSpelled`: with `-n` nft writes seconds and numbers for what the tree writes as ever. */
function asListed(listed: string, isSpelled: boolean): void {
  const ruleset = parseRuleset(listed);
  const told = ruleset.problems.map((each) => `${each.code}: ${listed.slice(each.start, each.end)}`);
  expect(told).toEqual([]);
  expect(ruleset.commands).toEqual([]);
  const printed = printRuleset(ruleset);
  if (isSpelled) expect(printed).toBe(listed);
  expect(meaning(parseRuleset(printed).tables)).toEqual(meaning(ruleset.tables));
}

function rulesIn(listed: string): number {
  const items = parseRuleset(listed).tables.flatMap((table) => table.items);
  return items.reduce((sum, item) => sum + (item.kind === 'chain' ? item.rules.length : 0), 0);
}

/** Both forms, listed one after the other: what is left of an element's time is no part of it. */
function sameInJson(space: Namespace): void {
  const json = parseRulesetJson(space.run(['nft', '-j', 'list', 'ruleset']));
  const text = parseRuleset(space.run(['nft', 'list', 'ruleset']));
  expect(json.problems).toEqual([]);
  expect(comparable(json)).toEqual(comparable(text));
}

/** What nft does with our text is what it does with its own: it takes both or neither (some listings do not load again). */
function sameWhenLoaded(space: Namespace, listed: string): void {
  const results = [listed, printRuleset(parseRuleset(listed))].map((text) => {
    space.run(['nft', 'flush', 'ruleset']);
    const { status } = space.attempt(['nft', '-f', '-'], text);
    return status === 0 ? space.run(['nft', '-s', 'list', 'ruleset']) : 'refused';
  });
  expect(results[1]).toBe(results[0]);
}
