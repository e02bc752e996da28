/** Random rules and random packets: what the kernel does is one of the engine's outcomes. */
import { afterAll, expect, test } from 'vitest';
import type { Family, Flow } from '../../src/kernel/flow.ts';
import type { Trace } from '../../src/kernel/trace.ts';
import { Lab, labTools } from './support/lab.ts';
import type { Backend } from './support/recorder.ts';
import { Random } from './support/random.ts';
import { facesOf, randomBridges, sysctlsOf } from './support/random/devices.ts';
import { USED_UP } from './support/random/limits.ts';
import { featureCommands, featureFlow, featureSysctls } from './support/random/features.ts';
import { LISTENERS } from './support/random/sockets.ts';
import { Tally } from './support/random/tally.ts';
import { randomFlow } from './support/randomFlows.ts';
import { randomSets, RandomRules } from './support/randomRules.ts';
import { describeWithKernel } from './support/requirements.ts';
import { enginesOf, runFlows } from './support/runFlows.ts';
import { respelled } from '../support/respell.ts';

// More than a test run needs: `KPE_FIRST_SEED=9000 KPE_SEEDS=200 KPE_PACKETS=30 npm run test:kernel -- randomPackets`.
const FIRST = Number(process.env['KPE_FIRST_SEED'] ?? 1);
const SEEDS = Array.from({ length: Number(process.env['KPE_SEEDS'] ?? 10) }, (_, index) => FIRST + index);
const PACKETS = Number(process.env['KPE_PACKETS'] ?? 20);

describeWithKernel('random packets through random rules', labTools, () => {
  const tally = new Tally();
  afterAll(() => {
    console.log(tally.toString());
  });

  test.each(SEEDS)('seed %i', async (seed) => {
    const random = new Random(seed);
    const family: Family = random.pick([4, 4, 6] as const);
    const backend: Backend = random.pick(['nft', 'legacy'] as const);
    const rules = new RandomRules(random, family).text();
    const sysctls = [
      `net.ipv4.conf.all.route_localnet=${random.pick([0, 1])}`,
      `net.ipv4.conf.${random.pick(['eth0', 'eth1', 'cni0', 'all'])}.rp_filter=${random.pick([0, 1, 2])}`,
      `net.ipv4.conf.${random.pick(['eth0', 'cni0'])}.accept_local=${random.pick([0, 0, 1])}`,
      `net.ipv4.conf.all.src_valid_mark=${random.pick([0, 1])}`,
      ...featureSysctls(random, family),
    ];
    const commands = random.chance(0.5)
      ? []
      : [
          'rule add fwmark 0x1/0x1 lookup 100',
          'route add default via 172.16.5.1 dev eth1 table 100',
          '-6 rule add fwmark 0x1/0x1 lookup 100',
          '-6 route add default via fd00:172:5::1 dev eth1 table 100',
        ];
    commands.push(...featureCommands(random, family));
    const bridges = randomBridges(random);
    const faces = facesOf(bridges, commands);
    sysctls.push(...sysctlsOf(random, faces));
    const lab = new Lab({
      backend,
      rules: { [family]: rules },
      ipsets: randomSets(random, family),
      sysctls,
      commands,
      bridges,
      lenient: true,
    });
    try {
      await lab.listen(LISTENERS);
      const engine = enginesOf(lab.snapshot())[family];
      const trace = (flow: Flow): Trace => engine.trace(flow);
      const flows = Array.from({ length: PACKETS }, () =>
        featureFlow(randomFlow(random, family), { random, family, rules, faces, trace }),
      );
      const abbreviated = new Random(seed + 1_000_000);
      const share = abbreviated.pick([0, 0.3]);
      const spell = (text: string): string => respelled(text, abbreviated, share);
      const { differences, unsure } = await runFlows(lab, flows, {
        spell,
        tally,
        renewing: USED_UP,
        node: [...commands, ...sysctls].join('; '),
      });

      expect(differences.join('\n'), `${backend}, ${sysctls.join()}, ${commands.join('; ')}\n${rules}`).toBe(
        '',
      );
      expect(unsure).toEqual([]);
    } finally {
      lab.close();
    }
  });
});
