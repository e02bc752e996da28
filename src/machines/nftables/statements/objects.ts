/** `counter name "http"`, `quota name ip saddr map @quotas`: what a table names (net/netfilter/nft_objref.c). */
import { printStatement } from '../../../rules/nftables/printing/statements.ts';
import type { Statement } from '../../../rules/nftables/statements.ts';
import type { Span } from '../../../text/span.ts';
import type { RuleContext } from '../program/context.ts';
import { keyReader, setOf } from '../sets/keys.ts';
import { lookUp } from '../sets/lookUp.ts';
import { acting, type Operation } from './control.ts';
import { flowOperation, synproxyOperation } from './others.ts';
import { statefulOperation } from './stateful.ts';
import { unknownMatch, unknownStatement } from './unknown.ts';

type ObjectStatement = Extract<Statement, { readonly kind: 'object' }>;
type ByMap = Extract<ObjectStatement['name'], { readonly kind: 'map' }>;

/** Limits and quotas may end the rule; the others only count, or set what no rule reads. */
export function objectOperation(statement: ObjectStatement, context: RuleContext): Operation {
  const { name, type } = statement;
  if (type === 'flow') return flowOperation(statement, context);
  if (name.kind === 'map') return mappedOperation(statement, name, context);
  return namedOperation(statement, name.kind === 'value' ? name.text : null, context);
}

function namedOperation(statement: ObjectStatement, name: string | null, context: RuleContext): Operation {
  const { type } = statement;
  if (type === 'synproxy') return synproxyOperation(statement, context);
  if (type === 'ct expectation') return expectationOperation(statement);
  if (type !== 'limit' && type !== 'quota') return acting(statement, () => undefined);
  const state = name === null ? null : context.object(type, name);
  return state === null
    ? unknownStatement(
        statement,
        context,
        printStatement(statement, context.text, ''),
        'which is not followed',
      )
    : statefulOperation(state, context);
}

/** Only a connection that begins may expect another; for what has none, or has begun, the rule ends (nft_ct_expect_obj_eval). */
function expectationOperation(span: Span): Operation {
  return {
    span,
    acts: true,
    why: () => 'only a connection that begins is given an expectation',
    run: ({ packet: { connection, template } }) =>
      connection === null || connection.confirmed || template !== null ? 'break' : 'next',
  };
}

/** Without an element the rule does not match. */
function mappedOperation(statement: ObjectStatement, { key, data }: ByMap, context: RuleContext): Operation {
  const set = setOf(data, key, context);
  if (set === null || !set.elements.complete) return unknownMatch(statement, context, 'a map of names');
  const readKey = keyReader(key, context);
  const known = new Map<string, Operation>();
  return {
    span: statement,
    acts: false,
    run: (visit, done) => {
      const found = readKey(visit);
      const element = found === null ? null : lookUp(set, found, visit, context);
      if (element?.data?.kind !== 'value') return 'break';
      const name = element.data.text;
      const operation = known.get(name) ?? namedOperation(statement, name, context);
      known.set(name, operation);
      return operation.run(visit, done);
    },
    why: () => 'the map has no element for the packet, or what it names says no',
  };
}
