/** The node's own packets that come in again by `lo`, where rules have changed them on the way: they keep their route, or lose it. */
import { expect, test } from 'vitest';
import type { Family, Flow } from '../../src/kernel/flow.ts';
import { Lab, labTools } from './support/lab.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

const ENDS = {
  4: { header: 'ip', own: '192.168.0.2', other: '10.244.1.1', pod: '10.244.1.7', far: '203.0.113.9' },
  6: {
    header: 'ip6',
    own: 'fd00:192:168::2',
    other: 'fd00:10:244:1::1',
    pod: 'fd00:10:244:1::7',
    far: '2001:db8:3::9',
  },
} as const;

const COUNTED = ['prerouting', 'input', 'forward', 'output', 'postrouting'].flatMap((hook) => [
  `add chain inet t0 at_${hook} { type filter hook ${hook} priority 400 ; }`,
  `add rule inet t0 at_${hook} counter`,
]);

/** `translated`: OUTPUT translates to the node itself. Behind it a rule writes an address: at POSTROUTING, PREROUTING, or both. */
function lines(family: Family, translated: boolean, ...at: readonly string[]): readonly string[] {
  const { header, other, pod } = ENDS[family];
  return [
    'add table inet t0',
    'add chain inet t0 n { type nat hook output priority -100 ; }',
    'add chain inet t0 p { type nat hook prerouting priority -100 ; }',
    `add rule inet t0 n counter ${translated ? `dnat ${header} to ${other}` : 'accept'}`,
    ...at.flatMap((hook) => [
      `add chain inet t0 w_${hook} { type filter hook ${hook} priority 50 ; }`,
      `add rule inet t0 w_${hook} ${hook === 'postrouting' ? 'oifname' : 'iifname'} lo ${header} daddr set ${pod} counter`,
    ]),
    ...COUNTED,
  ];
}

const WAYS: readonly (readonly [boolean, readonly string[]])[] = [
  [true, ['postrouting']],
  [true, ['postrouting', 'prerouting']],
  [false, ['postrouting', 'prerouting']],
];
const cases = ([4, 6] as const).flatMap((family) =>
  WAYS.map(([translated, at]): [Family, boolean, readonly string[]] => [family, translated, at]),
);

describeWithKernel('packets that come round through lo', labTools, () => {
  test.each(cases)('IPv%i: translated %s, written at %s', async (family, translated, at) => {
    const lab = new Lab({ backend: 'nft', rules: {}, native: lines(family, translated, ...at) });
    const { own, far } = ENDS[family];
    const from = { kind: 'node', address: own, port: 40000, interface: null } as const;
    const flows = [own, far].map((address): Flow => ({
      family,
      from,
      to: { address, port: 80 },
      protocol: 'udp',
    }));
    try {
      const { differences, unsure } = await runFlows(lab, flows);
      expect(differences.join('\n')).toBe('');
      expect(unsure).toEqual([]);
    } finally {
      lab.close();
    }
  });
});
