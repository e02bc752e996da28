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

/** The matches of a rule; of all rules that say the same, once. */
export class RuleMatches {
  readonly all: readonly CompiledMatch[];
  readonly chance: number | null;
  /** Null where all matches only look at the packet. */
  readonly order: Order | null;

  constructor(all: readonly CompiledMatch[]) {
    this.all = all;
    this.chance = chanceOf(all);
    this.order = orderOf(all);
  }
}

/** A rule ready to be held against packets. A class, not functions of its own: there are a hundred thousand of them. */
export class CompiledRule {
  readonly rule: Rule;
  readonly at: RuleAt;
  readonly target: CompiledTarget;
  readonly #matches: RuleMatches;
  /** Where the same rule is read with the places of its words; null where the matches have theirs. */
  readonly #around: Surroundings | null;

  constructor(
    rule: Rule,
    at: RuleAt,
    matches: RuleMatches,
    target: CompiledTarget,
    around: Surroundings | null = null,
  ) {
    this.rule = rule;
    this.at = at;
    this.target = target;
    this.#matches = matches;
    this.#around = around;
  }

  /** The chance with which it matches any packet (1 without matches); null where that depends on the packet. */
  get chance(): number | null {
    return this.#matches.chance;
  }

  /** Of holding a packet against it, in the units of kernel/budget.ts. */
  get effort(): number {
    return 1 + this.#all.length;
  }

  get #all(): readonly CompiledMatch[] {
    return this.#matches.all;
  }

  /** The match that failed in this run, null when the packet matches; asks and remembers what has to be. */
  failing(packet: Packet, run: Run): CompiledMatch | null {
    const { all, order } = this.#matches;
    return order === null ? failingPlain(all, packet, run) : failingOf(order, packet, run);
  }

  /** The first option that does not fit the packet; null when all do, or may. Asks nothing, changes nothing. */
  failure(packet: Packet, run: Run): FirstFailure | null {
    const failed = this.#all.find((match) => !match.stateful && match.test(packet, run) === false);
    return failed === undefined ? null : this.failureOf(failed, packet, run);
  }

  /** Why one of its matches, which failed, did so. */
  failureOf(match: CompiledMatch, packet: Packet, run: Run): FirstFailure {
    const all = this.#around === null ? [] : compileRule(this.rule, this.at, this.#around).#all;
    const placed = all[this.#all.indexOf(match)] ?? match;
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
  return new CompiledRule(rule, at, new RuleMatches(all), compileTarget(target, context, around));
}

function chanceOf(all: readonly CompiledMatch[]): number | null {
  const [only] = all;
  if (all.length > 1) return null;
  return only === undefined ? 1 : (only.random ?? null);
}

/** Matches that only look at the packet, up to one that has to be asked behind them, and before the rest. */
interface Stage {
  readonly plain: readonly CompiledMatch[];
  readonly inOrder: CompiledMatch | null;
}

/** In which order the matches of a rule are asked. */
interface Order {
  readonly stages: readonly Stage[];
  readonly last: readonly CompiledMatch[];
}

function isPlain({ stateful, leavesTrace, hotDrop }: CompiledMatch): boolean {
  return !stateful && leavesTrace !== true && hotDrop === undefined;
}

function orderOf(all: readonly CompiledMatch[]): Order | null {
  if (all.every(isPlain)) return null;
  // One that leaves a trace, or may throw the packet away, is only asked when all before it matched.
  const telling = all.findLastIndex((match) => match.leavesTrace === true || match.hotDrop !== undefined);
  const ordered = new Set(all.filter((match, index) => index <= telling && !isPlain(match)));
  const last = all.filter((match) => match.stateful && !ordered.has(match));
  return { stages: stagesOf(all, ordered), last };
}

function stagesOf(all: readonly CompiledMatch[], ordered: ReadonlySet<CompiledMatch>): readonly Stage[] {
  const stages: Stage[] = [];
  let plain: CompiledMatch[] = [];
  for (const match of all) {
    if (ordered.has(match)) {
      stages.push({ plain, inOrder: match });
      plain = [];
    } else if (!match.stateful) plain.push(match);
  }
  return plain.length === 0 ? stages : [...stages, { plain, inOrder: null }];
}

/**
 * A rule matches when all its matches do. What is known to fail settles it before anything is asked or remembered: plain
 * matches come first, then what they leave open; but a match that leaves a trace, or may throw the packet away, is asked
 * before those behind it, as in the kernel. Those that count or remember without being changed by it come last, in their own order.
 */
function failingOf({ stages, last }: Order, packet: Packet, run: Run): CompiledMatch | null {
  for (const { plain, inOrder } of stages) {
    const failing = failingPlain(plain, packet, run);
    if (failing !== null) return failing;
    if (inOrder !== null && !run.settle(inOrder.test(packet, run), packet)) return inOrder;
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
