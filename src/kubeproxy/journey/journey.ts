/**
 * A packet's way over several nodes: what leaves one node for an endpoint on another goes on through that node's rules,
 * where they are had. Each node is asked by itself; between them nothing is simulated, and an assumption says so.
 */
import { Budget } from '../../kernel/budget.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Decision, Outcome } from '../../kernel/trace.ts';
import { finish, type Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import { type Answer, answering } from '../answer/answer.ts';
import { endsOf } from '../narrative/ends.ts';
import { narrate } from '../narrative/narrate.ts';
import type { Narrative, NarrativeContinuation } from '../narrative/narrative.ts';
import { type Onward, type OnwardOf, passes } from '../narrative/onward.ts';
import { ownNodeName } from '../ownNode.ts';
import { type Departure, departuresOf } from './departures.ts';
import { decisionsAt, toldAt } from './nextNode.ts';

/** A packet on one node. */
export interface Leg {
  readonly flow: Flow;
  readonly analysis: Analysis;
  /** Those that are about this node. */
  readonly decisions: readonly Decision[];
  readonly answer: Answer;
  /** What is said on top of it is true over all nodes that the packet was followed to. */
  readonly narrative: Narrative;
  readonly continuations: readonly NarrativeContinuation[];
  /** The legs that follow, by their continuation's id. */
  readonly next: ReadonlyMap<string, Leg>;
  readonly onward: OnwardOf;
}

export interface JourneyQuestion {
  readonly flow: Flow;
  readonly analysis: Analysis;
  /** Those about other nodes have the keys that the assumptions in continuations have. */
  readonly decisions: readonly Decision[];
  /** What is had of another node of the same cluster; null where that is nothing. */
  readonly rulesOf: (node: string) => Analysis | null;
}

/** Traces the packet, here and where it goes on. Null where there are no rules of the flow's family. */
export function traceJourney(question: JourneyQuestion): Leg | null {
  return finish(tracingJourney(question));
}

/** As `traceJourney`, with pauses. */
export function tracingJourney(question: JourneyQuestion): Steps<Leg | null> {
  const { flow, analysis, decisions } = question;
  return new Journey(question).leg(flow, analysis, decisions, [ownNodeName(analysis)]);
}

/** Nodes that one packet is followed over, and packets that are followed to other nodes in one answer. */
const MOST_NODES = 4;
const MOST_PACKETS = 128;

/** Of what is left for all of the answer, as much may be spent on a packet's way through one node. */
const SHARE_OF_A_NODE = 0.9;

/** The nodes so far, the present one last; null for a node whose name nothing tells. */
type Way = readonly [...(string | null)[], string | null];

/** Why a packet is not followed. */
interface Untraced {
  readonly kind: 'missing' | 'untold';
  readonly message: string;
}

class Journey {
  readonly #question: JourneyQuestion;
  readonly #budget = new Budget();
  #packets = 0;

  constructor(question: JourneyQuestion) {
    this.#question = question;
  }

  *leg(flow: Flow, analysis: Analysis, decisions: readonly Decision[], way: Way): Steps<Leg | null> {
    const budget = this.#budget.part(SHARE_OF_A_NODE);
    const answer = yield* answering(analysis, flow, { decisions, budget });
    if (answer === null) return null;
    if (answer.outcomes.some(passes)) yield* answer.replying();
    const own = way.at(-1) ?? null;
    const departures = own === null ? [] : departuresOf(answer, flow, analysis, own);
    const onwards = new Map<Outcome, Onward>();
    const next = new Map<string, Leg>();
    const continuations: NarrativeContinuation[] = [];
    for (const departure of departures) {
      const following = yield* this.#follow(departure, way);
      if (!('kind' in following)) next.set(departure.id, following);
      const onward = onwardTo(departure, following);
      for (const outcome of departure.outcomes) onwards.set(outcome, onward);
      continuations.push(continuationOf(departure, following, answer));
    }
    const onward: OnwardOf = (outcome) => onwards.get(outcome) ?? null;
    const narrative = narrate(answer, flow, analysis, decisions, onward);
    return { flow, analysis, decisions, answer, narrative, continuations, next, onward };
  }

  *#follow({ node, onward, destination }: Departure, way: Way): Steps<Leg | Untraced> {
    if (typeof onward === 'string') return { kind: 'untold', message: onward };
    if (way.length >= MOST_NODES) {
      return untold(`The packet goes on to ${node}: it is followed over ${MOST_NODES} nodes only.`);
    }
    const analysis = this.#question.rulesOf(node);
    if (analysis === null) return missing(`${destination} is on ${node}, whose rules are not here.`);
    if (this.#packets++ >= MOST_PACKETS) {
      return untold(
        `The packet goes on to ${node}: only the likeliest ${MOST_PACKETS} packets are followed.`,
      );
    }
    const decisions = decisionsAt(node, this.#question.decisions);
    const leg = yield* this.leg(onward.flow, analysis, decisions, [...way, node]);
    if (leg === null) {
      return missing(`${destination} is on ${node}, whose IPv${onward.flow.family} rules are not here.`);
    }
    return { ...leg, narrative: toldAt(node, leg.narrative, onward, analysis, way) };
  }
}

function missing(message: string): Untraced {
  return { kind: 'missing', message };
}

function untold(message: string): Untraced {
  return { kind: 'untold', message };
}

function continuationOf(
  { id, node, packet, outcomes }: Departure,
  following: Leg | Untraced,
  answer: Answer,
): NarrativeContinuation {
  const common = { id, node, packet, outcomes: outcomes.map((each) => `o${answer.outcomes.indexOf(each)}`) };
  if ('kind' in following) return { ...common, ...following, narrative: null, continuations: [] };
  const { narrative, continuations } = following;
  return { ...common, kind: 'traced', message: '', narrative, continuations };
}

function onwardTo({ node }: Departure, following: Leg | Untraced): Onward {
  if ('kind' in following) {
    return { node, ends: null, message: following.message, sourceChanged: false };
  }
  const { answer, flow, analysis, onward } = following;
  const ends = endsOf(answer, flow, analysis, onward);
  return { node, ends, message: '', sourceChanged: changesSource(following) };
}

/** Whether the receiver may see another source than the one that came to this node. */
function changesSource({ answer, flow, onward }: Leg): boolean {
  return answer.outcomes.some((outcome) => {
    const { verdict, source } = outcome;
    if (verdict !== 'forward' && verdict !== 'local') return false;
    const next = onward(outcome);
    return (
      source?.address !== flow.from.address || (next !== null && (next.ends === null || next.sourceChanged))
    );
  });
}
