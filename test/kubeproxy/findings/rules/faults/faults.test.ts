import { describe, expect, it } from 'vitest';
import { Dump } from './dump.ts';
import { findingsIn, newOf } from './fault.ts';
import { faults } from './faults.ts';
import { innocents } from './innocents.ts';
import { packetFaults, packetInnocents } from './packetFaults.ts';

/** One of each release and backend that the repository has a dump of. */
const dumps = [
  ...['1.23.4', '1.36.3', '1.36.3-legacy', '1.36.3-cni-plugins'].map((name) => Dump.of(name)),
  Dump.of('1.36.3', 'ip6tables-save.txt'),
];

describe.each(dumps)('in the dump of $name', (dump) => {
  const before = findingsIn(dump);

  it.each(faults)('is found: $name', ({ make, codes }) => {
    const made = make(dump);
    if (made !== null) expect(newOf(findingsIn(made), before)).toEqual([...codes(dump)].sort());
  });

  it.each(innocents)('is nothing: $name', ({ make }) => {
    const made = make(dump);
    if (made !== null) expect(newOf(findingsIn(made), before, 'warnings')).toEqual([]);
  });
});

describe('with packets traced through the dump of 1.36.3', () => {
  const dump = Dump.of('1.36.3');
  const before = findingsIn(dump, 'traced');

  it.each([...faults, ...packetFaults])('is found: $name', ({ make, codes }) => {
    const made = make(dump);
    if (made !== null) expect(newOf(findingsIn(made, 'traced'), before)).toEqual([...codes(dump)].sort());
  });

  it.each([...innocents, ...packetInnocents])('is nothing: $name', ({ make }) => {
    const made = make(dump);
    if (made !== null) expect(newOf(findingsIn(made, 'traced'), before, 'warnings')).toEqual([]);
  });
});

describe.each(['1.23.4', '1.36.3', '1.36.3-legacy'])('in other forms of the dump of %s', (name) => {
  it.each(['iptables-S.txt', 'iptables-save-c.txt'])('%s is nothing new', (form) => {
    expect(newOf(findingsIn(Dump.of(name, form)), findingsIn(Dump.of(name)), 'warnings')).toEqual([]);
  });
});

it('every innocent was made in some dump', () => {
  expect(
    innocents.filter(({ make }) => dumps.every((dump) => make(dump) === null)).map(({ name }) => name),
  ).toEqual([]);
});

it('every fault was made in some dump', () => {
  expect(
    faults.filter(({ make }) => dumps.every((dump) => make(dump) === null)).map(({ name }) => name),
  ).toEqual([]);
});
