/**
 * HOT PATH, written for speed and little memory: a rule keeps its place in the text only; its words are read when they
 * are first asked for, and only the rules that were read last stay in memory. A dump of 170,000 rules would
 * otherwise hold some six million nodes, most of which nobody looks at twice.
 */
import type { Counters, Match, Option, Rule, Target, Word } from '../nodes.ts';
import type { SyntaxProblem } from '../problems.ts';
import { readRuleBody, type RuleBody } from './ruleBody.ts';

/** A power of two. */
const REMEMBERED = 256;

/** The text of one ruleset and the bodies of its rules that were read last, by `ordinal` modulo their number. */
export class RuleSource {
  readonly text: string;
  readonly #owners: (RuleNode | undefined)[] = [];
  readonly #bodies: (RuleBody | undefined)[] = [];

  constructor(text: string) {
    this.text = text;
  }

  body(rule: RuleNode): RuleBody {
    const slot = rule.ordinal & (REMEMBERED - 1);
    if (this.#owners[slot] === rule) {
      const known = this.#bodies[slot];
      if (known !== undefined) return known;
    }
    const body = readRuleBody(this.text, rule.start, rule.end);
    this.#owners[slot] = rule;
    this.#bodies[slot] = body;
    return body;
  }
}

export class RuleNode implements Rule {
  readonly kind = 'rule';
  readonly source: RuleSource;
  readonly start: number;
  readonly end: number;
  /** The number of rules before it in the file. */
  readonly ordinal: number;
  index = 0;

  constructor(source: RuleSource, start: number, end: number, ordinal: number) {
    this.source = source;
    this.start = start;
    this.end = end;
    this.ordinal = ordinal;
  }

  get chain(): Word {
    return this.source.body(this).chain ?? { start: this.end, end: this.end, text: '' };
  }

  get counters(): Counters | null {
    return this.source.body(this).counters;
  }

  get general(): readonly Option[] {
    return this.source.body(this).general;
  }

  get matches(): readonly Match[] {
    return this.source.body(this).matches;
  }

  get target(): Target | null {
    return this.source.body(this).target;
  }

  get unknown(): readonly Option[] {
    return this.source.body(this).unknown;
  }

  get problems(): readonly SyntaxProblem[] {
    return this.source.body(this).problems;
  }
}
