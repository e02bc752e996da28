/** Zones of conntrack, and templates that make a NOTRACK behind them do nothing. */
import type { Feature, RulePlace } from './feature.ts';

const zoned = [
  '--zone 5',
  '--zone 5',
  '--zone-orig 5',
  '--zone-reply 5',
  '--zone 7',
  '--zone mark',
  '--zone-orig mark',
];

function targets({ random, table }: RulePlace): readonly string[] {
  if (table !== 'raw') return [];
  return [
    `-j CT ${random.pick(zoned)}`,
    `-j CT ${random.pick(zoned)}`,
    `-j CT ${random.pick(['--ctevents new', '--zone 0', '--ctevents new --zone 5'])}`,
    '-j CT --notrack',
  ];
}

export const zones: readonly Feature[] = [
  { name: 'zone', targets, inRule: /-j CT .*--zone(?:-orig|-reply)? \d/ },
  { name: 'zone of the mark', inRule: /-j CT .*--zone(?:-orig|-reply)? mark/ },
  { name: 'template without a zone', inRule: /-j CT (?!.*--(?:zone|notrack))/ },
];
