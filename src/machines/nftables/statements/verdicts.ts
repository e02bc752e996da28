/** `accept`, `jump services`, `ip daddr vmap @services`: net/netfilter/nft_immediate.c, nft_lookup.c. */
import type { Effect } from '../../../kernel/trace.ts';
import type { Element, Verdict } from '../../../rules/nftables/expressions.ts';
import type { Statement, VerdictStatement } from '../../../rules/nftables/statements.ts';
import type { RuleContext } from '../program/context.ts';
import { lookUp } from '../sets/lookUp.ts';
import { type Control, endBy, type Operation, type Result } from './control.ts';
import { keyReader, setOf } from '../sets/keys.ts';
import { elementTest } from './elementTest.ts';
import { unknownMatch } from './unknown.ts';

type Vmap = Extract<Statement, { readonly kind: 'vmap' }>;

/** The name of an anonymous chain, as `chainsOf` gives it. */
function anonymousName({ at }: Pick<RuleContext, 'at'>): string {
  return `${at.chain}/${at.index}`;
}

export function verdictOperation(statement: VerdictStatement, context: RuleContext): Operation {
  const chain = statement.rules === null ? (statement.target?.text ?? '') : anonymousName(context);
  const result = resultOf(statement.verdict, chain, context);
  return { span: statement, acts: true, why: null, run: () => result };
}

function resultOf(verdict: Verdict, chain: string, context: RuleContext): Result {
  switch (verdict) {
    case 'jump':
    case 'goto':
      return {
        effect: { kind: verdict, chain },
        control: { kind: verdict, chain, number: context.chainNumber(chain) },
      };
    case 'drop':
      return { effect: { kind: 'drop' }, control: endBy(context, 'drop') };
    case 'continue':
      return { effect: { kind: 'count' }, control: { kind: 'continue' } };
    default:
      return plain(verdict);
  }
}

function plain(kind: 'accept' | 'return'): { readonly effect: Effect; readonly control: Control } {
  return { effect: { kind }, control: { kind } };
}

/** Without an element the rule does not match. */
export function vmapOperation(statement: Vmap, context: RuleContext): Operation {
  const set = setOf(statement.data, statement.key, context);
  if (set === null || !set.elements.complete) return unknownVmap(statement, context);
  const readKey = keyReader(statement.key, context);
  const passes = elementTest(set, context);
  const results = new Map<Element, Result>();
  return {
    span: statement,
    acts: false,
    run: (visit) => {
      const key = readKey(visit);
      const element = key === null ? null : lookUp(set, key, visit, context);
      if (element?.data?.kind !== 'verdict' || !passes(element, visit)) return 'break';
      let result = results.get(element);
      if (result === undefined) {
        result = resultOf(element.data.verdict, element.data.target?.text ?? '', context);
        if (!set.dynamic) results.set(element, result);
      }
      return result;
    },
    why: () => 'the map has no element for the packet',
  };
}

/** Of a map that is not here, or not understood: what an element leads to is as unknown as whether there is one. */
function unknownVmap(statement: Vmap, context: RuleContext): Operation {
  const asked = unknownMatch(statement, context, 'a verdict map');
  const control = endBy(context, 'unknown', null, 'what its verdict map leads to is not known');
  const ends: Result = { effect: { kind: 'unknown', target: 'vmap' }, control };
  return {
    ...asked,
    acts: true,
    run: (visit, done) => (asked.run(visit, done) === 'break' ? 'break' : ends),
  };
}
