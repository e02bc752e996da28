/** What is told of a packet on a node that it came to from another one. */
import { parseAddress } from '../../values/address.ts';
import { inferArrival } from '../../kernel/arrival.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Decision } from '../../kernel/trace.ts';
import type { Analysis } from '../analysis.ts';
import type { Narrative, NarrativeAssumption } from '../narrative/narrative.ts';
import type { OnwardFlow } from './onwardFlow.ts';

/** Questions of one node are none of another's: `at node-2: local:192.168.0.2`. */
function keyAt(node: string, key: string): string {
  return `at ${node}: ${key}`;
}

/** The decisions that are about `node`, as its own engine knows them. */
export function decisionsAt(node: string, decisions: readonly Decision[]): readonly Decision[] {
  const prefix = keyAt(node, '');
  return decisions
    .filter(({ key }) => key.startsWith(prefix))
    .map(({ key, value }) => ({ key: key.slice(prefix.length), value }));
}

/**
 * The telling of a packet on `node`, with what was taken for granted in bringing it there. Who sends it, and what it sees
 * of the answer, the first node's telling says: here only the packet is known.
 */
export function toldAt(
  node: string,
  narrative: Narrative,
  onward: OnwardFlow,
  analysis: Analysis,
  before: readonly (string | null)[],
): Narrative {
  const own = narrative.assumptions.map((each) => assumptionAt(node, each));
  const taken = [
    betweenNodes(before.at(-1) ?? 'the nodes', node),
    arrivalAt(node, onward.flow, analysis),
    before.includes(node) ? secondPassage(node) : null,
    ...onward.assumed.map((message, at) => assumed(`packet:${at}`, 'packet-assumed', message)),
  ].filter((each) => each !== null);
  return {
    ...narrative,
    details: [],
    assumptions: [...taken.map((each) => ({ ...each, key: keyAt(node, each.key) })), ...own],
  };
}

/** A question of that node, decided by keys of its own. */
function assumptionAt(node: string, assumption: NarrativeAssumption): NarrativeAssumption {
  const options = assumption.options.map(({ word, decisions }) => ({
    word,
    decisions: decisions.map(({ key, value }) => ({ key: keyAt(node, key), value })),
  }));
  return { ...assumption, key: keyAt(node, assumption.key), options };
}

function assumed(key: string, code: string, message: string): NarrativeAssumption {
  return { key, code, message, claim: null, branched: false, options: [], decided: null };
}

function betweenNodes(before: string, node: string): NarrativeAssumption {
  return assumed(
    `between:${before}`,
    'between-nodes',
    `Between ${before} and ${node} nothing is simulated: the packet is taken to arrive as it left, whatever carries it (a router, a tunnel, an overlay network).`,
  );
}

/** Null where that node's files do not tell: the trace says so itself. */
function arrivalAt(node: string, { family, from }: Flow, analysis: Analysis): NarrativeAssumption | null {
  const source = from.address === null ? null : parseAddress(from.address);
  const name = source === null ? null : inferArrival(analysis.node, family, source).interface;
  if (typeof name !== 'string') return null;
  return assumed(
    `arrival:${from.address}`,
    'arrival-assumed',
    `The packet is taken to come in by ${name}, by which the routes of ${node} lead to ${from.address}.`,
  );
}

function secondPassage(node: string): NarrativeAssumption {
  return assumed(
    'second-passage',
    'second-passage',
    `The packet comes through ${node} again; what it left there the first time (a connection, counters) is not taken into account.`,
  );
}
