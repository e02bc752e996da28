/** A packet that a rule matches, found among likely ones and confirmed by its trace. */
import type { Family } from '../../values/address.ts';
import { isSameRule, type RuleAt } from '../../kernel/ruleAt.ts';
import type { Decision, Outcome } from '../../kernel/trace.ts';
import type { Chain, Rule, Table } from '../../rules/iptables/nodes.ts';
import { waysTo } from '../../rules/iptables/reach/towards.ts';
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import { answerOf } from '../answer/answer.ts';
import { type FlowForm, readForm } from '../form/flowForm.ts';
import { jumpsTo } from '../references.ts';
import type { Source } from '../sources.ts';
import { likelyPackets } from './likelyPackets.ts';
import { whyNotSendable } from './sendable.ts';

export interface Witness {
  readonly packet: FlowForm;
  /** What has to hold that nothing tells; empty where the packet gets to the rule in any case, or by chance. */
  readonly decisions: readonly Decision[];
  /** Why nobody can send it, as a clause; null for one that a person can send. */
  readonly unsendable: string | null;
}

/** Packets that are tried. */
const MOST_TRIED = 120;

/** Null where none of the packets tried gets to the rule: there may be others that do. Pauses after each. */
export function* witnessOf(
  { source, family, table, chain, rule, at }: Asked,
  analysis: Analysis,
): Steps<Witness | null> {
  const jumps = (name: string): ReturnType<typeof jumpsTo> => jumpsTo(source.ruleset, table, name);
  const { ways, space } = waysTo(table, chain, rule, { family, jumps });
  return yield* bestWitness(likelyPackets(ways, space, analysis), family, at, analysis);
}

/** The first of these that gets to the rule; what a person can send before what nobody can, then what stands on least. */
export function* bestWitness(
  packets: Iterable<FlowForm>,
  family: Family,
  at: RuleAt,
  analysis: Analysis,
): Steps<Witness | null> {
  let best: Witness | null = null;
  let tried = 0;
  for (const packet of packets) {
    if (tried++ === MOST_TRIED) break;
    const witness = witnessIn(packet, family, at, analysis);
    if (witness !== null && (best === null || isBetter(witness, best))) best = witness;
    if (best !== null && best.unsendable === null && best.decisions.length === 0) break;
    yield;
  }
  return best;
}

function isBetter(one: Witness, other: Witness): boolean {
  const [sends, sent] = [one.unsendable === null, other.unsendable === null];
  return sends === sent ? one.decisions.length < other.decisions.length : sends;
}

export interface Asked {
  readonly source: Source;
  readonly family: Family;
  readonly table: Table;
  readonly chain: Chain;
  readonly rule: Rule;
  readonly at: RuleAt;
}

function witnessIn(packet: FlowForm, family: Family, at: RuleAt, analysis: Analysis): Witness | null {
  const reading = readForm(packet, analysis);
  const answer = reading.kind === 'flow' ? answerOf(analysis, reading.flow) : null;
  if (answer === null || reading.kind !== 'flow' || reading.flow.family !== family) return null;
  const meets = ({ steps }: Outcome): boolean =>
    steps.some((step) => step.kind === 'rule' && isSameRule(step.at, at));
  const met = answer.outcomes.filter(meets);
  const [fewest] = met.toSorted((a, b) => a.assuming.length - b.assuming.length);
  if (fewest === undefined) return null;
  return {
    packet,
    decisions: fewest.assuming,
    unsendable: whyNotSendable(packet, analysis.node),
  };
}
