import type { ChainNames } from './chainNames.ts';
import { LineKind, type LineTable } from './lineTable.ts';

const NONE = -1;

/** The chains of one table section, by the numbers that `names` has for them in order of first appearance. */
export interface ChainTable {
  readonly names: ChainNames;
  readonly size: number;
  /** The line of the first declaration; -1 where a chain has none. */
  readonly declared: Int32Array;
  /** The line of the first rule; -1 where there is none. */
  readonly first: Int32Array;
  /** Its rules. */
  readonly count: Int32Array;
}

/** What the lines of a section make of its chains. */
interface LinkedLines {
  readonly chains: ChainTable;
  /** The lines of declarations, in order. */
  readonly declarations: readonly number[];
  /** Those of them that declare a chain again. */
  readonly again: readonly number[];
  /** The last rule or declaration; `start` where there is none. */
  readonly end: number;
}

/** HOT PATH: links the rules of each chain among the lines behind `start`, up to `stop`. */
export function linkLines(lines: LineTable, names: ChainNames, start: number, stop: number): LinkedLines {
  const { size } = names;
  const declared = new Int32Array(size).fill(NONE);
  const first = new Int32Array(size).fill(NONE);
  const last = new Int32Array(size).fill(NONE);
  const count = new Int32Array(size);
  const declarations: number[] = [];
  const again: number[] = [];
  let end = start;
  for (let line = start + 1; line < stop; line++) {
    const chain = lines.chainOf(line);
    if (chain < 0) continue;
    end = line;
    if (lines.kindOf(line) === LineKind.rule) {
      const before = last[chain] ?? NONE;
      if (before < 0) first[chain] = line;
      else lines.link(before, line);
      lines.link(line, NONE);
      last[chain] = line;
      count[chain] = (count[chain] ?? 0) + 1;
      continue;
    }
    declarations.push(line);
    if ((declared[chain] ?? NONE) < 0) declared[chain] = line;
    else again.push(line);
  }
  return { chains: { names, size, declared, first, count }, declarations, again, end };
}
