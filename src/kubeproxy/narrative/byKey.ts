import type { Assumption, Decision } from '../../kernel/trace.ts';

/** The assumptions of a trace by key: there may be thousands, and each outcome names as many. */
export function assumptionsByKey<Named extends Pick<Assumption, 'key'>>(
  assumptions: readonly Named[],
): ReadonlyMap<string, Named> {
  return new Map(assumptions.map((each) => [each.key, each]));
}

/** The keys whose answers are not the same in all of these lists; in one that does not name it, a question has no answer. */
export function keysThatDiffer(lists: readonly (readonly Decision[])[]): ReadonlySet<string> {
  const first = new Map<string, boolean>();
  const counts = new Map<string, number>();
  const differ = new Set<string>();
  for (const list of lists) {
    for (const { key, value } of list) {
      const known = first.get(key);
      if (known === undefined) first.set(key, value);
      else if (known !== value) differ.add(key);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  for (const [key, count] of counts) if (count < lists.length) differ.add(key);
  return differ;
}
