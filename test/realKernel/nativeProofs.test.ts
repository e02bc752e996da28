/**
 * What is called dead in native tables, no packet of the engine meets: rulesets that the kernel holds, as nft lists them, and packets
 * that are aimed at what rules name. The kernel's packets are those of `test/conformance/neverMatches`. More than a test run needs:
 * `KPE_FIRST_SEED=1 KPE_SEEDS=2000 KPE_PACKETS=300 npm run test:kernel -- nativeProofs`.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Family, Flow } from '../../src/kernel/flow.ts';
import type { SnapshotFiles } from '../../src/kernel/snapshot.ts';
import { placeText } from '../../src/kernel/ruleAt.ts';
import { analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import type { Finding } from '../../src/kubeproxy/findings/finding.ts';
import { findingsOfNativeTables } from '../../src/kubeproxy/findings/nft/ofNft.ts';
import { finish } from '../../src/values/steps.ts';
import { Lab, labTools } from './support/lab.ts';
import { loadTaken } from './support/nftables/load.ts';
import { nativeMatch } from './support/nftables/nativeMatches.ts';
import { hostOf, portOf } from './support/nftables/nativePlace.ts';
import { nativeRules } from './support/nftables/nativeRules.ts';
import { Random } from './support/random.ts';
import { randomFlow, randomSource } from './support/randomFlows.ts';
import { describeWithKernel } from './support/requirements.ts';
import { enginesOf } from './support/runFlows.ts';

const FIRST = Number(process.env['KPE_FIRST_SEED'] ?? 1);
const SEEDS = Number(process.env['KPE_SEEDS'] ?? 10);
const PACKETS = Number(process.env['KPE_PACKETS'] ?? 40);

describeWithKernel('no packet meets a native rule that is called dead', labTools, () => {
  const met = { dead: 0, alive: 0, packets: 0 };
  let lab: Lab | null = null;
  beforeAll(() => {
    lab = new Lab({ backend: 'nft', rules: {} });
  });
  afterAll(() => {
    lab?.close();
    console.log(`${met.dead} dead rules, ${met.alive} that were met, ${met.packets} packets`);
  });

  test(`${SEEDS} random rulesets from seed ${FIRST}, ${PACKETS} packets each`, () => {
    if (lab === null) throw new Error('no lab');
    const facts = lab.node.snapshot();
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const random = new Random(seed);
      const family: Family = random.pick([4, 4, 6] as const);
      loadTaken(lab.node, withNarrower(random, family, nativeRules(random, family)));
      const listing = lab.node.run(['nft', 'list', 'ruleset']);
      const files = new Map([...facts, ['nft.txt', listing] as const]);
      const dead = deadRules(files);
      const hit = hitRules(files, random, family);
      met.dead += dead.size;
      met.alive += hit.size;
      met.packets += PACKETS;

      expect(
        [...hit].filter((place) => dead.has(place)),
        `seed ${seed}\n${listing}`,
      ).toEqual([]);
    }
  });

  test('and some are called so, others are met', () => {
    expect(met.dead).toBeGreaterThan(SEEDS);
    expect(met.alive).toBeGreaterThan(SEEDS);
  });
});

/** What a rule ends with, as `nativeRules` writes it; before it stand its matches. */
const END = /(?: counter| meta mark set| ct mark set| log| vmap| dnat| snat| redirect).*$/;

/** With rules behind them that ask for what some ask for, and for more: such as may never match. */
function withNarrower(random: Random, family: Family, lines: readonly string[]): readonly string[] {
  const more = lines.flatMap((line) => {
    const [, table = '', chain = '', rule = ''] = /^add rule (\S+ \S+) (\S+) (.*)$/.exec(line) ?? [];
    if (rule === '' || random.chance(0.6)) return [];
    const matches = rule.replace(END, '');
    if (matches === rule) return [];
    const also = random.chance(0.5) ? nativeMatch({ random, family, table, type: null, hook: null }) : '';
    return [`add rule ${table} ${chain} ${also} ${matches} counter ${random.pick(['accept', 'return', ''])}`];
  });
  return [...lines, ...random.shuffled(more)];
}

/** As `inet t0/input/3`, those that one finding names beside its own among them. */
function deadRules(files: SnapshotFiles): ReadonlySet<string> {
  const found = finish(findingsOfNativeTables(analysisOfFiles(files)));
  const places = found.flatMap(({ code, at, related: [, ...others] }): readonly Finding['at'][] =>
    code === 'never-matches' ? [at, ...others.map((each) => each.at)] : [],
  );
  return new Set(places.flatMap((at) => (at !== null && 'chain' in at ? [placeText(at)] : [])));
}

function hitRules(files: SnapshotFiles, random: Random, family: Family): ReadonlySet<string> {
  const engine = enginesOf(files)[family];
  const hit = new Set<string>();
  for (let packet = 0; packet < PACKETS; packet++) {
    for (const { steps } of engine.trace(flowOf(random, family)).outcomes)
      for (const step of steps) if (step.kind === 'rule') hit.add(placeText(step.at));
  }
  return hit;
}

/** Every other one goes to what rules name, by a protocol with ports. */
function flowOf(random: Random, family: Family): Flow {
  if (random.chance(0.5)) return randomFlow(random, family);
  const port = 30000 + random.below(30000);
  const to = { address: hostOf({ random, family }), port: portOf({ random }) };
  return {
    family,
    from: randomSource(random, family, port),
    to,
    protocol: random.pick(['tcp', 'tcp', 'udp']),
  };
}
