/** What is known where a rule is compiled, and where it is asked. */
import type { Family } from '../../../kernel/flow.ts';
import type { Node } from '../../../kernel/node/node.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import type { Run } from '../../../kernel/run.ts';
import type { HookName } from '../../../kernel/trace.ts';
import type { StatefulStatement } from '../../../rules/nftables/stateful.ts';
import type { TableSets } from '../sets/tableSets.ts';

/** The rule that is compiled. */
export interface RuleContext {
  /** All of the rules, for what is taken from them as it is written. */
  readonly text: string;
  readonly at: RuleAt;
  readonly family: Family;
  readonly node: Node;
  readonly sets: TableSets;
  /** What the table's limit or quota of this name holds; null for one that it does not have. */
  readonly object: (type: string, name: string) => StatefulStatement | null;
  /** Where the chain of this name stands among those of the table, from 0; -1 for one that it does not have. */
  readonly chainNumber: (name: string) => number;
  /** Whether the rule ends the way of a packet, or sends it somewhere. */
  readonly decides: boolean;
}

/** A packet at a base chain. */
export interface Visit {
  readonly packet: Packet;
  readonly run: Run;
  readonly hook: HookName;
  /** The base chain is one of nat. */
  readonly isNat: boolean;
}

/** `Rule 1 of ip filter/input`, to begin a sentence: rules are counted from 1 for people. */
export function ruleWords(context: Pick<RuleContext, 'at'>): string {
  return `R${ruleNamed(context).slice(1)}`;
}

/** `rule 1 of ip filter/input`, within one. */
export function ruleNamed({ at }: Pick<RuleContext, 'at'>): string {
  return `rule ${at.index + 1} of ${at.table}/${at.chain}`;
}
