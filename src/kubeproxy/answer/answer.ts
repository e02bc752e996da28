/**
 * The one answer to a question about a packet: what the rules that are followed do with it, and what the node's other
 * rules make unknown of that. Text, JSON, Markdown, panel and the legs of a journey all tell this answer, and correct
 * nothing. The engine itself is for tests and for who compares it with a kernel.
 */
import { finish, type Steps } from '../../values/steps.ts';
import { Budget } from '../../kernel/budget.ts';
import type { ConsideredRule } from '../../kernel/engine.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Replies } from '../../kernel/replies.ts';
import type { RuleSlice } from '../../kernel/run.ts';
import type { JointTrace, Outcome, Trace, TraceOptions } from '../../kernel/trace.ts';
import { framesWords } from '../frames.ts';
import { isIpvsAlone } from '../ipvsSource.ts';
import { unreadWords } from '../unread.ts';
import { elsewhereOf, type AnswerSource } from './elsewhere.ts';
import { withFrames, withListed, withNftPart, withOtherRules, withoutRules, withUnread } from './leftOut.ts';
import { type DecidableTrace, isOfList, withServedBefore } from './servedBefore.ts';
import { unknownSequence } from './sequence.ts';
import { withoutGuesses } from './withoutGuesses.ts';

/** Hints are the source's. */
type Asked = Omit<TraceOptions, 'hints'>;

/** Outcomes keep the index and the steps that the engine gave them, also those that are `unknown` here. */
export interface Answer extends DecidableTrace {
  /** What the followed rules do by themselves; null where no other rules could change it, and the answer is theirs. */
  readonly alone: Trace | null;
  /** As a new connection's first packet: its outcomes, where the connection of this one is taken not to be translated; else nothing. */
  beganAs(): readonly Outcome[];
  /** What becomes of the answers to the packet; worked out when it is first asked for. */
  replies(): Replies;
  /** What becomes of the errors and resets by which the node itself refuses the packet; worked out when it is first asked for. */
  refusals(): Replies;
  /** Works replies out now, with pauses. */
  replying(): Steps<void>;
}

/** The packet's share of an answer's budget; to follow it again, with its replies, costs twice as much. */
const WITHOUT_REPLIES = 1 / 3;

/**
 * What becomes of the packet, after those of `flow.after`. Null where there are no rules of the flow's family. Throws a
 * RangeError for a flow that `readFlow` would have refused.
 */
export function answerOf(source: AnswerSource, flow: Flow, options: Asked = {}): Answer | null {
  return finish(answering(source, flow, options));
}

/** As `answerOf`, with pauses. */
export function* answering(source: AnswerSource, flow: Flow, options: Asked = {}): Steps<Answer | null> {
  const { hints } = source;
  const engine = source.engine(flow.family);
  if (engine === null) return null;
  const budget = options.budget ?? new Budget();
  const asked = { ...options, hints, budget };
  const alone = yield* engine.tracing(flow, { ...asked, budget: budget.part(WITHOUT_REPLIES) });
  const read = withUnread(alone, unreadWords(source, flow.family));
  const followed = withLeftOut(read, source, flow);
  const elsewhere = elsewhereOf(flow, source);
  const trace = elsewhere === null ? followed : withoutGuesses(followed, flow, source, elsewhere);
  const isTaken = alone.assumptions.some(({ code }) => code === 'established-untranslated');
  let replies: Replies | null = null;
  let refusals: Replies | null = null;
  let began: readonly Outcome[] | null = null;
  const served = withServedBefore(trace, flow, source);
  const more: Omit<Answer, keyof DecidableTrace> = {
    alone: trace === followed ? null : followed,
    beganAs: () => (began ??= isTaken ? engine.trace({ ...flow, state: 'new' }, asked).outcomes : []),
    replies: () => (replies ??= engine.replies(flow, followed, asked)),
    refusals: () => (refusals ??= engine.refusals(flow, followed, asked)),
    *replying() {
      replies ??= yield* engine.replying(flow, followed, asked);
    },
  };
  // Of those that are read late, too: a copy would read them, and an object with a getter costs a fifth of a trace.
  return trace.assumptions.some(isOfList) ? Object.assign(served, more) : { ...served, ...more };
}

/** As `answerOf`, of the packet and of those of `flow.then`, together: a packet that is not known of has the result `unknown`. */
export function sequenceAnswerOf(source: AnswerSource, flow: Flow, options: Asked = {}): JointTrace | null {
  const { hints } = source;
  const engine = source.engine(flow.family);
  if (engine === null) return null;
  const read = withUnread(
    engine.traceSequence(flow, { ...options, hints }),
    unreadWords(source, flow.family),
  );
  const followed = withLeftOut(read, source, flow);
  return unknownSequence(followed, flow, source, (packet) => engine.trace(packet, { ...options, hints }));
}

function withLeftOut<Followed extends Trace | JointTrace>(
  followed: Followed,
  source: AnswerSource,
  { family }: Flow,
): Followed {
  const { nft } = source.sources;
  const rules = withOtherRules(followed, source.otherRules[family]);
  const listed = withListed(withoutRules(rules, isIpvsAlone(source, family)), nft);
  const packets = withNftPart(listed, nft);
  return nft === null ? packets : withFrames(packets, framesWords(nft.ruleset, family));
}

/**
 * Which rules of a part of one chain failed on this way (of the answer's `ways`, for the same options), and why: the way
 * through the rules that are followed. Nothing where there are no rules of the flow's family.
 */
export function consideredOf(
  source: Pick<AnswerSource, 'engine' | 'hints'>,
  flow: Flow,
  way: readonly number[],
  slice: RuleSlice,
  options: Asked = {},
): readonly ConsideredRule[] {
  return source.engine(flow.family)?.considered(flow, way, slice, { ...options, hints: source.hints }) ?? [];
}
