/** What rules remember from one packet to the next: each case on a node of its own, since rules forget nothing. */
import { expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { dump } from '../kernel/fixtures.ts';
import { Lab, labTools } from './support/lab.ts';
import { describeWithKernel } from './support/requirements.ts';
import { runFlows } from './support/runFlows.ts';

function from(address: string, port: number): Flow {
  return {
    family: 4,
    from: { kind: 'external', address, port, interface: 'eth0' },
    to: { address: '10.244.1.5', port: 80 },
    protocol: 'udp',
    packet: { length: 60 },
  };
}

const [first, again, neighbour] = [
  from('198.51.100.7', 40000),
  from('198.51.100.7', 40001),
  from('198.51.100.8', 40000),
];

/** Rules of FORWARD, the packet before, the packet. */
const cases: readonly (readonly [string, readonly string[], Flow, Flow])[] = [
  ['a quota is used up', ['-m quota --quota 100 -j ACCEPT', '-j DROP'], first, again],
  ['a quota is not used up', ['-m quota --quota 120 -j ACCEPT', '-j DROP'], first, again],
  ['connections are counted', ['-m connlimit --connlimit-above 1 --connlimit-saddr -j DROP'], first, again],
  [
    'connections of a network',
    ['-m connlimit --connlimit-upto 1 --connlimit-mask 24 -j DROP'],
    first,
    neighbour,
  ],
  ['one connection is one', ['-m connlimit --connlimit-above 1 -j DROP'], first, first],
  [
    'packets of a connection',
    ['-m connbytes --connbytes 2 --connbytes-dir both --connbytes-mode packets -j DROP'],
    first,
    first,
  ],
  [
    'bytes of a connection',
    ['-m connbytes --connbytes 61:200 --connbytes-dir original --connbytes-mode bytes -j DROP'],
    first,
    first,
  ],
  ['a label', ['-m connlabel --label 3 -j DROP', '-m connlabel --label 3 --set'], first, first],
  [
    'a list has the mask of its first rule',
    [
      '-m recent --rcheck --name N --mask 255.255.255.0 -j DROP',
      '-m recent --set --name N --mask 255.255.255.255',
    ],
    first,
    neighbour,
  ],
  [
    'a list has the mask of its first rule, a whole one',
    [
      '-m recent --rcheck --name N --mask 255.255.255.255 -j DROP',
      '-m recent --set --name N --mask 255.255.255.0',
    ],
    first,
    neighbour,
  ],
  ['a set of networks', ['-m set --match-set ban src -j DROP', '-j SET --add-set ban src'], first, neighbour],
];

describeWithKernel('what rules remember', labTools, () => {
  test('a packet that is asked twice counts twice', async () => {
    const rules = dump({
      filter: [
        '-A FORWARD -j twice',
        '-A FORWARD -j twice',
        '-A twice -m connlimit --connlimit-above 1',
        '-A twice -m connlimit --connlimit-above 2 -j DROP',
      ],
    });
    const lab = new Lab({ backend: 'legacy', rules: { 4: rules.replaceAll(' (nf_tables)', '') } });
    try {
      const flows = [first, { ...first, after: [first] }, { ...again, after: [first] }];
      const { differences, unsure } = await runFlows(lab, flows);
      expect([...differences, ...unsure]).toEqual([]);
    } finally {
      lab.close();
    }
  });

  test.each(cases)('%s', async (_, rules, before, packet) => {
    const text = dump({
      filter: [...rules.map((rule) => `-A FORWARD ${rule}`), '-A FORWARD -m conntrack --ctstate INVALID'],
    });
    const ipsets = 'create ban hash:net family inet\nadd ban 10.9.0.0/16\n';
    const lab = new Lab({ backend: 'legacy', rules: { 4: text.replaceAll(' (nf_tables)', '') }, ipsets });
    try {
      const { differences, unsure } = await runFlows(lab, [{ ...packet, after: [before] }]);
      expect([...differences, ...unsure]).toEqual([]);
    } finally {
      lab.close();
    }
  });
});
