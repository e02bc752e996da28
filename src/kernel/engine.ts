import type { Ruleset } from '../rules/iptables/nodes.ts';
import { type Choices, explore } from './choices.ts';
import { knownConnections } from './conntrack/table.ts';
import type { Family, Flow } from './flow.ts';
import { type PacketResult, summary, travel } from './passage/travel.ts';
import { type Hints, NO_HINTS } from './hints.ts';
import type { Node } from './node/node.ts';
import { Program } from '../machines/iptables/program/program.ts';
import { placeText, type SourceId } from './ruleAt.ts';
import { type RuleSlice, Run, type Shared } from './run.ts';
import type { Assumption, Decision, JointTrace, Outcome, Step, Trace, TraceOptions } from './trace.ts';

/** Ways explored for one trace; what is left is summed up in one `unknown` outcome. */
const MOST_OUTCOMES = 4096;
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
  /** What becomes of the packet and of those of `flow.then`, together. */
  traceSequence(flow: Flow, options?: TraceOptions): JointTrace;
  /**
   * Which rules of a part of one chain were considered and failed on the way of the outcome with this index, and why.
   * For chains of thousands of rules, where `TraceOptions.considered` reports only those that an index left over.
   */
  considered(
    flow: Flow,
    outcome: number,
    slice: RuleSlice,
    options?: TraceOptions,
  ): readonly ConsideredRule[];
}

export interface EngineSettings {
  /** False walks long chains (for tests). Default true. */
  readonly indexed?: boolean;
  /** Used only where the node's files do not tell. */
  readonly hints?: Hints;
  /** What the rules are called in `Step.at`. Default `iptables`, of IPv6 `ip6tables`. */
  readonly source?: SourceId;
}

/** Compiles nothing yet: chains are read as packets come to them. */
export function createEngine(
  ruleset: Ruleset,
  family: Family,
  node: Node,
  { indexed = true, hints = NO_HINTS, source = sourceOf(family) }: EngineSettings = {},
): Engine {
  return new RuleEngine(new Program(ruleset, { source, family, node, indexed, hints }));
}

function sourceOf(family: Family): SourceId {
  return family === 4 ? 'iptables' : 'ip6tables';
}

class RuleEngine implements Engine {
  readonly #program: Program;
  readonly #known: Shared['known'];

  constructor(program: Program) {
    this.#program = program;
    this.#known = knownConnections(program.node, program.family);
  }

  get family(): Family {
    return this.#program.family;
  }

  prepare(): void {
    this.#program.prepare();
  }

  trace(flow: Flow, options: TraceOptions = {}): Trace {
    return this.#trace(flow, options, null);
  }

  considered(
    flow: Flow,
    outcome: number,
    slice: RuleSlice,
    options: TraceOptions = {},
  ): readonly ConsideredRule[] {
    const steps = this.#trace(flow, { ...options, considered: false }, slice).outcomes[outcome]?.steps ?? [];
    return steps.filter((step): step is ConsideredRule => step.kind === 'considered');
  }

  traceSequence(flow: Flow, options: TraceOptions = {}): JointTrace {
    const shared = this.#share(flow, options, null);
    const explored = explore((choices) => {
      const run = new Run(shared, choices);
      for (const earlier of flow.after ?? []) travel(run, earlier);
      const results = [flow, ...(flow.then ?? [])].map((packet) => summary(travel(run, packet)));
      return { results, probability: run.probability };
    }, LIMITS);
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

  #trace(flow: Flow, options: TraceOptions, slice: RuleSlice | null): Trace {
    const shared = this.#share(flow, options, slice);
    const explored = explore((choices) => runOnce(shared, choices, flow), LIMITS);
    const outcomes = merged(explored.results);
    if (explored.leftOut > 0) {
      noteLeftOut(shared);
      outcomes.push(leftOut(explored.leftOut));
    }
    return { outcomes, assumptions: [...shared.assumptions.values()] };
  }

  #share(flow: Flow, options: TraceOptions, slice: RuleSlice | null): Shared {
    if (flow.family !== this.family) {
      throw new RangeError(`the flow is IPv${flow.family}, the rules are IPv${this.family}`);
    }
    const assumptions = new Map<string, Assumption>();
    const decisions = new Map((options.decisions ?? []).map(({ key, value }: Decision) => [key, value]));
    const considered = options.considered ?? false;
    const from = flow.from.address;
    return { program: this.#program, known: this.#known, decisions, from, assumptions, considered, slice };
  }
}

function runOnce(shared: Shared, choices: Choices, flow: Flow): Outcome {
  const run = new Run(shared, choices);
  if (shared.program.isEmpty) {
    run.assume(
      'no-rules',
      'no-rules',
      `There are no IPv${shared.program.family} rules in this dump; the packet is followed as if there were none on the node.`,
    );
  }
  for (const earlier of flow.after ?? []) travel(run, earlier);
  const result = travel(run, flow);
  noteConnection(run, flow, result);
  const { probability, share } = run;
  return { ...result, probability, shareGivenAssumptions: share, assuming: [...run.assuming] };
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

/** Outcomes that are alike in everything a reader sees become one. */
function merged(outcomes: readonly Outcome[]): Outcome[] {
  const groups = new Map<string, Outcome>();
  for (const outcome of outcomes) {
    const key = keyOf(outcome);
    const known = groups.get(key);
    groups.set(
      key,
      known === undefined
        ? outcome
        : {
            ...known,
            probability: known.probability + outcome.probability,
            shareGivenAssumptions: known.shareGivenAssumptions + outcome.shareGivenAssumptions,
          },
    );
  }
  return [...groups.values()];
}

function keyOf(outcome: Outcome): string {
  const { verdict, source, destination, interface: name, mark, by, reason, assuming, steps } = outcome;
  const path = steps.map((step) => (step.kind === 'rule' ? placeText(step.at) : ''));
  return JSON.stringify([verdict, source, destination, name, mark, by, reason, assuming, path]);
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
    reason: 'ways that were not followed: there are too many',
    rejectWith: null,
    steps: [],
    conntrack: null,
  };
}
