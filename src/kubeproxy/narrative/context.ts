import type { Flow } from '../../kernel/flow.ts';
import type { RuleAt, RulePlace } from '../../kernel/ruleAt.ts';
import type { Rule } from '../../rules/iptables/nodes.ts';
import type { Reply } from '../../kernel/replies.ts';
import type { Outcome } from '../../kernel/trace.ts';
import type { Analysis } from '../analysis.ts';
import type { Answer } from '../answer/answer.ts';
import { placeOf } from '../modes/iptables/source.ts';
import { chainNamed } from '../rulesets.ts';
import type { Sources, SourceSpan } from '../sources.ts';
import type { NarrativeLocation } from './narrative.ts';
import { nowhere, type OnwardOf } from './onward.ts';
import type { LabelContext } from './ruleLabel.ts';

/** What a telling needs of an analysis. */
export type Subject = Pick<
  Analysis,
  'sources' | 'rulesets' | 'node' | 'catalog' | 'hints' | 'iptables' | 'objects'
>;

/** A rule with its place. */
export interface PlacedRule {
  readonly at: RuleAt;
  readonly rule: Rule;
}

/** What every part of a telling looks at. */
export interface Context extends LabelContext {
  /** The text of the rules. */
  readonly text: string;
  readonly flow: Flow;
  readonly analysis: Subject;
  /** What follows on other nodes. */
  readonly onward: OnwardOf;
  /** The answers to the packets of an outcome of the answer that is told, or of what the followed rules do alone. */
  repliesTo(outcome: Outcome): readonly Reply[];
  /**
   * What becomes of a first packet like the one of the flow, where the answer takes it for granted that its connection was not
   * translated; nothing where it does not.
   */
  beganAs(): readonly Outcome[];
  /** Whether these rules have the kubelet's KUBE-MARK-DROP, so that bit 15 means something. */
  readonly dropMark: boolean;
  /** How many rules a chain has. */
  lengthOf(table: string, chain: string): number;
  /** Among the rules that were traced; null where there is no such rule. */
  ruleAt(place: RulePlace): PlacedRule | null;
  /** Null where the source is not there (any more). */
  locate(at: SourceSpan): NarrativeLocation | null;
}

/** The context of tracing `flow`; the family's rules must be there, since they were traced. */
export function contextOf(
  flow: Flow,
  analysis: Subject,
  onward: OnwardOf = nowhere,
  answer: Answer | null = null,
): Context {
  const { family } = flow;
  const source = analysis.sources.followed(family);
  const ruleset = source?.ruleset ?? null;
  const text = ruleset?.text ?? '';
  if (answer !== null) analysis.iptables.learn(answer.outcomes, family);
  return {
    family,
    text,
    flow,
    analysis,
    onward,
    catalog: analysis.catalog,
    iptables: analysis.iptables,
    repliesTo: answer === null ? () => [] : repliesIn(answer),
    beganAs: () => answer?.beganAs() ?? [],
    dropMark: chainNamed(ruleset, 'nat', 'KUBE-MARK-DROP') !== null,
    lengthOf: (table, chain) => chainNamed(ruleset, table, chain)?.rules.length ?? 0,
    ruleAt: ({ table, chain, index }) => {
      const rule = chainNamed(ruleset, table, chain)?.rules[index];
      return rule && source ? { at: placeOf(source.id, table, chain, rule), rule } : null;
    },
    locate: (at) => locate(analysis.sources, at),
  };
}

function repliesIn(answer: Answer): Context['repliesTo'] {
  const indexes = new Map(
    [answer, answer.alone].flatMap((trace) => (trace?.outcomes ?? []).map((outcome, at) => [outcome, at])),
  );
  return (outcome) => {
    const at = indexes.get(outcome);
    return (at === undefined ? undefined : answer.replies().byOutcome[at]) ?? [];
  };
}

function locate(sources: Sources, { source, span }: SourceSpan): NarrativeLocation | null {
  const text = sources.get(source)?.text;
  if (!text) return null;
  const { line, character } = text.lines.positionAt(span.start);
  // Within a line a span is as long as it is in the text; of one that is read otherwise than it is written its end is looked up.
  const { listing, paste } = text.ruleset;
  const isPlain = listing === null && paste === null;
  const end = isPlain ? character + span.end - span.start : text.lines.positionAt(span.end).character;
  return { source, line, startCharacter: character, endCharacter: Math.max(character, end) };
}
