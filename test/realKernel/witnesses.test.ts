/**
 * What `explain` shows of a rule, asked of the kernel: the packet that is to match it does, and no packet at all matches a rule
 * that is called dead. More than a test run needs: `KPE_FIRST_SEED=1 KPE_SEEDS=60 npm run test:kernel -- witnesses`.
 */
import { afterAll, expect, test } from 'vitest';
import { type Analysis, analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../src/kubeproxy/answer/answer.ts';
import { explainRule } from '../../src/kubeproxy/explain/explainRule.ts';
import type { Witness } from '../../src/kubeproxy/explain/witness.ts';
import { readForm } from '../../src/kubeproxy/form/flowForm.ts';
import type { Family, Flow } from '../../src/kernel/flow.ts';
import { placeText, type RulePlace } from '../../src/kernel/ruleAt.ts';
import { walkTable } from '../../src/rules/iptables/reach/walk.ts';
import { finish } from '../../src/values/steps.ts';
import { Lab, labTools } from './support/lab.ts';
import { USED_UP } from './support/random/limits.ts';
import { Random } from './support/random.ts';
import { randomFlow } from './support/randomFlows.ts';
import { randomSets, RandomRules } from './support/randomRules.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

const FIRST = Number(process.env['KPE_FIRST_SEED'] ?? 1);
const SEEDS = Array.from({ length: Number(process.env['KPE_SEEDS'] ?? 2) }, (_, index) => FIRST + index);
/** Packets of no rule's own, which are not to meet a dead one. */
const OTHERS = 20;

describeWithKernel('witnesses', labTools, () => {
  const asked = { witnesses: 0, dead: 0 };
  afterAll(() => {
    console.log(`${asked.witnesses} witnesses, ${asked.dead} dead rules`);
  });

  test.each(SEEDS)('seed %i', async (seed) => {
    const random = new Random(seed);
    const family: Family = random.pick([4, 4, 6] as const);
    const lab = new Lab({
      backend: random.pick(['nft', 'legacy'] as const),
      rules: { [family]: new RandomRules(random, family).text() },
      ipsets: randomSets(random, family),
      lenient: true,
    });
    try {
      const analysis = analysisOfFiles(lab.snapshot());
      const dead = deadRules(analysis, family);
      const shown = witnesses(analysis, family);
      const others = Array.from({ length: OTHERS }, () => randomFlow(random, family));
      // What becomes of them else the random judges ask, of packets that tell all that the rules look at.
      const wrong: string[] = [];
      await runFlows(lab, [...shown.keys(), ...others], {
        renewing: USED_UP,
        also: (flow, { rules }) => {
          const wanted = shown.get(flow);
          const met = [...rules.keys()].map((place) => place.replace(`${family}:`, ''));
          if (wanted !== undefined && !met.includes(wanted))
            wrong.push(`no witness of ${wanted}: ${met.join(' ')}`);
          wrong.push(...met.filter((place) => dead.has(place)).map((place) => `not dead: ${place}`));
        },
      });
      asked.witnesses += shown.size;
      asked.dead += dead.size;
      expect(wrong).toEqual([]);
    } finally {
      lab.close();
    }
  });

  test('there are some of both', () => {
    expect(asked.witnesses).toBeGreaterThan(2 * SEEDS.length);
    expect(asked.dead).toBeGreaterThan(SEEDS.length);
  });
});

function deadRules(analysis: Analysis, family: Family): ReadonlySet<string> {
  const ruleset = analysis.sources.followed(family)?.ruleset;
  const dead = (ruleset?.tables ?? []).flatMap((table) =>
    (finish(walkTable(table, family))?.dead ?? []).map(
      ({ rule }) => `${table.name}/${rule.chain.text}/${rule.index}`,
    ),
  );
  return new Set(dead);
}

/** Packets that meet a rule whatever happens by chance, each with its rule. */
function witnesses(analysis: Analysis, family: Family): ReadonlyMap<Flow, string> {
  const found = new Map<Flow, string>();
  for (const table of analysis.sources.followed(family)?.ruleset.tables ?? [])
    for (const chain of table.chains.values())
      for (const { index } of chain.rules) {
        const place = { table: table.name, chain: chain.name, index };
        const [told] = finish(explainRule(place, analysis));
        const flow = told?.witness == null ? null : flowOf(told.witness, place, analysis);
        if (flow !== null) found.set(flow, placeText(place));
      }
  return found;
}

const NODE: Readonly<Record<Family, string>> = { 4: '192.168.0.2', 6: 'fd00:192:168::2' };

/**
 * With what a question may leave open; null for what cannot be sent as it is: a port of a bridge hands nothing to the hooks
 * itself, a process has an address of the node, a known connection had other packets before, and no frame
 * has a mark.
 */
function sendable(flow: Flow): Flow | null {
  const { family, from, to, protocol } = flow;
  const isPorted = ['tcp', 'udp', 'sctp'].includes(protocol);
  const given = from.interface ?? null;
  const at = from.kind === 'pod' ? 'cni0' : from.kind === 'node' ? null : 'eth0';
  if (given !== null && !['cni0', 'eth0', 'eth1'].includes(given)) return null;
  if (flow.state !== undefined && flow.state !== 'new') return null;
  if (from.kind !== 'node' && (flow.mark ?? 0) !== 0) return null;
  if (from.kind === 'node' && from.address !== null && from.address !== NODE[family]) return null;
  const port = isPorted ? 40_000 : null;
  return {
    ...flow,
    from: {
      ...from,
      address: from.address ?? NODE[family],
      port: from.port ?? port,
      interface: from.kind === 'node' ? null : (given ?? at),
    },
    to: { ...to, port: to.port ?? (isPorted ? 9 : null) },
  };
}

/** Null where it hangs on what is not known, or on chance. */
function flowOf({ packet, decisions }: Witness, place: RulePlace, analysis: Analysis): Flow | null {
  const reading = readForm(packet, analysis);
  const flow = reading.kind === 'flow' && decisions.length === 0 ? sendable(reading.flow) : null;
  const outcomes = flow === null ? [] : (answerOf(analysis, flow)?.outcomes ?? []);
  const isSure = outcomes.every(({ steps, assuming }) => {
    const met = steps.some((step) => step.kind === 'rule' && placeText(step.at) === placeText(place));
    return met && assuming.length === 0;
  });
  return isSure && outcomes.length > 0 ? flow : null;
}
