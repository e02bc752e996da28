import type { Family } from '../../../kernel/flow.ts';
import type { Node } from '../../../kernel/node/node.ts';

/** What a rule's meaning depends on beside the rule itself. */
export interface Surroundings {
  readonly family: Family;
  readonly node: Node;
  /** Whether the table has a chain of this name, declared or with rules; a jump to any other cannot be loaded. */
  hasChain(table: string, name: string): boolean;
}
