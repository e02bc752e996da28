/** Ways that end alike become one outcome. */
import { placeText } from './ruleAt.ts';
import type { Explored } from './choices.ts';
import type { Outcome } from './trace.ts';

/** An outcome with the way of the first run that had it. */
export interface Found {
  outcome: Outcome;
  readonly way: readonly number[];
}

/** Those that went to one place, which nearly always is one way: what tells them apart is written down from the second on. */
interface Alike {
  readonly first: Found;
  byKey: Map<string, Found> | null;
}

/** Outcomes that are alike in everything a reader sees become one, in the order of their first ways. */
export function merged({ results, ways }: Explored<Outcome>): Found[] {
  const found: Found[] = [];
  const places = new Map<string, Alike>();
  for (const [index, outcome] of results.entries()) {
    const place = `${outcome.destination?.address ?? outcome.verdict} ${outcome.destination?.port ?? outcome.by}`;
    const alike = places.get(place);
    const known = alike === undefined ? undefined : keysOf(alike).get(keyOf(outcome));
    if (known !== undefined) {
      known.outcome = sumOf(known.outcome, outcome);
      continue;
    }
    const next = { outcome, way: ways[index] ?? [] };
    found.push(next);
    if (alike === undefined) places.set(place, { first: next, byKey: null });
    else keysOf(alike).set(keyOf(outcome), next);
  }
  return found;
}

function keysOf(alike: Alike): Map<string, Found> {
  return (alike.byKey ??= new Map([[keyOf(alike.first.outcome), alike.first]]));
}

function sumOf(one: Outcome, other: Outcome): Outcome {
  return {
    ...one,
    probability: one.probability + other.probability,
    shareGivenAssumptions: one.shareGivenAssumptions + other.shareGivenAssumptions,
  };
}

/** What is known of packets that were not followed to an end: how many they are. */
export function unfollowed(probability: number): Outcome {
  return {
    verdict: 'unknown',
    probability,
    shareGivenAssumptions: probability,
    assuming: [],
    source: null,
    destination: null,
    interface: null,
    masqueraded: false,
    mark: null,
    by: null,
    reason: null,
    rejectWith: null,
    steps: [],
    conntrack: null,
  };
}

/** What tells an outcome from others of its trace. */
export function keyOf(outcome: Outcome): string {
  const { verdict, source, destination, interface: name, mark, by, reason, assuming, steps } = outcome;
  const path = steps.map((step) => (step.kind === 'rule' ? placeText(step.at) : ''));
  return JSON.stringify([verdict, source, destination, name, mark, by, reason, assuming, path]);
}
