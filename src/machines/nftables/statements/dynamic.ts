/** `update @clients { ip saddr timeout 1h }`, `add @marks { ip saddr : meta mark }`: net/netfilter/nft_dynset.c. */
import type { Element, Expression } from '../../../rules/nftables/expressions.ts';
import type { DynamicStatement } from '../../../rules/nftables/statements.ts';
import type { RuleContext, Visit } from '../program/context.ts';
import type { Key } from '../sets/elements.ts';
import { keyReader } from '../sets/keys.ts';
import { elementAt } from '../sets/lookUp.ts';
import type { SetOf } from '../sets/tableSets.ts';
import { DynamicSets } from '../state/dynamicSets.ts';
import { isKnown } from '../values/datum.ts';
import { numberOf, type Operand, operandOf, type Part } from '../values/operand.ts';
import { endBy, type Operation, type Result } from './control.ts';
import { elementTest } from './elementTest.ts';
import { unknownStatement } from './unknown.ts';

/**
 * `add` to a full set ends the rule; an element that is there already stays as it is, with its own data, limit and count: these may
 * end the rule as well.
 */
export function dynamicOperation(statement: DynamicStatement, context: RuleContext): Operation {
  const { operation, element } = statement;
  const set = context.sets.get(statement.set.text);
  const name = set?.name ?? `${context.at.table} @${statement.set.text}`;
  const called = `${operation} @${statement.set.text}`;
  const data = element.data === null ? NO_DATA : dataOperand(element.data, set, context);
  if (data === null) return unknownStatement(statement, context, called, 'whose data are not followed');
  const size = statement.size ?? set?.definition?.size ?? null;
  const readKey = keyReader(element.key, context);
  const passes = elementTest(set, context);
  return {
    span: statement,
    acts: true,
    why: () => 'the set is full, or the element’s limit says no',
    run: (visit): Result => {
      const key = readKey(visit);
      if (key === null) return 'break';
      const sets = visit.run.state(DynamicSets);
      const text = textOf(key);
      if (operation === 'delete') {
        sets.put(name, text, null);
        return 'next';
      }
      const there = foundIn(sets, { set, name, text, key });
      if (there !== null) return passes(there, visit) ? 'next' : 'break';
      const listed = set?.elements.entries.length ?? 0;
      if (size !== null && listed + sets.added(name) >= size) return 'break';
      const given = data(visit);
      if (given === null) return 'break';
      const value = valueOf(given, statement, visit);
      if (value === undefined) {
        const end = endBy(context, 'unknown', null, `what ${called} gives is not known`);
        return { effect: { kind: 'unknown', target: called }, control: end };
      }
      const added = elementAt(statement, { data: value, statements: element.statements });
      sets.put(name, text, added);
      return passes(added, visit) ? 'next' : 'break';
    },
  };
}

const NO_DATA: Operand = () => [];

function dataOperand(data: Expression, set: SetOf | null, context: RuleContext): Operand | null {
  return operandOf(data, set?.dataTypes ?? [], context);
}

/** A part that is not known stands for itself: the same question finds the same element. */
function textOf(key: Key): string {
  return key.every(isKnown)
    ? key.join(' ')
    : `? ${key.map((datum) => (isKnown(datum) ? datum : '?')).join(' ')}`;
}

interface Place {
  readonly set: SetOf | null;
  readonly name: string;
  readonly text: string;
  readonly key: Key;
}

/** What an earlier rule of this run put there counts before what was listed. */
function foundIn(sets: DynamicSets, { set, name, text, key }: Place): Element | null {
  const changed = sets.find(name, text);
  if (changed !== undefined) return changed;
  return set !== null && key.every(isKnown) ? (set.elements.find(key)?.element ?? null) : null;
}

/** The data as an element has them; null where it has none, undefined where they are not known. */
function valueOf(parts: readonly Part[], at: DynamicStatement, visit: Visit): Expression | null | undefined {
  const { start, end } = at;
  const values: Expression[] = [];
  for (const part of parts) {
    const value = typeof part === 'string' ? part : numberOf(part, visit);
    if (value === null) return undefined;
    values.push({ kind: 'value', text: String(value), value: String(value), quoted: false, start, end });
  }
  const [only = null] = values;
  return values.length > 1 ? { kind: 'concat', parts: values, start, end } : only;
}
