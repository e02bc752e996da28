/** DNAT and SNAT to one of several addresses, with ports, persistent, at random. */
import type { Family } from '../../../../src/kernel/flow.ts';
import type { Feature, RulePlace } from './feature.ts';

/** The last ones differ in several words. */
const destinations: Readonly<Record<Family, readonly string[]>> = {
  4: [
    '198.51.100.8-198.51.100.12',
    '10.244.1.5-10.244.1.7',
    '198.18.0.0-198.19.200.7',
    '10.244.1.250-10.244.2.7',
  ],
  6: [
    '2001:db8:2::10-2001:db8:2::16',
    'fd00:10:244:1::5-fd00:10:244:1::7',
    '2001:db8:5::1:ffff:fff0-2001:db8:5::3:0:5',
    '2001:db8:2::-2001:db8:9:ffff::',
  ],
};
const sources: Readonly<Record<Family, readonly string[]>> = {
  4: ['203.0.113.50-203.0.113.52', '203.0.113.0-203.0.114.255', '192.168.0.2-192.168.0.3'],
  6: ['2001:db8::50-2001:db8::60', '2001:db8:7::1:0:1-2001:db8:7::2:0:9', 'fd00:192:168::2-fd00:192:168::3'],
};

function targets({ random, family, kind, protocol }: RulePlace): readonly string[] {
  if (kind !== 'dst' && kind !== 'src' && kind !== 'in') return [];
  const isSource = kind !== 'dst';
  const addresses = random.pick((isSource ? sources : destinations)[family]);
  const ported = ['tcp', 'udp', 'sctp'].includes(protocol);
  const ports = ported
    ? random.maybe(0.4, () => `:${random.pick(isSource ? ['30000-60999', '5000'] : ['8000-8009', '8080'])}`)
    : '';
  const to = family === 6 && ports !== '' ? `[${addresses}]${ports}` : `${addresses}${ports}`;
  const more = random.pick([
    '',
    '',
    ' --persistent',
    ported ? ' --random' : '',
    isSource && ported ? ' --random-fully' : '',
  ]);
  const rule = isSource ? `-j SNAT --to-source ${to}${more}` : `-j DNAT --to-destination ${to}${more}`;
  return [rule, rule];
}

export const ranges: readonly Feature[] = [
  {
    name: 'range of addresses',
    targets,
    inRule: /--to-(?:source|destination) \[?[0-9a-f.:]+-[0-9a-f]*[.:][0-9a-f.:]*[.:]/,
  },
  { name: 'range of addresses, persistent', inRule: /--to-(?:source|destination) \S*-\S* .*--persistent/ },
];
