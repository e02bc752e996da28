/** What is looked up, and in which set. */
import { placeText } from '../../../kernel/ruleAt.ts';
import { typeOf } from '../../../rules/nftables/catalogue/typeOf.ts';
import type { Expression } from '../../../rules/nftables/expressions.ts';
import { readerOf } from '../fields/readerOf.ts';
import type { RuleContext, Visit } from '../program/context.ts';
import type { Datum } from '../values/datum.ts';
import { partsOf } from '../values/parts.ts';
import type { Key } from './elements.ts';
import { anonymousSet, type SetOf } from './tableSets.ts';

/** The set that a match or a map looks in; null for one that the table does not have. */
export function setOf(
  expression: Expression,
  key: Expression,
  context: RuleContext,
  dataTypes: readonly (string | null)[] = [],
): SetOf | null {
  if (expression.kind === 'reference') return context.sets.get(expression.name);
  if (expression.kind !== 'set') return null;
  const name = `the set of ${placeText(context.at)}`;
  return anonymousSet(name, expression.elements, partsOf(key).map(typeOf), dataTypes);
}

/** Reads a key; null where a part of it ends the rule. */
export function keyReader(expression: Expression, context: RuleContext): (visit: Visit) => Key | null {
  const parts = partsOf(expression).map((part) => readerOf(part, context));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    return (visit) => {
      const datum = only(visit);
      return datum === null ? null : [datum];
    };
  }
  return (visit) => {
    const key: Datum[] = [];
    for (const read of parts) {
      const datum = read(visit);
      if (datum === null) return null;
      key.push(datum);
    }
    return key;
  };
}
