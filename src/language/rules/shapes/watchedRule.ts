/**
 * A rule that tells what is read of it. What the checks say of it holds for every rule in which the words that they read are the
 * same, and the options stand in the same order.
 */
import { NONE } from '../../../rules/iptables/parsing/bodyNodes.ts';
import type { Counters, Match, Option, Rule, Target, Word } from '../../../rules/iptables/nodes.ts';
import type { SyntaxProblem } from '../../../rules/iptables/problems.ts';

/** Is told when the text of a word is read. */
type Listen = (word: Word) => void;

class WatchedWord implements Word {
  readonly start: number;
  readonly end: number;
  readonly #word: Word;
  readonly #listen: Listen;

  constructor(word: Word, listen: Listen) {
    this.start = word.start;
    this.end = word.end;
    this.#word = word;
    this.#listen = listen;
  }

  get text(): string {
    this.#listen(this.#word);
    return this.#word.text;
  }

  /** As it is, which nobody is told. */
  get unwatched(): Word {
    return this.#word;
  }
}

/** The word itself, without telling that it is read. */
export function unwatched(word: Word): Word {
  return word instanceof WatchedWord ? word.unwatched : word;
}

/** `rule` as it is now, in which every reading of a value, and of the name of a chain, is told to `listen`. */
export function watchedRule(rule: Rule, listen: Listen): Rule {
  return new WatchedRule(rule, listen);
}

class WatchedRule implements Rule {
  readonly kind = 'rule';
  readonly start: number;
  readonly end: number;
  readonly index: number;
  readonly chain: Word;
  readonly counters: Counters | null;
  readonly general: readonly Option[];
  readonly matches: readonly Match[];
  readonly target: Target | null;
  readonly unknown: readonly Option[];
  readonly problems: readonly SyntaxProblem[];

  constructor(rule: Rule, listen: Listen) {
    const { start, end, index, chain, counters, general, matches, target, unknown, problems } = rule;
    this.start = start;
    this.end = end;
    this.index = index;
    this.chain = new WatchedWord(chain, listen);
    this.counters = counters;
    this.general = watchedOptions(general, listen);
    this.matches = matches.map((match) => ({ ...match, options: watchedOptions(match.options, listen) }));
    this.target = target === null ? null : watchedTarget(target, listen);
    this.unknown = unknown;
    this.problems = problems;
  }
}

function watchedTarget(target: Target, listen: Listen): Target {
  return {
    ...target,
    name: new WatchedWord(target.name, listen),
    options: watchedOptions(target.options, listen),
  };
}

function watchedOptions(options: readonly Option[], listen: Listen): readonly Option[] {
  if (options.length === 0) return NONE;
  return options.map((option) => ({
    ...option,
    values: option.values.map((value) => new WatchedWord(value, listen)),
  }));
}
