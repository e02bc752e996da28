/**
 * Of which table each line of a part of a dump is. What a line says limits it; chains that jump to each other are of one
 * table; iptables prints the tables one after the other, so that the fewest changes from line to line are the likeliest.
 */
import { ANY, isBuiltIn, isOfSeveral, type TableSet, tableNames, tablesOfChain } from './tables.ts';

/** A declaration or a rule. */
export interface PartLine {
  /** The chain that it declares or belongs to. */
  readonly chain: string;
  /** The chain that it leads to. */
  readonly jump: string | null;
  readonly declares: boolean;
  /** By what it says, the names of chains apart. */
  readonly tables: TableSet;
  /** Whether another table may well begin here: a declaration stands behind a rule. */
  readonly begins: boolean;
}

/** The index into `tableNames` for each line. */
export function assignTables(lines: readonly PartLine[]): readonly number[] {
  const sets = narrowed(lines);
  return cheapest(sets, lines);
}

/** Rounds in which names may turn out to be of several tables, and sets pass from line to line. */
const MOST_ROUNDS = 24;

/** What each line can be, once lines that name the same chain agree. */
function narrowed(lines: readonly PartLine[]): readonly TableSet[] {
  const own = lines.map((line) => ownSet(line));
  const ambiguous = severalChains(lines);
  // A name whose lines disagree already is the name of two chains.
  for (const [name, set] of byName(lines, own, ambiguous)) if (set === 0) ambiguous.add(name);
  let sets = own;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const names = byName(lines, sets, ambiguous);
    const torn = [...names].filter(([, set]) => set === 0).map(([name]) => name);
    if (torn.length > 0) {
      for (const name of torn) ambiguous.add(name);
      sets = own;
      continue;
    }
    const next = lines.map((line, index) => agreed(line, sets[index] ?? ANY, names));
    if (next.every((set, index) => set === sets[index])) break;
    sets = next;
  }
  return sets;
}

/** Names that more than one table has: iptables prints the rules of a chain in one row, and declares it once. */
function severalChains(lines: readonly PartLine[]): Set<string> {
  const seen = new Set<string>();
  const several = new Set<string>();
  let before: PartLine | null = null;
  for (const line of lines) {
    const key = `${line.declares ? ':' : ''}${line.chain}`;
    const isSame = before !== null && before.chain === line.chain && before.declares === line.declares;
    if (!isSame && seen.has(key)) several.add(line.chain);
    seen.add(key);
    before = line;
    for (const name of namesOf(line)) if (isOfSeveral(name)) several.add(name);
  }
  return several;
}

function ownSet({ chain, jump, tables }: PartLine): TableSet {
  const set = tables & tablesOfChain(chain) & (jump === null ? ANY : tablesOfChain(jump));
  // What contradicts itself is a mistake of the rule: its target tells better than a name.
  return set === 0 ? tables & tablesOfChain(chain) || tables || ANY : set;
}

function namesOf({ chain, jump }: PartLine): readonly string[] {
  return [chain, ...(jump === null ? [] : [jump])].filter((name) => !isBuiltIn(name));
}

function byName(
  lines: readonly PartLine[],
  sets: readonly TableSet[],
  ambiguous: ReadonlySet<string>,
): ReadonlyMap<string, TableSet> {
  const names = new Map<string, TableSet>();
  for (const [index, line] of lines.entries()) {
    for (const name of namesOf(line)) {
      if (!ambiguous.has(name)) names.set(name, (names.get(name) ?? ANY) & (sets[index] ?? ANY));
    }
  }
  return names;
}

function agreed(line: PartLine, set: TableSet, names: ReadonlyMap<string, TableSet>): TableSet {
  return namesOf(line).reduce((left, name) => left & (names.get(name) ?? ANY) || left, set);
}

const IMPOSSIBLE = 1_000;
const CHANGE = 1;
/** Of staying in a table where another one may well begin. */
const STAYS = 0.25;
/** So little that it decides only between ways that are equal otherwise: the earlier of `tableNames`. */
const LATER = 1e-7;

/** The way through the tables with the fewest changes (Viterbi). */
function cheapest(sets: readonly TableSet[], lines: readonly PartLine[]): readonly number[] {
  const steps: (readonly number[])[] = [];
  let costs: readonly number[] = tableNames.map(() => 0);
  for (const [index, set] of sets.entries()) {
    const begins = lines[index]?.begins === true;
    const from: number[] = [];
    const next = tableNames.map((_, table) => {
      const own = (set & (1 << table)) === 0 ? IMPOSSIBLE : table * LATER;
      let least = Number.POSITIVE_INFINITY;
      for (const [before, cost] of costs.entries()) {
        const move = index === 0 ? 0 : before === table ? (begins ? STAYS : 0) : begins ? 0 : CHANGE;
        if (cost + move < least) {
          least = cost + move;
          from[table] = before;
        }
      }
      return least + own;
    });
    steps.push(from);
    costs = next;
  }
  return wayBack(steps, costs);
}

function wayBack(steps: readonly (readonly number[])[], costs: readonly number[]): readonly number[] {
  let table = costs.reduce((best, cost, index) => (cost < (costs[best] ?? cost) ? index : best), 0);
  const found: number[] = [];
  for (let index = steps.length - 1; index >= 0; index--) {
    found.push(table);
    table = steps[index]?.[table] ?? table;
  }
  return found.toReversed();
}
