/** What is not known of a rule: both ways are open, and named. */
import { question } from '../../../kernel/answers.ts';
import { placeText } from '../../../kernel/ruleAt.ts';
import type { Span } from '../../../text/span.ts';
import { type RuleContext, ruleNamed, ruleWords } from '../program/context.ts';
import { CONTINUE, endBy, type Operation } from './control.ts';

/** A match that cannot be read: it holds, or it does not. */
export function unknownMatch(span: Span, context: RuleContext, text = 'a match'): Operation {
  const place = `${placeText(context.at)}:${span.start}`;
  const claim = `${text} of ${ruleNamed(context)} holds`;
  const message = `${ruleWords(context)} has ${text} that is not followed.`;
  const asked = { ...question(`nft-match:${place}`, 'match-unknown', message, claim), ofHeader: true };
  return {
    span,
    acts: false,
    run: ({ run, packet }) => (run.settle(asked, packet) ? 'next' : 'break'),
    why: () => 'whether it matches is not known',
  };
}

/** A statement that is not followed: the packet goes on behind its rule, or it does not. */
export function unknownStatement(span: Span, context: RuleContext, name: string, why: string): Operation {
  const effect = { kind: 'unknown', target: name } as const;
  return {
    span,
    acts: true,
    why: null,
    run: ({ packet, run }) => {
      packet.rewrites++;
      const goesOn = run.ask(
        question(
          `target:${placeText(context.at)}`,
          'target-unknown',
          `${ruleWords(context)} has “${name}”, ${why}.`,
          `the packet goes on behind “${name}”`,
        ),
      );
      const end = endBy(context, 'unknown', null, `what “${name}” does is not known`);
      return { effect, control: goesOn ? CONTINUE : end };
    },
  };
}
