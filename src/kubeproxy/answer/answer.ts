/**
 * The one answer to a question about a packet: what the rules that are followed do with it, and what the node's other
 * rules make unknown of that. Text, JSON, Markdown, panel and the legs of a journey all tell this answer, and correct
 * nothing. The engine itself is for tests and for who compares it with a kernel.
 */
import type { ConsideredRule } from '../../kernel/engine.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Replies } from '../../kernel/replies.ts';
import type { RuleSlice } from '../../kernel/run.ts';
import type { JointTrace, Trace, TraceOptions } from '../../kernel/trace.ts';
import { elsewhereOf, type AnswerSource } from './elsewhere.ts';
import { withOtherRules } from './otherRulesAssumed.ts';
import { unknownSequence } from './sequence.ts';
import { withoutGuesses } from './withoutGuesses.ts';

/** Hints are the source's. */
type Asked = Omit<TraceOptions, 'hints'>;

/** Outcomes keep the index and the steps that the engine gave them, also those that are `unknown` here. */
export interface Answer extends Trace {
  /** What the followed rules do by themselves; null where no other rules could change it, and the answer is theirs. */
  readonly alone: Trace | null;
  /** What becomes of the answers to the packet; worked out when it is first asked for. */
  replies(): Replies;
}

/**
 * What becomes of the packet, after those of `flow.after`. Null where there are no rules of the flow's family. Throws a
 * RangeError for a flow that `readFlow` would have refused.
 */
export function answerOf(source: AnswerSource, flow: Flow, options: Asked = {}): Answer | null {
  const { hints } = source;
  const engine = source.engine(flow.family);
  if (engine === null) return null;
  const asked = { ...options, hints };
  const followed = withOtherRules(engine.trace(flow, asked), source.otherRules[flow.family]);
  const elsewhere = elsewhereOf(flow, source);
  const trace = elsewhere === null ? followed : withoutGuesses(followed, flow, source, elsewhere);
  let replies: Replies | null = null;
  return {
    ...trace,
    alone: trace === followed ? null : followed,
    replies: () => (replies ??= engine.replies(flow, followed, asked)),
  };
}

/** As `answerOf`, of the packet and of those of `flow.then`, together: a packet that is not known of has the result `unknown`. */
export function sequenceAnswerOf(source: AnswerSource, flow: Flow, options: Asked = {}): JointTrace | null {
  const { hints } = source;
  const engine = source.engine(flow.family);
  if (engine === null) return null;
  const followed = withOtherRules(
    engine.traceSequence(flow, { ...options, hints }),
    source.otherRules[flow.family],
  );
  return unknownSequence(followed, flow, source, (packet) => engine.trace(packet, { ...options, hints }));
}

/**
 * Which rules of a part of one chain failed on the way of the outcome with this index, and why: the way through the rules
 * that are followed. Nothing where there are no rules of the flow's family.
 */
export function consideredOf(
  source: Pick<AnswerSource, 'engine' | 'hints'>,
  flow: Flow,
  outcome: number,
  slice: RuleSlice,
  options: Asked = {},
): readonly ConsideredRule[] {
  return (
    source.engine(flow.family)?.considered(flow, outcome, slice, { ...options, hints: source.hints }) ?? []
  );
}
