/**
 * Packets of connections that the node knows already, of any translation, whatever its rules say now: entries are put into the
 * kernel's table by hand, and the engine is given what `conntrack -L` prints.
 */
import { expect, test } from 'vitest';
import type { Family } from '../../src/kernel/flow.ts';
import { randomEntry } from './support/conntrackEntries.ts';
import { difference } from './support/judge.ts';
import { Lab, labTools } from './support/lab.ts';
import { Random } from './support/random.ts';
import { randomSets, RandomRules } from './support/randomRules.ts';
import type { Backend } from './support/recorder.ts';
import { describeWithKernel } from './support/requirements.ts';
import { enginesOf, meetAll } from './support/runFlows.ts';

// More than a test run needs: `KPE_FIRST_SEED=9000 KPE_SEEDS=200 KPE_PACKETS=30 npm run test:kernel -- knownConnections`.
const FIRST = Number(process.env['KPE_FIRST_SEED'] ?? 1);
const SEEDS = Array.from({ length: Number(process.env['KPE_SEEDS'] ?? 3) }, (_, index) => FIRST + index);
const PACKETS = Number(process.env['KPE_PACKETS'] ?? 20);

describeWithKernel('packets of connections that the node knows', labTools, () => {
  test.each(SEEDS)('seed %i', async (seed) => {
    const random = new Random(seed);
    const family: Family = random.pick([4, 4, 6] as const);
    const backend: Backend = random.pick(['nft', 'legacy'] as const);
    const rules = new RandomRules(random, family).text();
    const lab = new Lab({
      backend,
      rules: { [family]: rules },
      ipsets: randomSets(random, family),
      lenient: true,
    });
    try {
      await lab.listen([]);
      const files = lab.snapshot();
      const differences: string[] = [];
      let known = 0;
      for (let count = 0; count < PACKETS; count++) {
        const { command, flow } = randomEntry(random, family);
        if (rules.includes('connlimit')) lab.renewRules(family);
        // What the kernel has no room for, such as the same tuple twice, it does not know.
        lab.node.attempt(command);
        const table = lab.connections();
        if (table !== '') known++;
        const engine = enginesOf(new Map([...files, ['conntrack.txt', table]]))[family];
        const trace = engine.trace(flow);
        meetAll(lab, trace);
        const seen = lab.observe(family, await lab.send(flow));
        const odd = difference(flow, trace, seen);
        if (odd !== null) differences.push(`${command.join(' ')}\n${table}${odd}`);
      }
      expect(known).toBeGreaterThan(PACKETS / 2);
      expect(differences.join('\n'), rules).toBe('');
    } finally {
      lab.close();
    }
  });
});
