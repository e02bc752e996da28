import { finish, type Steps } from '../values/steps.ts';
import { Budget } from './budget.ts';
import { Choices, explore, type Explored, exploring } from './choices.ts';
import { knownConnections } from './conntrack/known.ts';
import type { Family, Flow } from './flow.ts';
import { PartsOfFlows } from './passage/flowParts.ts';
import { replyWayOf } from './passage/reply.ts';
import { isAttached, refusalWayOf } from './passage/refusal.ts';
import { type PacketResult, type Passage, pass, summary, travel } from './passage/travel.ts';
import { NO_HINTS } from './hints.ts';
import { OwnTargets } from './ownTargets.ts';
import type { RuleMachine } from './hookCall.ts';
import { HookTable } from './hookTable.ts';
import type { Node } from './node/node.ts';
import type { Packet } from './packet.ts';
import { type AnsweredRun, type Replies, type ReplyWay, repliesTo } from './replies.ts';
import { keyOf, merged, unfollowed } from './outcomes.ts';
import { type RuleSlice, Run, type Shared } from './run.ts';
import type { Assumption, Decision, JointTrace, Outcome, Step, Trace, TraceOptions } from './trace.ts';

/** Ways explored for one trace; what is left is summed up in one `unknown` outcome. */
const MOST_OUTCOMES = 4096;
/** Of what is left of the budget, to see whether it matters that a destination may be the node's own. */
const PROBE = 0.3;
const LIMITS = { all: MOST_OUTCOMES, open: 256 };

/** A rule that was looked at and did not match. */
export type ConsideredRule = Extract<Step, { readonly kind: 'considered' }>;

/**
 * The rules of one family on one node, ready to be asked. Pure: the same question always has the same answer. All
 * methods throw a RangeError for a flow that `readFlow` would have refused, and for nothing else.
 */
export interface Engine {
  readonly family: Family;
  /** Builds the indexes of long chains now, in idle time: else the first traces do it, chain by chain. */
  prepare(): void;
  /** What becomes of the packet, after those of `flow.after`; `flow.then` is not looked at. */
  trace(flow: Flow, options?: TraceOptions): Trace;
  /** As `trace`, with pauses. */
  tracing(flow: Flow, options?: TraceOptions): Steps<Trace>;
  /** What becomes of the packet and of those of `flow.then`, together. */
  traceSequence(flow: Flow, options?: TraceOptions): JointTrace;
  /**
   * What becomes of the answers to the packet: each is sent as the next packet on the state that its outcome left. `trace`
   * is what `trace` answers with the same flow and options.
   */
  replies(flow: Flow, trace: Trace, options?: TraceOptions): Replies;
  /**
   * What becomes of the ICMP error or reset by which the node itself refuses the packet, as `replies`; nothing for an outcome
   * that has none, or whose way back nothing can stop.
   */
  refusals(flow: Flow, trace: Trace, options?: TraceOptions): Replies;
  /** As `replies`, with pauses. */
  replying(flow: Flow, trace: Trace, options?: TraceOptions): Steps<Replies>;
  /**
   * Which rules of a part of one chain were considered and failed on this way (of `Trace.ways` for the same flow and
   * options), and why. For chains of thousands of rules, where `TraceOptions.considered` reports only those that an index
   * left over.
   */
  considered(
    flow: Flow,
    way: readonly number[],
    slice: RuleSlice,
    options?: TraceOptions,
  ): readonly ConsideredRule[];
}

/** The engine of what `machines` hold of one family. Compiles nothing yet: rules are read as packets come to them. */
export function createEngine(machines: readonly RuleMachine[], family: Family, node: Node): Engine {
  return new RuleEngine(machines, family, node);
}

class RuleEngine implements Engine {
  readonly family: Family;
  readonly #machines: readonly RuleMachine[];
  readonly #node: Node;
  readonly #hooks: HookTable;
  readonly #known: Shared['known'];

  constructor(machines: readonly RuleMachine[], family: Family, node: Node) {
    this.family = family;
    this.#machines = machines;
    this.#node = node;
    this.#hooks = new HookTable(machines, family);
    this.#known = knownConnections(node, family, (...end) =>
      machines.some(({ balances }) => balances?.(...end) === true),
    );
  }

  prepare(): void {
    for (const machine of this.#machines) machine.prepare();
  }

  trace(flow: Flow, options: TraceOptions = {}): Trace {
    return finish(this.tracing(flow, options));
  }

  considered(
    flow: Flow,
    way: readonly number[],
    slice: RuleSlice,
    options: TraceOptions = {},
  ): readonly ConsideredRule[] {
    const plain: TraceOptions = { ...options, considered: false };
    const again = (shared: Shared): readonly Step[] => this.#runOnce(shared, Choices.again(way), flow).steps;
    const alone = this.#share(flow, plain, slice);
    const found = again(alone);
    // Only where such a question came up may others be open on this way than those that are asked of every packet.
    const steps = alone.targets.isAsked
      ? again(this.#share(flow, plain, slice, finish(this.#asking(flow, plain)).shared.targets))
      : found;
    return steps.filter((step): step is ConsideredRule => step.kind === 'considered');
  }

  traceSequence(flow: Flow, options: TraceOptions = {}): JointTrace {
    const shared = this.#share(flow, options, null);
    const explored = explore(
      (choices) => {
        const run = new Run(shared, choices);
        for (const earlier of flow.after ?? []) travel(run, earlier);
        const results = [flow, ...(flow.then ?? [])].map((packet) => summary(travel(run, packet)));
        shared.budget.spend(run.effort);
        return { results, probability: run.probability };
      },
      LIMITS,
      shared.budget,
    );
    const joint = new Map<string, { readonly results: readonly string[]; probability: number }>();
    for (const { results, probability } of explored.results) {
      const key = results.join('\n');
      const known = joint.get(key);
      if (known === undefined) joint.set(key, { results, probability });
      else known.probability += probability;
    }
    if (explored.leftOut > 0) {
      noteLeftOut(shared);
      joint.set('', { results: ['unknown'], probability: explored.leftOut });
    }
    return { joint: [...joint.values()], assumptions: [...shared.assumptions.values()] };
  }

  replies(flow: Flow, trace: Trace, options: TraceOptions = {}): Replies {
    return finish(this.replying(flow, trace, options));
  }

  refusals(flow: Flow, trace: Trace, options: TraceOptions = {}): Replies {
    return finish(this.#answering(flow, trace, options, refusalOf));
  }

  replying(flow: Flow, trace: Trace, options: TraceOptions = {}): Steps<Replies> {
    return this.#answering(flow, trace, options, replyOf);
  }

  *#answering(flow: Flow, trace: Trace, options: TraceOptions, answer: AnswerOf): Steps<Replies> {
    const branched = trace.assumptions.filter((each) => each.branched).map(({ key }) => key);
    const shared = this.#share(flow, options, null, new OwnTargets(false, new Set(branched)));
    const known = new Set(trace.assumptions.map(({ key }) => key));
    const program = (choices: Choices): AnsweredRun => answerOnce(shared, choices, flow, answer);
    const explored = yield* exploring(program, LIMITS, shared.budget);
    return {
      byOutcome: repliesTo(
        trace.outcomes.map((outcome) => ({
          key: keyOf(outcome),
          passes: answer === replyOf && isThrough(outcome),
        })),
        explored.results,
      ),
      assumptions: [...shared.assumptions.values()].filter(({ key }) => !known.has(key)),
    };
  }

  *tracing(flow: Flow, options: TraceOptions = {}): Steps<Trace> {
    const { shared, explored } = yield* this.#asking(flow, options);
    const found = merged(explored);
    if (explored.leftOut > 0) {
      noteLeftOut(shared);
      found.push({ outcome: leftOut(explored.leftOut), way: [] });
    }
    return {
      outcomes: found.map(({ outcome }) => outcome),
      ways: found.map(({ way }) => way),
      assumptions: [...shared.assumptions.values()],
    };
  }

  /** All ways; those of a destination that may be the node's own apart where that makes a difference (`OwnTargets`). */
  *#asking(
    flow: Flow,
    options: TraceOptions,
  ): Steps<{ readonly shared: Shared; readonly explored: Explored<Outcome> }> {
    const shared = this.#share(flow, options, null);
    const explored = yield* this.#exploring(shared, flow);
    if (!shared.targets.isAsked || explored.leftOut > 0) return { shared, explored };
    const targets = new OwnTargets(true);
    const probe: TraceOptions = { ...options, budget: shared.budget.part(PROBE) };
    yield* this.#exploring(this.#share(flow, probe, null, targets), flow);
    const decisive = targets.decisive(() => new Set(explored.results.map(endOf)));
    if (decisive.size === 0) return { shared, explored };
    const rest: TraceOptions = { ...options, budget: shared.budget };
    const apart = this.#share(flow, rest, null, new OwnTargets(false, decisive));
    return { shared: apart, explored: yield* this.#exploring(apart, flow) };
  }

  #exploring(shared: Shared, flow: Flow): Steps<Explored<Outcome>> {
    return exploring((choices) => this.#runOnce(shared, choices, flow), LIMITS, shared.budget);
  }

  #runOnce(shared: Shared, choices: Choices, flow: Flow): Outcome {
    const run = new Run(shared, choices);
    if (this.#machines.every((machine) => machine.isEmpty(this.family))) {
      run.assume(
        'no-rules',
        'no-rules',
        `There are no IPv${this.family} rules in this dump; the packet is followed as if there were none on the node.`,
      );
    }
    for (const machine of this.#machines) noteLacking(run, machine.lacking(this.family));
    for (const earlier of flow.after ?? []) travel(run, earlier);
    const result = travel(run, flow);
    if (result.verdict !== 'local') shared.targets.lost(run.targets, endOf(result));
    noteConnection(run, flow, result);
    shared.budget.spend(run.effort);
    return outcomeOf(run, result, 0);
  }

  #share(flow: Flow, options: TraceOptions, slice: RuleSlice | null, targets = new OwnTargets()): Shared {
    if (flow.family !== this.family) {
      throw new RangeError(`the flow is IPv${flow.family}, the rules are IPv${this.family}`);
    }
    const assumptions = new Map<string, Assumption>();
    const decisions = new Map((options.decisions ?? []).map(({ key, value }: Decision) => [key, value]));
    return {
      family: this.family,
      node: this.#node,
      hooks: this.#hooks,
      balances: this.#machines.some(({ balances }) => balances !== undefined),
      hints: options.hints ?? NO_HINTS,
      known: this.#known,
      decisions,
      flow,
      flows: new PartsOfFlows(this.#node),
      from: flow.from.address,
      assumptions,
      targets,
      budget: options.budget ?? new Budget(),
      considered: options.considered ?? false,
      slice,
    };
  }
}

/** How a packet is answered, and the packet that the answer takes its connection from, where it is the kernel's own. */
type AnswerOf = (
  run: Run,
  flow: Flow,
  passage: Passage,
) => { readonly way: ReplyWay | null; readonly of: Packet | null };

/** By who gets it. */
const replyOf: AnswerOf = (run, flow, { packet, result }) => ({
  way: isThrough(result) ? replyWayOf(run, flow, packet, result) : null,
  of: null,
});

/** By the node itself, which refuses it. */
const refusalOf: AnswerOf = (run, flow, { packet, result }) => ({
  way: refusalWayOf(run, flow, packet, result),
  of: isAttached(result, packet) ? packet : null,
});

/** The packet, as the trace has it, and then its answer. */
function answerOnce(shared: Shared, choices: Choices, flow: Flow, answer: AnswerOf): AnsweredRun {
  const run = new Run(shared, choices);
  const answered = answerIn(run, flow, answer);
  shared.budget.spend(run.effort);
  return answered;
}

function answerIn(run: Run, flow: Flow, answer: AnswerOf): AnsweredRun {
  for (const earlier of flow.after ?? []) travel(run, earlier);
  const passage = pass(run, flow);
  const request = keyOf(outcomeOf(run, passage.result, 0));
  const { length } = run.assuming;
  const { way, of } = answer(run, flow, passage);
  if (way?.kind !== 'through') {
    const key = way?.kind === 'unsent' ? way.why : '';
    return { request, way, reply: null, key, probability: run.probability };
  }
  const reply = outcomeOf(run, pass(run, way.flow, of).result, length);
  return { request, way, reply, key: keyOf(reply), probability: run.probability };
}

/** Every answer that stands on a part of the rules says so. */
function noteLacking(run: Run, lacking: string | null): void {
  if (lacking === null) return;
  run.assume(
    'part-of-dump',
    'part-of-dump',
    `These rules are a part of what the node has. What is not in it${lacking} is taken to let packets pass unchanged; it may decide otherwise.`,
  );
}

/** How a packet was lost, to tell such ends apart. */
function endOf({ verdict, by, reason }: Pick<PacketResult, 'verdict' | 'by' | 'reason'>): string {
  return `${verdict} ${by ?? ''} ${reason ?? ''}`;
}

function isThrough({ verdict }: Pick<PacketResult, 'verdict'>): boolean {
  return verdict === 'forward' || verdict === 'local';
}

/** `from`: how many decisions were made before this packet. */
function outcomeOf(run: Run, result: PacketResult, from: number): Outcome {
  // Written out: a copy that others are added to costs more than all of them.
  return {
    verdict: result.verdict,
    probability: run.probability,
    shareGivenAssumptions: run.share,
    assuming: run.assuming.slice(from),
    source: result.source,
    destination: result.destination,
    interface: result.interface,
    masqueraded: result.masqueraded,
    mark: result.mark,
    ttl: result.ttl,
    by: result.by,
    reason: result.reason,
    rejectWith: result.rejectWith,
    refusal: result.refusal,
    steps: result.steps,
    conntrack: result.conntrack,
  };
}

/** That a packet is the first of its connection is a guess unless something tells. */
function noteConnection(run: Run, flow: Flow, result: PacketResult): void {
  if (flow.state !== undefined || flow.after !== undefined || run.shared.known !== null) return;
  if (!result.steps.some((step) => step.kind === 'conntrack' && step.state === 'NEW')) return;
  const why = run.node.info.missing.get('conntrack.txt');
  const unknown =
    why === undefined
      ? 'which connections the node knows is not in the snapshot'
      : `the node’s connections are not known (${why})`;
  run.assume(
    'new-connection',
    'new-connection',
    `The packet is taken to be the first of its connection; ${unknown}.`,
  );
}

function noteLeftOut(shared: Shared): void {
  shared.assumptions.set('too-many-branches', {
    key: 'too-many-branches',
    code: 'too-many-branches',
    message:
      'There are too many ways for this packet; the likeliest are shown, the rest is one unknown outcome.',
    branched: false,
    claim: null,
    about: null,
  });
}

function leftOut(probability: number): Outcome {
  return { ...unfollowed(probability), reason: 'ways that were not followed: there are too many' };
}
