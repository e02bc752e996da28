import type { Answer, Question } from './answers.ts';
import { type Budget, efforts, MOST_EFFORT_OF_A_WAY } from './budget.ts';
import type { Choices } from './choices.ts';
import type { KnownConnections } from './conntrack/known.ts';
import { ConntrackTable } from './conntrack/table.ts';
import { factOfKey, isExact, Knowledge } from './facts.ts';
import type { PartsOfFlows } from './passage/flowParts.ts';
import type { Ending } from './end.ts';
import type { Family, Flow } from './flow.ts';
import type { Hints } from './hints.ts';
import type { Node } from './node/node.ts';
import type { OwnTargets } from './ownTargets.ts';
import type { Packet } from './packet.ts';
import { asItIsNow } from './packetState.ts';
import type { RulePlace } from './ruleAt.ts';
import type { Assumption, Decision, DeviceHook, DeviceKind, HookName, Step } from './trace.ts';

/** What is called at the kernel's hooks. */
export interface Hooks {
  /** Null when the packet goes on; else its end, or where it came to by a way that a call sent it. */
  run(hook: HookName, packet: Packet, run: Run): Ending | null;
  /** The same of what is called where a device takes a packet in, or sends it out. */
  runDevice(end: DeviceHook, by: DeviceKind, packet: Packet, run: Run): Ending | null;
}

/** What all runs of one trace share. */
export interface Shared {
  readonly family: Family;
  readonly node: Node;
  readonly hooks: Hooks;
  /** IPVS is followed; else it is not known what it does on the node. */
  readonly balances: boolean;
  readonly hints: Hints;
  readonly known: KnownConnections | null;
  readonly decisions: ReadonlyMap<string, boolean>;
  /** The flow that is asked about: what it says of the node holds for the flows before and after it. */
  readonly flow: Flow;
  readonly flows: PartsOfFlows;
  /** The source address of the packet that is asked about; what is not known of others has names of its own. */
  readonly from: string | null;
  /** By key, in the order in which they came up. */
  readonly assumptions: Map<string, Assumption>;
  readonly targets: OwnTargets;
  readonly budget: Budget;
  readonly considered: boolean;
  /** A part of one chain whose failing rules are reported even where an index passed them over. */
  readonly slice: RuleSlice | null;
}

/** Rules `from` up to, not including, `to` of one chain. */
export interface RuleSlice extends Omit<RulePlace, 'index'> {
  readonly from: number;
  readonly to: number;
}

/** One way through everything: a packet (or a sequence of them) with one answer to each open question. */
export class Run {
  readonly shared: Shared;
  readonly node: Node;
  readonly conntrack: ConntrackTable;
  readonly assuming: Decision[] = [];
  /** Keys of the questions of `Shared.targets` that came up. */
  readonly targets: string[] = [];
  steps: Step[] = [];
  /** Of random matches only, unknowns not counted. */
  share = 1;
  /** What this way costs, in the units of budget.ts. Whoever adds to it in a loop gives up where it is `overspent`. */
  effort: number = efforts.way;
  readonly #mostEffort: number;
  /** The odds of the last random answer, for the machine to show on the rule's step; it may be reset. */
  lastChance: number | null = null;
  /** What questions of this packet begin with: empty for the one that is asked about. */
  scope = '';
  readonly knowledge = new Knowledge();
  readonly #choices: Choices;
  #states: Map<new () => object, object> | null = null;
  readonly #answers = new Map<string, boolean>();

  constructor(shared: Shared, choices: Choices) {
    this.shared = shared;
    this.node = shared.node;
    this.conntrack = new ConntrackTable(shared.known, (question) => this.ask(question));
    this.#choices = choices;
    this.#mostEffort = Math.min(MOST_EFFORT_OF_A_WAY, Math.max(0, shared.budget.left));
    for (const [key, value] of shared.decisions) {
      const fact = factOfKey(key, shared.family);
      if (fact !== null) this.knowledge.learn(fact, value);
    }
  }

  /** Whether this way has cost more than one way may, or more than is left for the whole answer. */
  get overspent(): boolean {
    return this.effort > this.#mostEffort;
  }

  get hints(): Hints {
    return this.shared.hints;
  }

  /** What a machine keeps from one packet of this run to the next: the one object of its class, made when first asked for. */
  state<T extends object>(kind: new () => T): T {
    const states = (this.#states ??= new Map());
    const known = states.get(kind);
    if (known instanceof kind) return known;
    const state = new kind();
    states.set(kind, state);
    return state;
  }

  /** Takes the packet through a hook. Null when it passes. */
  enterHook(hook: HookName, packet: Packet): Ending | null {
    return this.shared.hooks.run(hook, packet, this);
  }

  /** Takes the packet through the hook of a device. Null when it passes. */
  enterDevice(end: DeviceHook, by: DeviceKind, packet: Packet): Ending | null {
    return this.shared.hooks.runDevice(end, by, packet, this);
  }

  get probability(): number {
    return this.#choices.probability;
  }

  /** Settles an answer about the packet for this run. */
  settle(answer: Answer, packet: Packet): boolean {
    if (typeof answer === 'boolean') return answer;
    if (answer.kind === 'question') {
      const asked = answer.ofHeader ? asItIsNow(answer, packet, this.scope) : answer;
      return this.ask(asked) !== answer.negated;
    }
    return this.chance(answer.probability);
  }

  /** True with `probability` (from 0 to 1). */
  chance(probability: number): boolean {
    const value = this.#choices.choose(probability);
    this.lastChance = value ? probability : 1 - probability;
    this.share *= this.lastChance;
    return value;
  }

  /** One of `count` things that the kernel picks by a hash or at random; all are as likely. */
  pick(count: number): number {
    return this.pickOf(Array.from({ length: count }, () => 1 / count));
  }

  /** One of several things that happen with these probabilities, which sum to 1. */
  pickOf(shares: readonly number[]): number {
    const taken = this.#choices.pick(shares);
    this.share *= shares[taken] ?? 1;
    return taken;
  }

  /** Whether the question's claim holds in this run: as answered before, or as it follows from other answers. */
  ask(asked: Question): boolean {
    const known = this.#answers.get(asked.key);
    if (known !== undefined) return known;
    this.effort += efforts.question;
    const follows = this.#followed(asked);
    const decided = this.shared.decisions.get(asked.key);
    const branched = asked.presumed === null;
    const value = follows ?? decided ?? asked.presumed ?? this.#choices.guess();
    this.#answers.set(asked.key, value);
    for (const fact of asked.is) this.knowledge.learn(fact, value);
    if (value) for (const fact of asked.needs) this.knowledge.learn(fact, true);
    if (follows !== null && decided === undefined) return value;
    this.#note(asked, branched);
    if (branched || decided !== undefined) {
      const decision: Decision = { key: asked.key, value };
      this.assuming.push(decision);
      this.steps.push({ kind: 'assume', decision });
    }
    return value;
  }

  #followed({ is, needs }: Question): boolean | null {
    for (const fact of is) {
      const holds = this.knowledge.holds(fact);
      if (holds !== null) return holds;
    }
    return needs.some((fact) => this.knowledge.holds(fact) === false) ? false : null;
  }

  #note({ key, code, message, claim, is }: Question, branched: boolean): void {
    if (this.shared.assumptions.has(key)) return;
    const [fact] = is;
    const about = fact === undefined ? null : { variable: fact.variable, exact: isExact(fact) };
    this.shared.assumptions.set(key, { key, code, message, branched, claim, about });
  }

  /** Names something that the answer takes for granted without asking. */
  assume(key: string, code: string, message: string | (() => string)): void {
    const { assumptions } = this.shared;
    if (assumptions.has(key)) return;
    const told = typeof message === 'string' ? message : message();
    assumptions.set(key, { key, code, message: told, branched: false, claim: null, about: null });
  }
}
