import type { Namespace } from '../namespace.ts';

/** So many lines are given to one nft: it ends where it finds a bug of its own (an assertion), and takes the rest of them along. */
const AT_ONCE = 30;

/** Loads those lines that nft and the kernel take, each a transaction of its own, in place of all that is there. */
export function loadTaken(space: Namespace, lines: readonly string[]): void {
  space.run(['nft', 'flush', 'ruleset']);
  addTaken(space, lines);
}

/** As `loadTaken`, beside what is there. */
export function addTaken(space: Namespace, lines: readonly string[]): void {
  for (let start = 0; start < lines.length; start += AT_ONCE) {
    space.attempt(['nft', '-i'], `${lines.slice(start, start + AT_ONCE).join('\n')}\n`);
  }
}
