/** What may be chosen to trace in a cluster before any node's rules are had: told from the objects alone. */
import type { KubernetesObjects } from '../../kubernetes/objects.ts';
import type { Steps } from '../../values/steps.ts';
import { typedInCluster, withTyped } from './typedChoice.ts';
import { matchingChoices } from './matchingChoices.ts';
import type { Choice, ChoiceSide } from './choice.ts';
import { clusterIndexOf } from './clusterIndex.ts';
import { destinationsOf } from './destinationChoices.ts';
import { sourcesOf } from './sourceChoices.ts';

export interface ChoiceSearch {
  readonly side: ChoiceSide;
  readonly query: string;
  readonly limit: number;
  /** Of a Pod or a node that sends (`default/client`, `node-1`), of a Service that is sent to (`default/web`); null = of any. */
  readonly name: string | null;
  /** Whether what was typed is a choice, too (see `withTyped`). Default false. */
  readonly typed?: boolean;
}

/** Those of one side that hold every word of `query`, `limit` at most. */
export function* clusterChoices(
  objects: KubernetesObjects,
  { side, query, limit, name, typed = false }: ChoiceSearch,
): Steps<readonly Choice[]> {
  const index = clusterIndexOf(objects);
  const all = side === 'source' ? sourcesOf(index) : destinationsOf(index, query);
  if (name !== null) return yield* matchingChoices(choicesNamed(all, side, name), query, limit);
  const found = yield* matchingChoices(all, query, limit);
  return typed ? withTyped(found, typedInCluster(index, side, query), limit) : found;
}

/** A Pod may have the name of its Service. */
function* choicesNamed(all: Iterable<Choice>, side: ChoiceSearch['side'], name: string): Generator<Choice> {
  for (const choice of all) {
    if ((choice.kind === 'service') !== (side === 'destination')) continue;
    if (choice.label === name || choice.label.startsWith(`${name}:`)) yield choice;
  }
}
