/**
 * Sets of packets as cubes: ranges of what can be counted, and questions that a packet answers with yes or no.
 * Source: header space analysis (Kazemian, Varghese, McKeown 2012), with ranges in place of bits.
 */
import { intersect, type Ranges, without } from './ranges.ts';

export const dimensions = [
  'protocol',
  'source',
  'destination',
  'sourcePort',
  'destinationPort',
  'input',
  'output',
  'state',
] as const;

export type Dimension = (typeof dimensions)[number];

/** Packets that are in all of its ranges and answer all of its questions so; a dimension that is not there is not limited. */
export interface Cube {
  readonly ranges: { readonly [dimension in Dimension]?: Ranges };
  /** By the words of the question. */
  readonly answers: ReadonlyMap<string, boolean>;
}

/** All values of each dimension. */
export type Domain = Readonly<Record<Dimension, Ranges>>;

export const everything: Cube = { ranges: {}, answers: new Map() };

/** Null where no packet is in both. */
export function meet(a: Cube, b: Cube): Cube | null {
  const ranges: Partial<Record<Dimension, Ranges>> = { ...a.ranges };
  for (const dimension of dimensions) {
    const [own, other] = [ranges[dimension], b.ranges[dimension]];
    if (other === undefined) continue;
    const both = own === undefined ? other : intersect(own, other);
    if (both.length === 0) return null;
    ranges[dimension] = both;
  }
  if (b.answers.size === 0) return { ranges, answers: a.answers };
  const answers = new Map(a.answers);
  for (const [question, answer] of b.answers) {
    if ((answers.get(question) ?? answer) !== answer) return null;
    answers.set(question, answer);
  }
  return { ranges, answers };
}

/** What of `all` is not in `taken`, as cubes that are apart from each other. */
export function difference(all: Cube, taken: Cube, domain: Domain): readonly Cube[] {
  if (meet(all, taken) === null) return [all];
  const left: Cube[] = [];
  let rest = all;
  for (const dimension of dimensions) {
    const limits = taken.ranges[dimension];
    if (limits === undefined) continue;
    const own = rest.ranges[dimension] ?? domain[dimension];
    const outside = without(own, limits);
    if (outside.length > 0) left.push(limited(rest, dimension, outside));
    rest = limited(rest, dimension, intersect(own, limits));
  }
  for (const [question, answer] of taken.answers) {
    if (rest.answers.has(question)) continue;
    left.push(answered(rest, question, !answer));
    rest = answered(rest, question, answer);
  }
  return left;
}

export function limited(cube: Cube, dimension: Dimension, ranges: Ranges): Cube {
  return { ...cube, ranges: { ...cube.ranges, [dimension]: ranges } };
}

function answered(cube: Cube, question: string, answer: boolean): Cube {
  return { ...cube, answers: new Map([...cube.answers, [question, answer]]) };
}
