/** The algebra of ranges and cubes, against sets of numbers one by one. */
import { array, assert, boolean, nat, option, property, record, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cube, difference, type Domain, meet } from '../../../../src/rules/iptables/reach/cube.ts';
import { intersect, type Ranges, union, without } from '../../../../src/rules/iptables/reach/ranges.ts';

const TOP = 11;
const numbers = Array.from({ length: TOP + 1 }, (_, value) => value);

const someRanges = array(tuple(nat(TOP), nat(TOP)), { maxLength: 4 }).map((pairs) =>
  union(pairs.map(([a, b]) => ({ from: BigInt(Math.min(a, b)), to: BigInt(Math.max(a, b)) }))),
);

function membersOf(ranges: Ranges): readonly number[] {
  return numbers.filter((value) => ranges.some(({ from, to }) => from <= value && value <= to));
}

describe('ranges', () => {
  it('meet, join and differ as sets do, sorted and apart', () => {
    assert(
      property(someRanges, someRanges, (a, b) => {
        const [inA, inB] = [membersOf(a), membersOf(b)];
        expect(membersOf(intersect(a, b))).toEqual(inA.filter((value) => inB.includes(value)));
        expect(membersOf(without(a, b))).toEqual(inA.filter((value) => !inB.includes(value)));
        expect(membersOf(union([...b, ...a]))).toEqual(
          numbers.filter((value) => inA.includes(value) || inB.includes(value)),
        );
        for (const result of [intersect(a, b), without(a, b)])
          for (const [index, { from, to }] of result.entries()) {
            expect(from <= to).toBe(true);
            expect(index === 0 || from > (result[index - 1]?.to ?? 0n)).toBe(true);
          }
      }),
    );
  });
});

const all: Ranges = [{ from: 0n, to: BigInt(TOP) }];
const domain: Domain = {
  protocol: all,
  source: all,
  destination: all,
  sourcePort: all,
  destinationPort: all,
  input: all,
  output: all,
  state: all,
};

/** Of two dimensions and two questions. */
const someCube = record({
  protocol: option(someRanges),
  source: option(someRanges),
  a: option(boolean()),
  b: option(boolean()),
})
  .filter(({ protocol, source }) => protocol?.length !== 0 && source?.length !== 0)
  .map(({ protocol, source, a, b }): Cube => ({
    ranges: { ...(protocol === null ? {} : { protocol }), ...(source === null ? {} : { source }) },
    answers: new Map(
      (
        [
          ['a', a],
          ['b', b],
        ] as const
      ).flatMap(([question, answer]) => (answer === null ? [] : [[question, answer]])),
    ),
  }));

function packetsOf({ ranges, answers }: Cube): ReadonlySet<string> {
  const found = new Set<string>();
  for (const protocol of membersOf(ranges.protocol ?? all))
    for (const source of membersOf(ranges.source ?? all))
      for (const a of [true, false])
        for (const b of [true, false])
          if ((answers.get('a') ?? a) === a && (answers.get('b') ?? b) === b)
            found.add(`${protocol} ${source} ${a} ${b}`);
  return found;
}

describe('cubes', () => {
  it('meet and differ as sets of packets do, in parts that are apart', () => {
    assert(
      property(someCube, someCube, (one, other) => {
        const [inOne, inOther] = [packetsOf(one), packetsOf(other)];
        const both = meet(one, other);
        expect(both === null ? [] : [...packetsOf(both)]).toEqual(
          [...inOne].filter((packet) => inOther.has(packet)),
        );
        const parts = difference(one, other, domain).flatMap((part) => [...packetsOf(part)]);
        expect(parts.sort()).toEqual([...inOne].filter((packet) => !inOther.has(packet)).sort());
      }),
      { numRuns: 300 },
    );
  });
});
