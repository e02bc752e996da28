/** What may be chosen to trace through the rules of one node. */
import { parseAddress } from '../../values/address.ts';
import type { Family } from '../../kernel/flow.ts';
import type { KubernetesObjects, Pod } from '../../kubernetes/objects.ts';
import type { Analysis } from '../analysis.ts';
import { withTyped, typedHere } from './typedChoice.ts';
import { nodeAddress } from '../form/nodeAddress.ts';
import { matchingChoices } from './matchingChoices.ts';
import type { Steps } from '../../values/steps.ts';
import { ownNodeName } from '../ownNode.ts';
import type { Frontend } from '../services/frontend.ts';
import {
  type Choice,
  type ChoiceSide,
  outsideChoice,
  receivingPod,
  sendingPod,
  serviceChoice,
} from './choice.ts';
import { clusterIndexOf } from './clusterIndex.ts';

export interface RulesSearch {
  readonly side: ChoiceSide;
  readonly query: string;
  readonly limit: number;
  /** Of a destination: who sends, as far as that is known; empty where it is not. */
  readonly from: string;
  /** Whether what was typed is a choice, too. */
  readonly typed: boolean;
  /** Only what is at hand: nothing that must be worked out of a large dump first. */
  readonly atHand: boolean;
}

/**
 * Those of one side that hold every word of `query`, `limit` at most, made only as far as they are looked at. What was
 * typed comes last, and only where it can be read or nothing else is found.
 */
export function* rulesChoices(analysis: Analysis, search: RulesSearch): Steps<readonly Choice[]> {
  const { side, query, limit, typed, atHand } = search;
  const all = side === 'source' ? sources(analysis, atHand) : destinations(analysis, atHand);
  const found = yield* matchingChoices(all, query, limit);
  return typed && !atHand ? withTyped(found, typedHere(analysis, search), limit) : found;
}

/** Somebody outside, this node, and the pods: by the objects, else by the endpoints that the rules name. */
function* sources(analysis: Analysis, atHand: boolean): Generator<Choice> {
  const present = analysis.sources.families;
  yield outsideChoice();
  yield {
    side: 'source',
    label: 'this node',
    description: 'a process of the node itself',
    form: { from: 'node' },
    kind: 'node',
  };
  if (analysis.objects !== null) yield* sendingPods(analysis, analysis.objects.pods, present);
  else if (!atHand) yield* sendingEndpoints(analysis, present);
}

/** This node's pods first. */
function* sendingPods(
  analysis: Analysis,
  pods: readonly Pod[],
  present: readonly Family[],
): Generator<Choice> {
  const here = ownNodeName(analysis);
  const first = pods.filter(({ nodeName }) => nodeName === here);
  const others = pods.filter(({ nodeName }) => nodeName !== here);
  for (const pod of [...first, ...others]) {
    yield* sendingPod({ ...pod, ips: pod.ips.filter((ip) => isOf(present, ip)) });
  }
}

function isOf(present: readonly Family[], ip: string): boolean {
  const family = parseAddress(ip)?.family;
  return family !== undefined && present.includes(family);
}

function* sendingEndpoints(analysis: Analysis, present: readonly Family[]): Generator<Choice> {
  const found = new Set<string>();
  for (const port of analysis.catalog.ports) {
    for (const { address, family } of port.endpoints) {
      if (found.has(address) || !present.includes(family)) continue;
      found.add(address);
      const description = `endpoint of ${port.name}`;
      yield { side: 'source', label: address, description, form: { from: `pod:${address}` }, kind: 'pod' };
    }
  }
}

/** Every Service port by each of its frontends, then the pods. */
function* destinations(analysis: Analysis, atHand: boolean): Generator<Choice> {
  if (!atHand) yield* servicePorts(analysis);
  if (analysis.objects !== null) yield* receivingPods(analysis.objects);
}

function* servicePorts(analysis: Analysis): Generator<Choice> {
  const own = { 4: nodeAddress(analysis, 4), 6: nodeAddress(analysis, 6) };
  for (const { name, frontends } of analysis.catalog.ports) {
    for (const frontend of frontends) {
      const address = frontend.address ?? own[frontend.family] ?? '';
      const { kind, port, protocol } = frontend;
      yield serviceChoice({ label: name, kind, address, port, protocol, behind: behindWords(frontend) });
    }
  }
}

function* receivingPods(objects: KubernetesObjects): Generator<Choice> {
  const index = clusterIndexOf(objects);
  for (const pod of objects.pods) yield* receivingPod(pod, index);
}

function behindWords({ fate }: Frontend): string {
  if (fate === 'rejected') return ' · no endpoints, rejected';
  return fate === 'dropped' ? ' · no local endpoints, dropped' : '';
}
