/** What may be chosen to trace in a cluster before any node's rules are had: told from the objects alone. */
import { parseAddress } from '../../values/address.ts';
import type { KubernetesObjects } from '../../kubernetes/objects.ts';
import type { FlowForm } from '../form/flowForm.ts';
import type { Steps } from '../../values/steps.ts';
import { readEndpoint } from '../form/endpointText.ts';
import { matchingChoices } from './matchingChoices.ts';
import type { Choice, ChoiceSide } from './choice.ts';
import { type ClusterIndex, clusterIndexOf } from './clusterIndex.ts';
import { destinationsOf } from './destinationChoices.ts';
import { sourcesOf } from './sourceChoices.ts';

export interface ChoiceSearch {
  readonly side: ChoiceSide;
  readonly query: string;
  readonly limit: number;
  /** Of a Pod or a node that sends (`default/client`, `node-1`), of a Service that is sent to (`default/web`); null = of any. */
  readonly name: string | null;
}

/** Those of one side that hold every word of `query`, `limit` at most; an address that was typed is one, too. */
export function* clusterChoices(
  objects: KubernetesObjects,
  { side, query, limit, name }: ChoiceSearch,
): Steps<readonly Choice[]> {
  const index = clusterIndexOf(objects);
  const all = side === 'source' ? sourcesOf(index) : destinationsOf(index, query);
  if (name !== null) return yield* matchingChoices(choicesNamed(all, side, name), query, limit);
  const found = yield* matchingChoices(all, query, limit);
  const typed = typedChoice(query.trim(), side, index);
  if (typed === null || limit <= 0 || found.some(({ form }) => isSame(form, typed.form))) return found;
  return [typed, ...found].slice(0, limit);
}

/** A Pod may have the name of its Service. */
function* choicesNamed(all: Iterable<Choice>, side: ChoiceSearch['side'], name: string): Generator<Choice> {
  for (const choice of all) {
    if ((choice.kind === 'service') !== (side === 'destination')) continue;
    if (choice.label === name || choice.label.startsWith(`${name}:`)) yield choice;
  }
}

function isSame(one: Partial<FlowForm>, other: Partial<FlowForm>): boolean {
  const [from, to] = [one.from?.replace(/^(?:pod|node|external):/, ''), one.to];
  return from === other.from && to === other.to;
}

/** `10.96.0.10:53` as it was typed; null for what is no address. */
function typedChoice(text: string, side: ChoiceSide, index: ClusterIndex): Choice | null {
  const bare = text.replace(/^(?:pod|external|node):/i, '');
  const reading = readEndpoint(bare);
  if (text === '' || reading.kind === 'wrong' || (side === 'destination' && bare !== text)) return null;
  const { address } = reading.endpoint;
  const form = side === 'source' ? { from: text } : { to: text };
  return { side, label: text, ...ownerOf(address, index), form };
}

function ownerOf(address: string, index: ClusterIndex): Pick<Choice, 'kind' | 'description'> {
  const [frontend] = index.servicesAt(address);
  if (frontend !== undefined) {
    const { service } = frontend;
    return { kind: 'service', description: `an address of ${service.namespace}/${service.name}` };
  }
  const node = index.nodeAt(address);
  if (node !== null) return { kind: 'node', description: `an address of ${node.name}` };
  const [pod] = index.podsAt(address);
  if (pod !== undefined) return { kind: 'pod', description: `the pod ${pod.namespace}/${pod.name}` };
  return { kind: 'external', description: `an IPv${parseAddress(address)?.family ?? 4} address` };
}
