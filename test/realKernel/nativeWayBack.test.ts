/** The way back of a packet that is forwarded, where policy rules ask by which interface a packet comes in (nft_fib_ipv4.c, nft_fib_ipv6.c). */
import { expect, test } from 'vitest';
import type { Family, Flow } from '../../src/kernel/flow.ts';
import { Lab, labTools } from './support/lab.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

const NATIVE = [
  'add table inet t0',
  ...['forward', 'prerouting'].flatMap((hook) => [
    `add chain inet t0 at_${hook} { type filter hook ${hook} priority 10 ; }`,
    ...['saddr . iif oif', 'saddr oif', 'daddr . iif oif'].flatMap((fib) => [
      `add rule inet t0 at_${hook} udp dport 80 fib ${fib} missing counter`,
      `add rule inet t0 at_${hook} udp dport 80 fib ${fib} exists counter`,
    ]),
  ]),
];

/** What is looked up as if the node sent it (`lo`), or as if it came from the pods, has no way to the outside. */
const RULES: Readonly<Record<Family, string>> = {
  4: 'to 203.0.113.0/24 unreachable',
  6: 'to 2001:db8:2::/64 unreachable',
};

const ENDS: Readonly<
  Record<Family, { readonly outside: string; readonly pod: string; readonly far: string }>
> = {
  4: { outside: '203.0.113.9', pod: '10.244.1.5', far: '198.51.100.7' },
  6: { outside: '2001:db8:2::10', pod: 'fd00:10:244:1::5', far: '2001:db8:3::9' },
};

function flowsOf(family: Family): readonly Flow[] {
  const { outside, pod, far } = ENDS[family];
  const from = { kind: 'external', address: outside, port: 40000, interface: 'eth0' } as const;
  return [pod, far].map((address) => ({ family, from, to: { address, port: 80 }, protocol: 'udp' }));
}

const CASES = ([4, 6] as const).flatMap((family) => ['lo', 'cni0'].map((name) => [family, name] as const));

describeWithKernel('the way back by fib', labTools, () => {
  test.each(CASES)('of IPv%i, with a rule about %s', async (family, name) => {
    const commands = [`${family === 6 ? '-6 ' : ''}rule add iif ${name} ${RULES[family]}`];
    const lab = new Lab({ backend: 'nft', rules: {}, native: NATIVE, commands });
    try {
      const { differences, seen } = await runFlows(lab, flowsOf(family));
      expect(differences.join('\n')).toBe('');
      expect(seen.left).toBeGreaterThan(0);
    } finally {
      lab.close();
    }
  });
});
