/** The same packet asked of several nodes: what each says in short, and in what it differs from most. */
import type { Flow } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import type { Narrative, NarrativeOutcome } from '../narrative/narrative.ts';
import { passes } from '../narrative/onward.ts';
import { shareWords } from '../narrative/words.ts';
import { senderElsewhere } from './asSent.ts';
import { largest } from '../../text/lists.ts';

export interface NodeSummary {
  readonly verdict: Narrative['verdict'];
  readonly headline: string;
  /** The likeliest first; `more` counts those that are left out. */
  readonly outcomes: readonly Pick<NarrativeOutcome, 'verdict' | 'share' | 'title' | 'subtitle'>[];
  readonly more: number;
  /** Whether the packet leaves with the source that it came with. */
  readonly source: 'kept' | 'changed' | 'partly changed';
  readonly assumptions: number;
}

/** In what a node's answer is another than that of most nodes. */
export type Difference = 'verdict' | 'destinations' | 'shares' | 'source' | 'reason';

const MOST_OUTCOMES = 12;

/** The short form of a telling. */
export function summaryOf({ verdict, headline, groups, assumptions }: Narrative): NodeSummary {
  const all = groups.flatMap(({ outcomes }) => outcomes).toSorted((a, b) => b.share - a.share);
  const outcomes = all.slice(0, MOST_OUTCOMES).map((each) => {
    const { verdict: own, share, title, subtitle } = each;
    return { verdict: own, share, title, subtitle };
  });
  return {
    verdict,
    headline,
    outcomes,
    more: all.length - outcomes.length,
    source: changeOf(all),
    assumptions: assumptions.length,
  };
}

function changeOf(outcomes: readonly NarrativeOutcome[]): NodeSummary['source'] {
  const changed = outcomes.filter(({ sourceChange }) => sourceChange !== null).length;
  if (changed === 0) return 'kept';
  return changed === outcomes.length ? 'changed' : 'partly changed';
}

/** For each summary in what it differs from the most common one (of several as common, the first). */
export function differencesOf(
  summaries: readonly (NodeSummary | null)[],
): readonly (readonly Difference[])[] {
  const usual = mostCommon(summaries.flatMap((each) => each ?? []));
  return summaries.map((each) => (each === null || usual === null ? [] : differences(each, usual)));
}

const aspects: Readonly<Record<Difference, (summary: NodeSummary) => string>> = {
  // A packet that a pod of another node sends is a question of its own: how its answers come back is none of these rules' doing.
  verdict: ({ verdict, outcomes }) => (outcomes.every(passes) && verdict !== 'local' ? 'forward' : verdict),
  destinations: ({ outcomes }) =>
    outcomes
      .filter(passes)
      .map(({ title }) => title)
      .toSorted()
      .join('\n'),
  shares: ({ outcomes }) =>
    outcomes
      .filter(passes)
      .map(({ title, share }) => `${title} ${shareWords(share)}`)
      .toSorted()
      .join('\n'),
  source: ({ source }) => source,
  reason: ({ headline, outcomes }) => (outcomes.every(passes) ? '' : headline),
};

const names: readonly Difference[] = ['verdict', 'destinations', 'shares', 'source', 'reason'];

/** What follows from another difference is not said again. */
function differences(one: NodeSummary, usual: NodeSummary): readonly Difference[] {
  const found = names.filter((name) => aspects[name](one) !== aspects[name](usual));
  if (found.includes('verdict')) return ['verdict'];
  return found.includes('destinations')
    ? found.filter((name) => name !== 'shares' && name !== 'reason')
    : found;
}

function mostCommon(summaries: readonly NodeSummary[]): NodeSummary | null {
  const counts = new Map<string, number>();
  const keyOf = (each: NodeSummary): string => names.map((name) => aspects[name](each)).join('\0');
  for (const each of summaries) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
  const most = largest(counts.values(), 0);
  return summaries.find((each) => counts.get(keyOf(each)) === most) ?? null;
}

/**
 * That the question is another one on this node: a pod and a process send from one node only, elsewhere their packets
 * come in from the network. Empty where the question is the same.
 */
export function askedElsewhere(flow: Flow, asked: string, analysis: Analysis): string {
  const sender = senderElsewhere(flow, analysis);
  return sender === null
    ? ''
    : `${asked} sends from ${sender.node}: here its packet is taken to come in from the network.`;
}
