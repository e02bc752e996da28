import type { Answer, Question } from './answers.ts';
import type { Choices } from './choices.ts';
import { ConntrackTable, type KnownConnections } from './conntrack/table.ts';
import { factOfKey, isExact, Knowledge } from './facts.ts';
import type { CompiledMatch } from '../machines/iptables/matches/match.ts';
import type { Node } from './node/node.ts';
import type { Ladder } from '../machines/iptables/program/ladder.ts';
import type { Program } from '../machines/iptables/program/program.ts';
import { NthCounters } from '../machines/iptables/state/nthCounters.ts';
import { RecentLists } from '../machines/iptables/state/recentLists.ts';
import type { RulePlace } from './ruleAt.ts';
import type { Assumption, Decision, Step } from './trace.ts';

/** What all runs of one trace share. */
export interface Shared {
  readonly program: Program;
  readonly known: KnownConnections | null;
  readonly decisions: ReadonlyMap<string, boolean>;
  /** The source address of the packet that is asked about; what is not known of others has names of its own. */
  readonly from: string | null;
  /** By key, in the order in which they came up. */
  readonly assumptions: Map<string, Assumption>;
  readonly considered: boolean;
  /** A part of one chain whose failing rules are reported even where an index passed them over. */
  readonly slice: RuleSlice | null;
}

/** Rules `from` up to, not including, `to` of one chain. */
export interface RuleSlice extends Omit<RulePlace, 'index'> {
  readonly from: number;
  readonly to: number;
}

/** More rules than any kernel would look at for one packet: the walk stops and says so. */
export const MAX_RULES = 1_000_000;

/** One way through everything: a packet (or a sequence of them) with one answer to each open question. */
export class Run {
  readonly shared: Shared;
  readonly program: Program;
  readonly node: Node;
  readonly conntrack: ConntrackTable;
  readonly recent = new RecentLists();
  readonly nth = new NthCounters();
  readonly assuming: Decision[] = [];
  steps: Step[] = [];
  /** Of random matches only, unknowns not counted. */
  share = 1;
  rulesSeen = 0;
  /** A random answer within the rule being matched; the walker shows it on the rule's step. */
  lastChance: number | null = null;
  /** The match, open or counting, that failed in the rule held against the packet last. */
  lastFailed: CompiledMatch | null = null;
  /** What questions of this packet begin with: empty for the one that is asked about. */
  scope = '';
  readonly knowledge = new Knowledge();
  readonly #choices: Choices;
  readonly #answers = new Map<string, boolean>();

  constructor(shared: Shared, choices: Choices) {
    this.shared = shared;
    this.program = shared.program;
    this.node = shared.program.node;
    this.conntrack = new ConntrackTable(shared.known);
    this.#choices = choices;
    for (const [key, value] of shared.decisions) {
      const fact = factOfKey(key, shared.program.family);
      if (fact !== null) this.knowledge.learn(fact, value);
    }
  }

  get probability(): number {
    return this.#choices.probability;
  }

  /** Settles an answer for this run. */
  settle(answer: Answer): boolean {
    if (typeof answer === 'boolean') return answer;
    if (answer.kind === 'question') return this.ask(answer) !== answer.negated;
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
    const taken = this.#choices.pick(Array.from({ length: count }, () => 1 / count));
    this.share /= count;
    return taken;
  }

  /** One of the rungs of a ladder of random rules, or (the last number) none of them. */
  climb(ladder: Ladder): number {
    const taken = this.#choices.pick(ladder.shares);
    this.share *= ladder.shares[taken] ?? 1;
    const chance = ladder.chances[taken] ?? null;
    this.lastChance = chance === 1 ? null : chance;
    return taken;
  }

  /** Whether the question's claim holds in this run: as answered before, or as it follows from other answers. */
  ask(asked: Question): boolean {
    const known = this.#answers.get(asked.key);
    if (known !== undefined) return known;
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
  assume(key: string, code: string, message: string): void {
    if (this.shared.assumptions.has(key)) return;
    this.shared.assumptions.set(key, { key, code, message, branched: false, claim: null, about: null });
  }
}
