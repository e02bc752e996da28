import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { Dump } from '../findings/rules/faults/dump.ts';
import { compareClasses } from './compareClasses.ts';

/** Rules that tell some Services from others by their addresses, ports, and who asks. */
const rules: readonly (readonly [name: string, change: (dump: Dump) => Dump | null])[] = [
  ['as it is', (dump) => dump],
  ['with a DROP for some pods', (dump) => dump.first('filter', '-A FORWARD -d 10.244.1.0/26 -j DROP')],
  [
    'with a DROP for some node ports',
    (dump) => dump.first('mangle', '-A PREROUTING -p tcp -m tcp --dport 30080:30096 -j DROP'),
  ],
  [
    'with a DROP for some cluster IPs',
    (dump) => dump.first('mangle', '-A PREROUTING -d 10.104.0.0/14 -j DROP'),
  ],
  [
    'with a DROP for what some pods answer',
    (dump) => dump.first('filter', '-A FORWARD -s 10.244.1.0/27 -p tcp -j DROP'),
  ],
];

describe.each(['1.23.4', '1.36.3'])(
  'in the dump of %s, what is so of one frontend is so of its class',
  (name) => {
    it.each(rules)('%s', (_, change) => {
      const dump = change(Dump.of(name));
      const { compared, differences } = compareClasses(analysisOfFiles(dump?.files ?? new Map()));
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(20);
    });
  },
);

it('of 10,000 Services a few packets tell all', () => {
  const { classes, alone, compared, differences } = compareClasses(
    analysisOfFiles(Dump.of('1.36.3-large').files),
    500,
  );
  expect(differences).toEqual([]);
  expect(compared).toBeGreaterThan(15);
  expect({ classes: classes < 20, alone }).toEqual({ classes: true, alone: 0 });
});
