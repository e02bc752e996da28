/** Real kube-proxy rules in a real kernel: what a packet does there is one of the engine's outcomes. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runFlows } from './support/runFlows.ts';
import { Lab, labTools } from './support/lab.ts';
import { Random } from './support/random.ts';
import { frontendsOf, randomServiceFlow } from './support/randomFlows.ts';
import { describeWithKernel } from './support/requirements.ts';

const PACKETS = Number(process.env['KPE_PACKETS'] ?? 40);

function dump(folder: string, file: string): string {
  return readFileSync(new URL(`../dumps/${folder}/${file}`, import.meta.url), 'utf8');
}

describeWithKernel('packets through real kube-proxy rules', labTools, () => {
  const cases = [
    ['1.36.3', 'nft', 'net.ipv4.conf.all.route_localnet=0'],
    ['1.36.3-legacy', 'legacy', 'net.ipv4.conf.all.route_localnet=1'],
    ['1.23.4', 'nft', 'net.ipv4.conf.all.route_localnet=1'],
    ['1.36.3-cni-plugins', 'nft', 'net.ipv4.conf.all.route_localnet=1'],
  ] as const;

  test.each(cases)('%s (%s, %s)', async (folder, backend, sysctl) => {
    const rules = { 4: dump(folder, 'iptables-save.txt'), 6: dump(folder, 'ip6tables-save.txt') };
    const lab = new Lab({ backend, rules, sysctls: [sysctl] });
    try {
      const random = new Random(1);
      const frontends = { 4: frontendsOf(rules[4], 4), 6: frontendsOf(rules[6], 6) };
      expect(frontends[4].length).toBeGreaterThan(20);
      const flows = Array.from({ length: PACKETS }, () => {
        const family = random.pick([4, 4, 6] as const);
        return randomServiceFlow(random, family, frontends[family]);
      });
      const { differences } = await runFlows(lab, flows);
      expect(differences.join('\n')).toBe('');
    } finally {
      lab.close();
    }
  });
});
