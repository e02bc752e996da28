import { canonicalName, optionWords } from '../../../rules/iptables/names.ts';
import type { Match, Option, Rule } from '../../../rules/iptables/nodes.ts';
import type { Span } from '../../../text/span.ts';
import { type Answer, negateIf, type Question, question } from '../../../kernel/answers.ts';
import type { Family } from '../../../kernel/flow.ts';
import type { Node } from '../../../kernel/node/node.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import type { Surroundings } from '../program/surroundings.ts';

/** What a match may know of the rule that it stands in. */
export interface RuleContext {
  readonly rule: Rule;
  readonly at: RuleAt;
  readonly family: Family;
  readonly node: Node;
  readonly around: Surroundings;
}

/** One option of a match (or the match as a whole) as functions of the packet. */
export interface CompiledMatch {
  readonly span: Span;
  /** It counts or remembers packets: it must be asked in order, once, and only when all before it matched. */
  readonly stateful: boolean;
  /** Being asked changes what later packets find, also when a match behind it then fails. */
  readonly leavesTrace?: boolean;
  /** It matches with this chance, whatever the packet and whatever came before. */
  readonly random?: number;
  /**
   * Asked where it failed: why it does not only fail, but throws the packet away at once (`hotdrop` of xt_action_param); null where
   * it does not. The rule counts nothing then, and what stands behind it is not asked.
   */
  readonly hotDrop?: (packet: Packet, run: Run) => string | null;
  /** Nothing is known of it: what it asks names the rule that it stands in. */
  readonly open?: true;
  readonly test: (packet: Packet, run: Run) => Answer;
  /** In plain words, why the packet does not match. */
  readonly why: (packet: Packet, run: Run) => string;
}

export type MatchCompiler = (match: Match, context: RuleContext) => readonly CompiledMatch[];

/** What one option asks, without its `!`. */
export interface Condition {
  readonly test: (packet: Packet, run: Run) => Answer;
  /** What is so: "the packet goes to 10.96.12.3". */
  readonly fact: (packet: Packet, run: Run) => string;
  /** What the option wants: "10.96.0.10". */
  readonly wanted: string;
}

/** Reads an option into its condition; null where its value makes no sense. */
export type OptionReader = (option: Option, context: RuleContext) => Condition | null;

/** A match each of whose options is a condition of its own; options not listed are open questions. */
export function eachOption(readers: Readonly<Record<string, OptionReader>>): MatchCompiler {
  return (match, context) =>
    match.options.map((option) => {
      const reader = readers[canonicalName(option)];
      const condition = reader === undefined ? null : reader(option, context);
      return condition === null ? unknownOption(option, context) : compileCondition(option, condition);
    });
}

/** A condition with its option's `!`. */
export function compileCondition(option: Option, condition: Condition): CompiledMatch {
  const { start, end } = option;
  return conditionMatch({ start, end }, option.negation !== null, condition);
}

/** A condition that stands at `span`; `negated`: with a `!`. */
export function conditionMatch(span: Span, negated: boolean, condition: Condition): CompiledMatch {
  return new ConditionMatch(span, negated, condition);
}

/** The place of a match that was read without one: `CompiledRule.failureOf` reads its rule again where it is wanted. */
export const UNPLACED: Span = { start: 0, end: 0 };

class ConditionMatch implements CompiledMatch {
  readonly span: Span;
  readonly stateful = false;
  readonly #negated: boolean;
  readonly #condition: Condition;

  constructor(span: Span, negated: boolean, condition: Condition) {
    this.span = span;
    this.#negated = negated;
    this.#condition = condition;
  }

  test(packet: Packet, run: Run): Answer {
    const answer = this.#condition.test(packet, run);
    return this.#negated ? negateIf(true, answer) : answer;
  }

  why(packet: Packet, run: Run): string {
    const { fact, wanted } = this.#condition;
    return this.#negated
      ? `${fact(packet, run)}, and the rule excludes ${wanted}`
      : `${fact(packet, run)}, not ${wanted}`;
  }
}

/** The option's words as one text. */
export function valueOf(option: Option): string {
  return option.values.map((word) => word.text).join(' ');
}

/** A match of which several options count together, as one function. */
export function whole(
  match: Match,
  test: CompiledMatch['test'],
  why: CompiledMatch['why'],
  more: Pick<CompiledMatch, 'stateful' | 'leavesTrace' | 'hotDrop'> = { stateful: false },
): readonly CompiledMatch[] {
  return [{ span: match, ...more, test, why }];
}

/** Matches that read nothing which rules change: the payload, the clock, the processor, counters, other tables of the kernel. */
const steady = new Set([
  'connbytes',
  'connlabel',
  'connlimit',
  'cpu',
  'helper',
  'nfacct',
  'policy',
  'quota',
  'rateest',
  'string',
  'time',
]);
const steadyOptions = new Set(['--ctexpire']);

/** Whether the match as a whole holds, of which nothing can be said for this packet. */
export function openAnswer(match: Match, context: RuleContext): Question {
  const text = matchWords(match);
  const asked = question(
    `match:${text}`,
    'match-unknown',
    openMessage(text, context),
    `“-m ${text}” matches`,
  );
  return { ...asked, ofHeader: !steady.has(canonicalName(match)) };
}

function matchWords(match: Match): string {
  return [canonicalName(match), ...match.options.map(optionWords)].join(' ');
}

function openMessage(text: string, context: RuleContext): string {
  return `${ruleWords(context)} asks for ${text}, which cannot be worked out from a snapshot.`;
}

/** An option that nobody understands: both answers are possible. */
export function unknownOption(option: Option, context: RuleContext): CompiledMatch {
  return openMatch(option, negateIf(option.negation !== null, openQuestionOf(option, context)));
}

/** Whether what the option asks, without its `!`, is so; nothing tells. */
export function openQuestionOf(option: Option, context: RuleContext): Question {
  const text = [canonicalName(option), ...option.values.map((word) => word.text)].join(' ');
  const asked = question(`match:${text}`, 'match-unknown', openMessage(text, context), `${text} matches`);
  return { ...asked, ofHeader: !option.definition || !steadyOptions.has(canonicalName(option)) };
}

/** A match of which nothing can be said: both answers are possible. */
export function unknownMatch(match: Match, context: RuleContext): readonly CompiledMatch[] {
  return [openMatch(match, openAnswer(match, context))];
}

/** `Rule 1 of nat/PREROUTING`: rules are counted from 1 for people. */
export function ruleWords(context: RuleContext): string {
  return `Rule ${context.at.index + 1} of ${context.at.table}/${context.at.chain}`;
}

function openMatch(span: Span, answer: Answer): CompiledMatch {
  return {
    span,
    stateful: false,
    open: true,
    test: () => answer,
    why: () => 'whether it matches is not known',
  };
}
