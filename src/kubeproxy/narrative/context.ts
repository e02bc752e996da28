import type { Flow } from '../../kernel/flow.ts';
import { IPVS, type RuleAt, type RulePlace } from '../../kernel/ruleAt.ts';
import type { Rule } from '../../rules/iptables/nodes.ts';
import type { Rule as NftRule } from '../../rules/nftables/statements.ts';
import type { Replies, Reply } from '../../kernel/replies.ts';
import type { Outcome } from '../../kernel/trace.ts';
import type { Analysis } from '../analysis.ts';
import type { Answer } from '../answer/answer.ts';
import { linesOfSource } from '../linesOfSource.ts';
import { placeOf } from '../modes/iptables/source.ts';
import { nftChainAt, nftRuleAt } from '../nftSource.ts';
import { chainNamed } from '../rulesets.ts';
import type { Catalog } from '../services/catalog.ts';
import type { SourceSpan } from '../sources.ts';
import { commentOf } from '../words/ruleView.ts';
import { frontendsOf } from './frontendsOf.ts';
import type { NarrativeLocation } from './narrative.ts';
import { nowhere, type OnwardOf } from './onward.ts';
import type { LabelContext } from './ruleLabel.ts';

/** What a telling needs of an analysis. */
export type Subject = Pick<
  Analysis,
  'sources' | 'files' | 'rulesets' | 'node' | 'nodeName' | 'catalog' | 'hints' | 'iptables' | 'objects'
>;

/** A rule with its place. */
export interface PlacedRule {
  readonly at: RuleAt;
  readonly rule: Rule;
}

/** What every part of a telling looks at. */
export interface Context extends LabelContext {
  readonly flow: Flow;
  readonly analysis: Subject;
  /** What follows on other nodes. */
  readonly onward: OnwardOf;
  /** Those that the packet may be sent to. */
  readonly frontends: () => ReturnType<Catalog['frontendsAt']>;
  /** The answers to the packets of an outcome of the answer that is told, or of what the followed rules do alone. */
  repliesTo(outcome: Outcome): readonly Reply[];
  /** What becomes of the node's own refusals of them; nothing where there are none, or nothing can stop them. */
  refusalsOf(outcome: Outcome): readonly Reply[];
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
  /** Among the native tables; null where there is no such rule. */
  nftRuleAt(place: RulePlace): NftRule | null;
  /** What whoever wrote a rule says of it; empty where that is nothing. */
  commentAt(place: RulePlace): string;
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
  if (answer !== null) analysis.iptables.learn(answer.outcomes, family);
  const { nft } = analysis.sources;
  const ruleAt = ({ table, chain, index }: RulePlace): PlacedRule | null => {
    const rule = chainNamed(ruleset, table, chain)?.rules[index];
    return rule && source ? { at: placeOf(source.id, table, chain, rule), rule } : null;
  };
  let frontends: ReturnType<Catalog['frontendsAt']> | null = null;
  return {
    family,
    flow,
    analysis,
    onward,
    catalog: analysis.catalog,
    iptables: analysis.iptables,
    frontends: () => (frontends ??= frontendsOf(flow, analysis.catalog)),
    repliesTo: answer === null ? () => [] : ofOutcomes(answer, () => answer.replies()),
    refusalsOf: answer === null ? () => [] : ofOutcomes(answer, () => answer.refusals()),
    beganAs: () => answer?.beganAs() ?? [],
    dropMark: chainNamed(ruleset, 'nat', 'KUBE-MARK-DROP') !== null,
    lengthOf: (table, chain) =>
      (chainNamed(ruleset, table, chain) ?? nftChainAt(nft, { table, chain }))?.rules.length ?? 0,
    ruleAt,
    nftRuleAt: (place) => nftRuleAt(nft, place),
    commentAt: (place) => {
      const found = ruleAt(place);
      return found === null ? (nftRuleAt(nft, place)?.comment?.text ?? '') : commentOf(found.rule);
    },
    locate: (at) => locate(analysis, at),
  };
}

/** `replies`: to the outcomes of an answer, or of what the followed rules do alone. */
function ofOutcomes(answer: Answer, replies: () => Replies): Context['repliesTo'] {
  const indexes = new Map(
    [answer, answer.alone].flatMap((trace) => (trace?.outcomes ?? []).map((outcome, at) => [outcome, at])),
  );
  return (outcome) => {
    const at = indexes.get(outcome);
    return (at === undefined ? undefined : replies().byOutcome[at]) ?? [];
  };
}

function locate(
  { sources, files }: Pick<Subject, 'sources' | 'files'>,
  { source, span }: SourceSpan,
): NarrativeLocation | null {
  const lines = linesOfSource({ sources, files }, source);
  // A virtual server that the text does not have any more has no place in it.
  if (lines === null || (source === IPVS && span.end === 0)) return null;
  const { line, character } = lines.positionAt(span.start);
  // Within a line a span is as long as it is in the text; of one that is read otherwise than it is written its end is looked up.
  const read = sources.get(source)?.text.ruleset;
  const isPlain = read !== undefined && read.listing === null && read.paste === null;
  const last = lines.positionAt(span.end);
  const end = isPlain || last.line !== line ? character + span.end - span.start : last.character;
  return { source, line, startCharacter: character, endCharacter: Math.max(character, end) };
}
