/**
 * What is called dead, no packet of the engine meets: random rules, random packets. More than a test run needs:
 * `KPE_FIRST_SEED=1 KPE_SEEDS=2000 KPE_PACKETS=500 vitest run --project unit test/rules/iptables/reach/proofs.test.ts`.
 */
import { describe, expect, test } from 'vitest';
import { createEngine } from '../../../../src/kernel/engine.ts';
import type { Family } from '../../../../src/kernel/flow.ts';
import { readNode } from '../../../../src/kernel/node/readNode.ts';
import { iptablesMachine } from '../../../../src/machines/iptables/machine.ts';
import type { Rule, Ruleset } from '../../../../src/rules/iptables/nodes.ts';
import { parseRuleset } from '../../../../src/rules/iptables/parser.ts';
import { walkTable } from '../../../../src/rules/iptables/reach/walk.ts';
import { finish } from '../../../../src/values/steps.ts';
import { Random } from '../../../realKernel/support/random.ts';
import { randomFlow } from '../../../realKernel/support/randomFlows.ts';
import { randomSets, RandomRules } from '../../../realKernel/support/randomRules.ts';

const FIRST = Number(process.env['KPE_FIRST_SEED'] ?? 1);
const SEEDS = Number(process.env['KPE_SEEDS'] ?? 60);
const PACKETS = Number(process.env['KPE_PACKETS'] ?? 60);

describe('no packet meets a rule that is called dead', () => {
  const met = { dead: 0, alive: 0 };
  test(`${SEEDS} random rulesets from seed ${FIRST}, ${PACKETS} packets each`, () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const random = new Random(seed);
      const family: Family = random.pick([4, 4, 6] as const);
      const text = new RandomRules(random, family).text();
      const ruleset = parseRuleset(text);
      const dead = deadRules(ruleset, family);
      const hit = hitRules(ruleset, family, random);
      met.dead += dead.size;
      met.alive += hit.size;
      const wrong = [...hit]
        .filter((start) => dead.has(start))
        .map((start) => text.slice(start).split('\n')[0]);

      expect(wrong, `seed ${seed}\n${text}`).toEqual([]);
    }
  });

  test('and some are called so, others are met', () => {
    expect(met.dead).toBeGreaterThan(SEEDS);
    expect(met.alive).toBeGreaterThan(SEEDS);
  });
});

/** Where they start in the text. */
function deadRules(ruleset: Ruleset, family: Family): ReadonlySet<number> {
  const dead = ruleset.tables.flatMap((table): readonly Rule[] =>
    (finish(walkTable(table, family))?.dead ?? []).map(({ rule }) => rule),
  );
  return new Set(dead.map(({ start }) => start));
}

function hitRules(ruleset: Ruleset, family: Family, random: Random): ReadonlySet<number> {
  const node = readNode(new Map([['ipset-save.txt', randomSets(random, family)]]));
  const engine = createEngine([iptablesMachine(ruleset, family, node)], family, node);
  const hit = new Set<number>();
  for (let packet = 0; packet < PACKETS; packet++) {
    const { outcomes } = engine.trace(randomFlow(random, family));
    for (const { steps } of outcomes)
      for (const step of steps) if (step.kind === 'rule') hit.add(step.at.span.start);
  }
  return hit;
}
