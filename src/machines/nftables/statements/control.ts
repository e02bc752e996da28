/** How it goes on behind a statement. */
import type { End } from '../../../kernel/end.ts';
import type { Effect } from '../../../kernel/trace.ts';
import { placeText } from '../../../kernel/ruleAt.ts';
import type { Span } from '../../../text/span.ts';
import type { RuleContext, Visit } from '../program/context.ts';

/**
 * What ends a rule that matched. `continue`: the next rule is asked, as behind the last statement. `number`: where the chain stands
 * among those of its table (`RuleContext.chainNumber`).
 */
export type Control =
  | { readonly kind: 'accept' | 'return' | 'continue' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string; readonly number: number }
  | End;

/** `next`: the next statement; `break`: the rule does not match. */
export type Result = 'next' | 'break' | { readonly effect: Effect; readonly control: Control };

/** One statement of a rule. */
export interface Operation {
  readonly span: Span;
  /** It does something to the packet, or ends its way. */
  readonly acts: boolean;
  run(visit: Visit, done: Done): Result;
  /** In plain words, why the packet does not match; null where it is not asked again. */
  readonly why: ((visit: Visit) => string) | null;
}

/** What the statements of a rule did that go on to the next one: the last of them is told. */
export interface Done {
  effect: Effect | null;
}

export const ACCEPT: Control = { kind: 'accept' };
export const CONTINUE: Control = { kind: 'continue' };

/** An end by this rule. */
export function endBy(
  { at }: RuleContext,
  verdict: End['verdict'],
  rejectWith: string | null = null,
  reason: string | null = null,
): End {
  return { kind: 'end', verdict, by: placeText(at), reason, rejectWith };
}

/** A statement that acts and always goes on. */
export function acting(span: Span, act: (visit: Visit, done: Done) => void): Operation {
  return {
    span,
    acts: true,
    why: null,
    run: (visit, done) => {
      act(visit, done);
      return 'next';
    },
  };
}
