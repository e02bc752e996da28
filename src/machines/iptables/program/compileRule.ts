import type { Rule } from '../../../rules/iptables/nodes.ts';
import { append } from '../../../text/lists.ts';
import type { Answer } from '../../../kernel/answers.ts';
import { generalMatches } from '../matches/general.ts';
import { type CompiledMatch, type RuleContext, unknownOption } from '../matches/match.ts';
import { compileMatch } from '../matches/table.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { compileTarget } from '../targets/table.ts';
import type { CompiledTarget } from '../targets/target.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import type { FirstFailure } from '../../../kernel/trace.ts';
import { hiddenInterface } from './notShown.ts';
import type { Surroundings } from './surroundings.ts';

/** A rule ready to be held against packets. A class, not functions of its own: there are a hundred thousand of them. */
export class CompiledRule {
  readonly rule: Rule;
  readonly at: RuleAt;
  readonly target: CompiledTarget;
  /** The chance with which it matches any packet (1 without matches); null where that depends on the packet. */
  readonly chance: number | null;
  /** Of holding a packet against it, in the units of kernel/budget.ts. */
  readonly effort: number;
  readonly #all: readonly CompiledMatch[];
  /** Null where all matches only look at the packet. */
  readonly #order: Order | null;
  /** Reads the same rule with the places of its words; null where the matches have theirs. */
  readonly #read: (() => CompiledRule) | null;

  constructor(
    rule: Rule,
    at: RuleAt,
    all: readonly CompiledMatch[],
    target: CompiledTarget,
    read: (() => CompiledRule) | null = null,
  ) {
    this.rule = rule;
    this.at = at;
    this.target = target;
    this.chance = chanceOf(all);
    this.effort = 1 + all.length;
    this.#all = all;
    this.#order = orderOf(all);
    this.#read = read;
  }

  /** The match that failed in this run, null when the packet matches; asks and remembers what has to be. */
  failing(packet: Packet, run: Run): CompiledMatch | null {
    return this.#order === null ? failingPlain(this.#all, packet, run) : failingOf(this.#order, packet, run);
  }

  /** The first option that does not fit the packet; null when all do, or may. Asks nothing, changes nothing. */
  failure(packet: Packet, run: Run): FirstFailure | null {
    const failed = this.#all.find((match) => !match.stateful && match.test(packet, run) === false);
    return failed === undefined ? null : this.failureOf(failed, packet, run);
  }

  /** Why one of its matches, which failed, did so. */
  failureOf(match: CompiledMatch, packet: Packet, run: Run): FirstFailure {
    const placed = (this.#read === null ? null : this.#read().#all[this.#all.indexOf(match)]) ?? match;
    return { start: placed.span.start, end: placed.span.end, reason: placed.why(packet, run) };
  }

  /** The one match that gives it its chance; null where there is none, or it is certain. */
  get random(): CompiledMatch | null {
    return this.chance === null ? null : (this.#all[0] ?? null);
  }
}

/** Reads a rule's options. Never throws: an option that is not understood becomes an open question. */
export function compileRule(rule: Rule, at: RuleAt, around: Surroundings): CompiledRule {
  const context: RuleContext = { rule, at, family: around.family, node: around.node, around };
  const { general, matches, unknown, target } = rule;
  const all: CompiledMatch[] = [];
  append(all, generalMatches(general, context));
  for (const match of matches) append(all, compileMatch(match, context));
  for (const option of unknown) all.push(unknownOption(option, context));
  const { listing } = around;
  if (listing !== null) {
    const isLast = at.index === around.lengthOf(at.table, at.chain) - 1;
    const hidden = hiddenInterface(listing, rule, at, isLast);
    if (hidden !== null) all.push(hidden);
  }
  return new CompiledRule(rule, at, all, compileTarget(target, context, around));
}

function chanceOf(all: readonly CompiledMatch[]): number | null {
  const [only] = all;
  if (all.length > 1) return null;
  return only === undefined ? 1 : (only.random ?? null);
}

/** Matches that only look at the packet, up to one that leaves a trace when it is asked. */
interface Stage {
  readonly plain: readonly CompiledMatch[];
  readonly trace: CompiledMatch | null;
}

/** In which order the matches of a rule are asked. */
interface Order {
  readonly stages: readonly Stage[];
  readonly last: readonly CompiledMatch[];
}

function orderOf(all: readonly CompiledMatch[]): Order | null {
  if (!all.some((match) => match.stateful || match.leavesTrace === true)) return null;
  const last = all.filter((match) => match.stateful && match.leavesTrace !== true);
  return { stages: stagesOf(all), last };
}

function stagesOf(all: readonly CompiledMatch[]): readonly Stage[] {
  const stages: Stage[] = [];
  let plain: CompiledMatch[] = [];
  for (const match of all) {
    if (!match.stateful) plain.push(match);
    if (match.leavesTrace !== true) continue;
    stages.push({ plain, trace: match });
    plain = [];
  }
  return plain.length === 0 ? stages : [...stages, { plain, trace: null }];
}

/**
 * A rule matches when all its matches do. What is known to fail settles it before anything is asked or remembered: plain
 * matches come first, then what they leave open; but a match that leaves a trace is asked before those behind it, as in
 * the kernel. Those that count or remember without being changed by it come last, in their own order.
 */
function failingOf({ stages, last }: Order, packet: Packet, run: Run): CompiledMatch | null {
  for (const { plain, trace } of stages) {
    const failing = failingPlain(plain, packet, run);
    if (failing !== null) return failing;
    if (trace !== null && !run.settle(trace.test(packet, run), packet)) return trace;
  }
  for (const match of last) if (!run.settle(match.test(packet, run), packet)) return match;
  return null;
}

function failingPlain(plain: readonly CompiledMatch[], packet: Packet, run: Run): CompiledMatch | null {
  let open: (readonly [CompiledMatch, Answer])[] | null = null;
  for (const match of plain) {
    const answer = match.test(packet, run);
    if (answer === false) return match;
    if (answer !== true) (open ??= []).push([match, answer]);
  }
  if (open === null) return null;
  for (const [match, answer] of open) if (!run.settle(answer, packet)) return match;
  return null;
}
