import type { Node } from '../../kernel/node/node.ts';
import { addressType } from '../../kernel/node/routing.ts';
import { parseAddress } from '../../values/address.ts';

/** Whether an address is known to be none of the node's own; false where that is not known, or the text is no address. */
export function isElsewhere(node: Node, text: string): boolean {
  const address = parseAddress(text);
  if (address === null || node.interfaces === null) return false;
  const type = addressType(node, address);
  return type !== null && type !== 'LOCAL';
}
