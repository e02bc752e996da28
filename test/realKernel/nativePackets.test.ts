/** Random packets through random native tables, with rules of iptables beside them: what the kernel does is one of the outcomes. */
import { afterAll, expect, test } from 'vitest';
import type { Family, Flow } from '../../src/kernel/flow.ts';
import type { Trace } from '../../src/kernel/trace.ts';
import { Lab, labTools } from './support/lab.ts';
import { hostOf, portOf } from './support/nftables/nativePlace.ts';
import { nativeRules } from './support/nftables/nativeRules.ts';
import { Random } from './support/random.ts';
import { featureCommands, featureFlow, featureSysctls } from './support/random/features.ts';
import { USED_UP } from './support/random/limits.ts';
import { LISTENERS } from './support/random/sockets.ts';
import { Tally } from './support/random/tally.ts';
import { randomFlow, randomSource } from './support/randomFlows.ts';
import { RandomRules, randomSets } from './support/randomRules.ts';
import type { Backend } from './support/recorder.ts';
import { describeWithKernel } from './support/requirements.ts';
import { enginesOf, runFlows } from './support/runFlows.ts';

// More than a test run needs: `KPE_FIRST_SEED=9000 KPE_SEEDS=200 KPE_PACKETS=30 npm run test:kernel -- nativePackets`.
const FIRST = Number(process.env['KPE_FIRST_SEED'] ?? 1);
const SEEDS = Array.from({ length: Number(process.env['KPE_SEEDS'] ?? 3) }, (_, index) => FIRST + index);
const PACKETS = Number(process.env['KPE_PACKETS'] ?? 20);

/** Without what nft 1.0.6 crashes at when it lists tables of iptables-nft. */
function listable(rules: string): string {
  return rules
    .split('\n')
    .filter((line) => !line.includes('--hashlimit-rate-match'))
    .join('\n');
}

describeWithKernel('random packets through random native tables', labTools, () => {
  const tally = new Tally();
  const open: string[] = [];
  afterAll(() => {
    console.log([tally.toString(), `unsure: ${open.length}`, ...open].join('\n'));
  });

  test.each(SEEDS)('seed %i', async (seed) => {
    const random = new Random(seed);
    const family: Family = random.pick([4, 4, 6] as const);
    const backend: Backend = random.pick(['nft', 'nft', 'legacy'] as const);
    const isMixed = random.chance(0.4);
    const rules = isMixed ? listable(new RandomRules(random, family).text()) : '';
    const native = nativeRules(random, family);
    const isPlain = random.chance(0.5);
    const commands = isPlain ? [] : featureCommands(random, family);
    const lab = new Lab({
      backend,
      rules: isMixed ? { [family]: rules } : {},
      native,
      ipsets: randomSets(random, family),
      ...(isPlain
        ? {}
        : { sysctls: ['net.ipv4.conf.all.route_localnet=0', ...featureSysctls(random, family)], commands }),
      lenient: true,
    });
    try {
      await lab.listen(LISTENERS);
      // Tables that are loaded anew come behind the native ones: from the start, so that their order stays.
      if (USED_UP.test(rules)) lab.renewRules(family);
      const engine = enginesOf(lab.snapshot())[family];
      const trace = (flow: Flow): Trace => engine.trace(flow);
      const flows = Array.from({ length: PACKETS }, () =>
        featureFlow(flowOf(random, family), { random, family, rules, faces: [], trace }),
      );
      const { differences, unsure } = await runFlows(lab, flows, {
        tally,
        renewing: USED_UP,
        node: commands.join('; '),
      });
      const listing = lab.snapshot().get('nft.txt') ?? '';

      open.push(...unsure);
      expect(listing.match(/\n\t\t.* counter /g)?.length ?? 0).toBeGreaterThan(5);
      const told = differences.join('\n');
      expect(told, `${backend}\n${commands.join('\n')}\n${rules}\n${listing}\n${told}\n`).toBe('');
    } finally {
      lab.close();
    }
  });
});

/** Every other one goes to what rules name, by a protocol with ports: strange ones are seldom decided by a rule. */
function flowOf(random: Random, family: Family): Flow {
  if (random.chance(0.5)) return randomFlow(random, family);
  const port = 30000 + random.below(30000);
  const to = { address: hostOf({ random, family }), port: portOf({ random }) };
  const protocol = random.pick(['tcp', 'tcp', 'udp']);
  return { family, from: randomSource(random, family, port), to, protocol };
}
