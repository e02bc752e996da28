/** Finds the first row of a chain by opening rows, nearest to the top first. */
import type { RulesElement, RulesTree } from './rulesTree.ts';

/** Rows opened before giving up: each is a request to the server. */
export const searchBudget = 3000;

export type FoundChain =
  | { readonly kind: 'found'; readonly element: RulesElement }
  /** All rows were looked at. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'gaveUp' };

/** Loads the page that the row is on, so that it can be revealed. */
export async function findChain(tree: RulesTree, chain: string): Promise<FoundChain> {
  const waiting: (RulesElement | null)[] = [null];
  for (let opened = 0; opened < searchBudget; opened++) {
    const parent = waiting.shift();
    if (parent === undefined) return { kind: 'absent' };
    const children = await tree.allChildren(parent);
    const at = children.findIndex((child) => child.kind === 'row' && child.row.chain === chain);
    const element = children[at];
    if (element !== undefined) {
      tree.load(parent, at + 1);
      return { kind: 'found', element };
    }
    waiting.push(...children.filter((child) => child.kind === 'row' && child.row.hasChildren));
  }
  return { kind: 'gaveUp' };
}
