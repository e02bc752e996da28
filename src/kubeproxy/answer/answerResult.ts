import type { Flow } from '../../kernel/flow.ts';
import { outcomeResult, type OutcomeResult, type TablePrefix } from '../../kernel/flows.ts';
import { unfollowed } from '../../kernel/outcomes.ts';
import type { Reply } from '../../kernel/replies.ts';
import type { Outcome } from '../../kernel/trace.ts';
import type { Sources } from '../sources.ts';
import type { Answer } from './answer.ts';
import { replyEnd, type ReplyEnd } from './replies.ts';

/** One way in which the answer to an outcome's packet may end; `null`s where it does not come through this node. */
interface ReplyResult extends Omit<OutcomeResult, 'verdict'> {
  readonly end: ReplyEnd;
  readonly verdict: string | null;
}

export interface AnswerResult {
  readonly id: unknown;
  readonly outcomes: readonly (OutcomeResult & { readonly replies: readonly ReplyResult[] })[];
  readonly assumptions: readonly {
    readonly code: string;
    readonly message: string;
    readonly key?: string;
    readonly options?: readonly string[];
  }[];
  readonly replyAssumptions: readonly { readonly code: string; readonly message: string }[];
}

/** Beside native tables those of iptables are told by their family, too. */
export function tablePrefix({ nft }: Sources, { family }: Flow): TablePrefix {
  if (nft === null) return '';
  return family === 4 ? 'ip ' : 'ip6 ';
}

/** An answer as JSON: as a line of `--flows` has it, and with what becomes of the replies. `sources`: those that it was answered from. */
export function answerResult(flow: Flow, answer: Answer, sources: Sources): AnswerResult {
  const tables = tablePrefix(sources, flow);
  const { byOutcome, assumptions } = answer.replies();
  return {
    id: flow.id ?? null,
    outcomes: answer.outcomes.map((outcome, index) => ({
      ...outcomeResult(outcome, tables),
      replies: (byOutcome[index] ?? []).map((reply) => replyResult(reply, outcome, flow, tables)),
    })),
    assumptions: answer.assumptions.map(({ code, message, key, options }) => ({
      code,
      message,
      ...(options.length === 0 ? {} : { key, options: options.map(({ word }) => word) }),
    })),
    replyAssumptions: assumptions.map(({ code, message }) => ({ code, message })),
  };
}

function replyResult(reply: Reply, outcome: Outcome, flow: Flow, tables: TablePrefix): ReplyResult {
  return {
    end: replyEnd(reply, outcome, flow),
    ...outcomeResult(reply.outcome ?? unfollowed(reply.share), tables),
    verdict: reply.outcome?.verdict ?? null,
    probability: reply.share,
  };
}
