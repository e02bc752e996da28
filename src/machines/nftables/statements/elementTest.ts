/** What an element of a set keeps for itself: `10.0.0.1 limit rate over 5/second` (nft_set_elem_update_expr). */
import type { Element } from '../../../rules/nftables/expressions.ts';
import type { RuleContext, Visit } from '../program/context.ts';
import type { SetOf } from '../sets/tableSets.ts';
import { type StatefulTest, statefulTest } from './stateful.ts';

/** Whether an element that was found, by a look-up or by `update`, lets the packet pass; where not, the rule ends. */
export type ElementTest = (element: Element, visit: Visit) => boolean;

/** An element without statements of its own has those of its set. */
export function elementTest(set: SetOf | null, context: RuleContext): ElementTest {
  const ofSet = set?.definition?.statements ?? [];
  const known = new WeakMap<Element, readonly StatefulTest[]>();
  return (element, visit) => {
    const statements = element.statements.length > 0 ? element.statements : ofSet;
    if (statements.length === 0) return true;
    const tests = known.get(element) ?? statements.flatMap((each) => statefulTest(each, context) ?? []);
    known.set(element, tests);
    return tests.every((test) => test(visit, element));
  };
}
