import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dump, engineOf, flow, labFiles, sequence } from './fixtures.ts';

const words = fc.constantFrom(
  '-m',
  '-j',
  '-g',
  '!',
  '-s',
  '-d',
  '-p',
  '-i',
  'tcp',
  'udp',
  'icmp',
  'conntrack',
  '--ctstate',
  'NEW',
  '--dport',
  '80',
  'set',
  '--match-set',
  'x',
  'src,dst',
  'recent',
  '--set',
  '--rcheck',
  '--name',
  'L',
  'statistic',
  '--mode',
  'random',
  '--probability',
  '0.5',
  'nth',
  '--every',
  '2',
  'multiport',
  '--dports',
  '1,2',
  'DNAT',
  '--to-destination',
  '10.0.0.1:80',
  'MASQUERADE',
  'REJECT',
  'MARK',
  '--set-xmark',
  '0x1/0x1',
  'CONNMARK',
  '--save-mark',
  'RETURN',
  'ACCEPT',
  'A',
  'B',
  '10.0.0.0/8',
  '999.1.1.1',
  'eth+',
  'string',
  '--string',
  'NFQUEUE',
  'TPROXY',
  'owner',
  '--uid-owner',
  '0',
  'addrtype',
  '--dst-type',
  'LOCAL',
  'u32',
  'limit',
);
const rules = fc.array(
  fc
    .tuple(
      fc.constantFrom('PREROUTING', 'POSTROUTING', 'OUTPUT', 'FORWARD', 'INPUT', 'A', 'B'),
      fc.array(words, { maxLength: 8 }),
    )
    .map(([chain, rest]) => [`-A ${chain}`, ...rest].join(' ')),
  { maxLength: 12 },
);

const packets = [
  flow('client > 10.244.1.5:80 tcp'),
  flow('pod > 10.96.0.10:53 udp'),
  flow('node > 192.168.0.2:80 tcp'),
  flow('client > 10.244.1.5 icmp'),
];

describe('whatever the rules are', () => {
  test('a trace never throws, sums to 1 and is the same again', () => {
    fc.assert(
      fc.property(rules, rules, fc.boolean(), (nat, filter, known) => {
        const text = dump({ nat, filter });
        const files = known ? labFiles : {};
        for (const packet of packets) {
          const trace = engineOf(text, files).trace(packet);
          expect(trace.outcomes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
          expect(engineOf(text, files).trace(packet)).toEqual(trace);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a sequence sums to 1', () => {
    fc.assert(
      fc.property(rules, rules, (nat, filter) => {
        const [first, ...rest] = packets;
        if (first === undefined) return;
        const { joint } = engineOf(dump({ nat, filter })).traceSequence(sequence(first, ...rest));
        expect(joint.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
      }),
      { numRuns: 60 },
    );
  });
});
