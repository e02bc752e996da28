/** What the checks make of one rule, and on which of its words that stands. */
import type { OptionDefinition } from '../../../rules/iptables/catalogue/definitions.ts';
import { findTarget } from '../../../rules/iptables/catalogue/targets.ts';
import type { Option, Rule, Word } from '../../../rules/iptables/nodes.ts';
import { checkRule, type RuleChecks } from '../checkRule.ts';
import type { HookBound } from '../placement.ts';
import { Reporter } from '../reporter.ts';
import { ValueChecks } from '../valueChecks.ts';
import type { TableScope } from '../tableScope.ts';
import { unwatched, watchedRule } from './watchedRule.ts';

/** Of a rule in which nothing is wrong. */
export interface Judgement {
  /** Where the words begin that a rule must share, beside those of its options, for the same to hold of it. */
  readonly same: ReadonlySet<number>;
  /** Where the words begin whose value was looked at for itself, and of which option each is. */
  readonly values: ReadonlyMap<number, OptionDefinition>;
  /** Where the word begins that names the chain to which the rule jumps; null where it jumps to none. */
  readonly jump: number | null;
  /** What only some hooks allow. */
  readonly bound: readonly HookBound[];
}

/** Runs the checks on `rule`. Null where they find something, or ask for the name of the rule's own chain. */
export function judge(checks: RuleChecks, rule: Rule, chain: string, from: number): Judgement | null {
  const same = wordsOfParser(rule);
  const watched = watchedRule(rule, (word) => same.add(word.start));
  const reporter = new Reporter('iptables');
  const scope = { ...checks.scope, reporter };
  const values = new WatchedValues(same);
  const bound: HookBound[] = [];
  let jump: number | null = null;
  const judging: RuleChecks = {
    ...checks,
    scope,
    values,
    bound,
    chainNamed: (word) => {
      const number = checks.chainNamed(unwatched(word));
      if (number < 0 || findTarget(unwatched(word).text) !== null) same.add(word.start);
      return number;
    },
    jumped: (_from, _to, by) => {
      jump = by.target?.name.start ?? null;
    },
  };
  checkRule(judging, watched, chain, from);
  if (reporter.findings.length > 0 || same.has(rule.chain.start)) return null;
  if (jump !== null && same.has(jump)) return null;
  // The name of a target decides which options it knows.
  if (jump === null && rule.target !== null) same.add(rule.target.name.start);
  return { same, values: values.read, jump, bound };
}

/** The words that decide how the line is read: names of matches, the protocol, what stands behind an option of two words. */
function wordsOfParser(rule: Rule): Set<number> {
  const same = new Set<number>(rule.matches.map(({ name }) => name.start));
  for (const { definition, values } of rule.general) {
    if (definition?.kind === 'protocol' || definition?.name === '-c') addAll(same, values);
  }
  return same;
}

function addAll(starts: Set<number>, words: readonly Word[]): void {
  for (const { start } of words) starts.add(start);
}

class WatchedValues extends ValueChecks {
  readonly read = new Map<number, OptionDefinition>();
  readonly #same: Set<number>;

  constructor(same: Set<number>) {
    super();
    this.#same = same;
  }

  override check(scope: TableScope, option: Option, definition: OptionDefinition): void {
    const { values } = option;
    const [value] = values;
    if (
      values.length === 1 &&
      value !== undefined &&
      value.end - value.start === unwatched(value).text.length
    )
      this.read.set(value.start, definition);
    else addAll(this.#same, values);
    super.check(scope, { ...option, values: values.map(unwatched) }, definition);
  }
}
