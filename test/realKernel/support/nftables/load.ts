import type { Namespace } from '../namespace.ts';

/** So many lines are given to one nft: it ends where it finds a bug of its own (an assertion), and takes the rest of them along. */
const AT_ONCE = 30;

/** Loads those lines that nft and the kernel take, each a transaction of its own, in place of all that is there. */
export function loadTaken(space: Namespace, lines: readonly string[]): void {
  space.run(['nft', 'flush', 'ruleset']);
  addTaken(space, lines);
}

/** As `loadTaken`, beside what is there. Chains with a rule that nft takes and ends at when it lists it are emptied. */
export function addTaken(space: Namespace, lines: readonly string[]): void {
  for (let start = 0; start < lines.length; start += AT_ONCE) {
    space.attempt(['nft', '-i'], `${lines.slice(start, start + AT_ONCE).join('\n')}\n`);
  }
  if (space.attempt(['nft', 'list', 'ruleset']).status === 0) return;
  for (const chain of chainsOf(lines)) {
    if (space.attempt(['nft', 'list', 'chain', ...chain]).status !== 0) {
      space.attempt(['nft', 'flush', 'chain', ...chain]);
    }
  }
}

/** Family, table and name of the chains that the lines make. */
function chainsOf(lines: readonly string[]): readonly (readonly string[])[] {
  return lines.flatMap((line) => {
    const [, family, table, name] = /^add chain (\S+) (\S+) (\S+)/.exec(line) ?? [];
    return family === undefined || table === undefined || name === undefined ? [] : [[family, table, name]];
  });
}
