import type { Flow } from '../../kernel/flow.ts';
import { flowResult, outcomeResult, type OutcomeResult } from '../../kernel/flows.ts';
import { unfollowed } from '../../kernel/outcomes.ts';
import type { Reply } from '../../kernel/replies.ts';
import type { Outcome } from '../../kernel/trace.ts';
import type { Answer } from './answer.ts';
import { replyEnd, type ReplyEnd } from './replies.ts';

/** One way in which the answer to an outcome's packet may end; `null`s where it does not come through this node. */
interface ReplyResult extends Omit<OutcomeResult, 'verdict'> {
  readonly end: ReplyEnd;
  readonly verdict: string | null;
}

/** An answer as JSON: as a line of `--flows` has it, and with what becomes of the replies. */
export function answerResult(flow: Flow, answer: Answer): object {
  const result = flowResult(flow, answer);
  const { byOutcome, assumptions } = answer.replies();
  return {
    ...result,
    assumptions: answer.assumptions.map(({ code, message, key, options }) => ({
      code,
      message,
      ...(options.length === 0 ? {} : { key, options: options.map(({ word }) => word) }),
    })),
    outcomes: answer.outcomes.map((outcome, index) => ({
      ...outcomeResult(outcome),
      replies: (byOutcome[index] ?? []).map((reply) => replyResult(reply, outcome, flow)),
    })),
    replyAssumptions: assumptions.map(({ code, message }) => ({ code, message })),
  };
}

function replyResult(reply: Reply, outcome: Outcome, flow: Flow): ReplyResult {
  return {
    end: replyEnd(reply, outcome, flow),
    ...outcomeResult(reply.outcome ?? unfollowed(reply.share)),
    verdict: reply.outcome?.verdict ?? null,
    probability: reply.share,
  };
}
