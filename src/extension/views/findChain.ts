/** Finds the first row of a chain by opening rows, nearest to the top first. */
import type { RulesElement, RulesTree } from './rulesTree.ts';

/** Rows opened before giving up: each is a request to the server. */
const budget = 3000;

/** Null where the chain is not in the tree, or further than `budget` rows. */
export async function findChain(tree: RulesTree, chain: string): Promise<RulesElement | null> {
  const waiting: (RulesElement | undefined)[] = [undefined];
  for (let opened = 0; opened < budget && waiting.length > 0; opened++) {
    const children = await tree.getChildren(waiting.shift());
    const found = children.find((child) => child.kind === 'row' && child.row.chain === chain);
    if (found !== undefined) return found;
    waiting.push(...children.filter((child) => child.kind === 'row' && child.row.hasChildren));
  }
  return null;
}
