import type { Family } from '../../../kernel/flow.ts';
import type { Node } from '../../../kernel/node/node.ts';
import type { Listing } from '../../../rules/iptables/listing/listing.ts';
import type { Generator } from '../../../rules/iptables/nodes.ts';
import type { HashTable } from './hashTables.ts';
import type { RecentMask } from './recentMasks.ts';

/** What a rule's meaning depends on beside the rule itself. */
export interface Surroundings {
  readonly family: Family;
  readonly node: Node;
  /** Whether the table has a chain of this name, declared or with rules; a jump to any other cannot be loaded. */
  hasChain(table: string, name: string): boolean;
  /** Where the rules were read from a listing; null for a dump. */
  readonly listing: Listing | null;
  /** How many rules a chain has. */
  lengthOf(table: string, chain: string): number;
  /** Whether the rules are a part, and what this chain decides is not in it. */
  lacksDecision(table: string, name: string): boolean;
  /** What printed the table; null where the dump does not say. */
  generator(table: string): Generator | null;
  /** The mask that all rules of this list of `-m recent` share; null where each has its own words. */
  recentMask(list: string): RecentMask | null;
  /** The table of `-m hashlimit` with this name; null where no rule has it. */
  hashTable(name: string): HashTable | null;
}
