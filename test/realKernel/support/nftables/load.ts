import type { Namespace } from '../namespace.ts';

/** So many lines are given to one nft. */
const AT_ONCE = 30;

/** It ended at an assertion: a bug of its own. */
const CRASHED = -1;

/** Loads those lines that nft and the kernel take, each a transaction of its own, in place of all that is there. */
export function loadTaken(space: Namespace, lines: readonly string[]): void {
  space.run(['nft', 'flush', 'ruleset']);
  addTaken(space, lines);
}

/** As `loadTaken`, beside what is there. Chains with a rule that nft takes and ends at when it lists it are emptied. */
export function addTaken(space: Namespace, lines: readonly string[]): void {
  if (!addAtOnce(space, lines, AT_ONCE)) {
    // It has taken the lines behind the one that it ended at along: again, each by a process of its own.
    for (const table of tablesOf(lines)) space.attempt(['nft', 'delete', 'table', ...table]);
    addAtOnce(space, lines, 1);
  }
  if (space.attempt(['nft', 'list', 'ruleset']).status === 0) return;
  for (const chain of chainsOf(lines)) {
    if (space.attempt(['nft', 'list', 'chain', ...chain]).status !== 0) {
      space.attempt(['nft', 'flush', 'chain', ...chain]);
    }
  }
}

/** False where nft crashed. */
function addAtOnce(space: Namespace, lines: readonly string[], count: number): boolean {
  const batches = Array.from({ length: Math.ceil(lines.length / count) }, (_, index) =>
    lines.slice(index * count, (index + 1) * count),
  );
  const ends = batches.map((batch) => space.attempt(['nft', '-i'], `${batch.join('\n')}\n`).status);
  return !ends.includes(CRASHED);
}

/** Family and name of the tables that the lines make. */
function tablesOf(lines: readonly string[]): readonly (readonly string[])[] {
  return lines.flatMap((line) => {
    const [, family, name] = /^add table (\S+) (\S+)/.exec(line) ?? [];
    return family === undefined || name === undefined ? [] : [[family, name]];
  });
}

/** Family, table and name of the chains that the lines make. */
function chainsOf(lines: readonly string[]): readonly (readonly string[])[] {
  return lines.flatMap((line) => {
    const [, family, table, name] = /^add chain (\S+) (\S+) (\S+)/.exec(line) ?? [];
    return family === undefined || table === undefined || name === undefined ? [] : [[family, table, name]];
  });
}
