/** How the fields that a rule names are read of a packet. */
import { question } from '../../../kernel/answers.ts';
import type { Expression } from '../../../rules/nftables/expressions.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import { type RuleContext, ruleWords, type Visit } from '../program/context.ts';
import type { Datum, Open } from '../values/datum.ts';
import type { Spec } from '../values/spec.ts';

export type Reader = (visit: Visit) => Datum;

/** What never is there: the rule ends. */
export const absent: Reader = () => null;

/** Of which nothing tells. */
export function openReader(expression: Expression, context: RuleContext): Reader {
  const open = openField(printExpression(expression), context);
  return () => open;
}

/** `text`: what is asked, `ip id`. `bits` and `known`: what is known of it. */
export function openField(text: string, context: RuleContext, bits = 0n, known = 0n): Open {
  return {
    kind: 'open',
    bits,
    known,
    ask: (spec) => openQuestion(text, spec, context),
  };
}

function openQuestion(text: string, spec: Spec, context: RuleContext): ReturnType<typeof question> {
  const claim = spec.text === 'exists' ? `${text} exists` : `${text} is ${spec.text}`;
  const asked = question(
    `nft:${claim}`,
    'match-unknown',
    `${ruleWords(context)} asks whether ${claim}, which cannot be worked out from a snapshot.`,
    claim,
  );
  return { ...asked, ofHeader: true };
}
