/**
 * Looks at a rule's words. Of rules that are alike one is looked at for all (`shapes/`): what is said of a rule may hang on the
 * words of its line and on what is known of the table, and the text of a word is read from the word, not from the text of the
 * file. A value that need not be looked at should not be, since each that is makes another shape.
 */
import type {
  MatchDefinition,
  OptionDefinition,
  TargetDefinition,
} from '../../rules/iptables/catalogue/definitions.ts';
import type { ChainDeclaration, Match, Option, Rule, Target, Word } from '../../rules/iptables/nodes.ts';
import { standardVerdicts } from '../targets.ts';
import { isAttached, reportAttached } from './attachedValue.ts';
import { checkNegation } from './negation.ts';
import { bindOptions, checkOnce, checkRequirements } from './requirements.ts';
import { declareChain, moveUp, removeLine } from './fixes.ts';
import { checkTogether } from './optionsTogether.ts';
import { checkInterface, checkPlacement, checkVerdict, type HookBound } from './placement.ts';
import { checkProtocol } from './protocolNeeded.ts';
import { reportRuleProblem } from './syntaxProblems.ts';
import type { NumberedChains } from './tableRules.ts';
import type { TableScope } from './tableScope.ts';
import { checkTargetOptions } from './targetOptions.ts';
import type { ValueChecks } from './valueChecks.ts';

/** What the checks of one table's rules gather on the way. */
export interface RuleChecks {
  readonly scope: TableScope;
  readonly text: string;
  readonly values: ValueChecks;
  /** Every chain of the table, before the first rule is looked at. */
  readonly chains: NumberedChains;
  /** The number of the chain that a word names; -1 where none is called so. */
  readonly chainNamed: (word: Word) => number;
  /** Is told of every jump from one chain to another, by the rule that is looked at. */
  readonly jumped: (from: number, to: number, rule: Rule) => void;
  /** Null for a rule that is not there in the end: where it may stand is not judged then. */
  readonly bound: HookBound[] | null;
}

/** Nobody reads more of one line, and a hostile one may have a hundred thousand. */
const MOST_PROBLEMS = 50;

function firstOf<Problem>(problems: readonly Problem[]): readonly Problem[] {
  return problems.length <= MOST_PROBLEMS ? problems : problems.slice(0, MOST_PROBLEMS);
}

/** `chain`: the rule's chain, `from` its number. */
export function checkRule(checks: RuleChecks, rule: Rule, chain: string, from: number): void {
  const skipped = skippedFrom(checks.scope, rule);
  if (skipped !== null) {
    checkUpTo(checks, rule, skipped);
    return;
  }
  for (const problem of firstOf(rule.problems)) reportRuleProblem(checks.scope, rule, problem);
  for (const option of rule.general) checkGeneral(checks, option, chain);
  if (rule.general.length > 1) checkOnce(checks.scope, rule.general, maySeveral);
  for (const match of rule.matches) checkMatch(checks, rule, match, chain);
  const { target } = rule;
  if (target !== null) checkTarget(checks, rule, target, chain, from);
}

/** The option by which iptables-restore leaves the rule out, as one of the other family: it reads no further. */
export function skippedFrom({ family }: TableScope, { general }: Rule): Option | null {
  if (family === null || general.length === 0) return null;
  const other = family === 4 ? '-6' : '-4';
  return general.find(({ definition }) => definition?.name === other) ?? null;
}

/** What stands before `end` is read word by word, and nothing of the whole is asked. */
function checkUpTo(checks: RuleChecks, rule: Rule, end: Option): void {
  for (const problem of firstOf(rule.problems)) {
    if (problem.start < end.start) reportRuleProblem(checks.scope, rule, problem);
  }
  const { general, matches, target } = rule;
  for (const { definition, name } of matches) {
    if (definition === null && name.start < end.start)
      checks.scope.reporter.report('unknown-match', name, { name: name.text });
  }
  const options = [...general, ...matches.flatMap((match) => match.options), ...(target?.options ?? [])];
  for (const option of options) {
    // The addresses of `-s` and `-d` are read last.
    const isRead = option.start < end.start && option.definition?.kind !== 'addressList';
    if (isRead && option.definition !== null) checkOption(checks, option, option.definition);
  }
}

/** Options that a rule may have more than once. */
const maySeveral: ReadonlySet<string> = new Set(['-v', '-4', '-6', '-M']);

/** Options of which iptables takes the whole word for the value. */
const wholeWord: ReadonlySet<string> = new Set(['-s', '-d', '-i', '-o', '-p']);

function checkGeneral(checks: RuleChecks, option: Option, chain: string): void {
  const { definition } = option;
  if (definition === null) return;
  if (definition.name === '-f' && checks.scope.family === 6) {
    checks.scope.reporter.report('wrong-family', option, { name: '-f', family: 6, cure: 'Use "-m frag".' });
  }
  if (definition.name === '-i' || definition.name === '-o') {
    checkInterface(checks.scope, chain, option, definition.name);
  }
  const value = option.values[0];
  if (value !== undefined && wholeWord.has(definition.name) && isAttached(checks.text, value)) {
    reportAttached(checks.scope, definition.name, option, value);
  } else checkOption(checks, option, definition);
}

function checkMatch(checks: RuleChecks, rule: Rule, match: Match, chain: string): void {
  const { definition } = match;
  if (definition === null) {
    checks.scope.reporter.report('unknown-match', match.name, { name: match.name.text });
    return;
  }
  checkExtension(checks, rule, match, definition, chain);
  checkTogether(checks.scope, match);
}

function checkTarget(checks: RuleChecks, rule: Rule, target: Target, chain: string, from: number): void {
  if (target.kind === 'jump' && isAttached(checks.text, target.name)) {
    reportAttached(checks.scope, '-j', target, target.name);
    return;
  }
  const to = checks.chainNamed(target.name);
  if (to >= 0) {
    checkJump(checks, rule, target, from, to);
    return;
  }
  const name = target.name.text;
  if (target.kind === 'jump') {
    if (standardVerdicts.has(name)) {
      checkVerdict(checks.scope, target);
      return;
    }
    const { definition } = target;
    if (definition !== null) {
      checkExtension(checks, rule, target, definition, chain);
      checkTargetOptions(checks.scope, rule, target, checks.bound !== null);
      return;
    }
  }
  reportUndefined(checks, rule, target, null);
}

function checkJump(checks: RuleChecks, rule: Rule, target: Target, from: number, to: number): void {
  const { scope, chains } = checks;
  if (chains.isBuiltIn(to)) {
    const details = { table: scope.table.name, chain: target.name.text };
    scope.reporter.report('jump-to-builtin', target.name, details);
    return;
  }
  checks.jumped(from, to, rule);
  for (const option of target.options) {
    const hint = `${target.name.text} is a chain, which takes no options: remove it.`;
    scope.reporter.report('unknown-option', option, { option: option.name.text, hint });
  }
  if (chains.declaredAt(to) > rule.start) {
    const below = scope.table.chains.get(target.name.text)?.declaration ?? null;
    reportUndefined(checks, rule, target, below);
  }
}

/** `below`: where the chain is declared behind the jump, which is too late; null where it is not declared. */
function reportUndefined(
  { scope, text }: RuleChecks,
  rule: Rule,
  target: Target,
  below: ChainDeclaration | null,
): void {
  if (scope.builtIn.size === 0) return;
  const chain = target.name.text;
  // In a part it is there where it has rules, and may be there where it has none; lines that grep found are in any order.
  const isShown = below === null || text.charAt(below.start) === ':';
  if (scope.part !== null && isShown && scope.table.start === null) return;
  if (scope.part?.absent.has(chain) === true) return;
  const declare = below === null ? declareChain(scope, chain) : moveUp(text, below, rule);
  const remove = removeLine(text, rule, 'Remove this rule');
  scope.reporter.report(
    'undefined-jump-target',
    target.name,
    { table: scope.table.name, chain, below: below !== null },
    {
      severity: scope.complete ? 'error' : 'warning',
      related: below === null ? [] : [{ span: below.name, message: `${chain} is declared here.` }],
      fixes: declare === null ? [remove] : [declare, remove],
    },
  );
}

function checkExtension(
  checks: RuleChecks,
  rule: Rule,
  extension: Match | Target,
  definition: MatchDefinition | TargetDefinition,
  chain: string,
): void {
  const { scope } = checks;
  if (scope.family !== null && !definition.families.includes(scope.family)) {
    scope.reporter.report('wrong-family', extension.name, {
      name: extension.name.text,
      family: scope.family,
      cure: 'Move the rule to the dump of the other IP version.',
    });
  }
  const { protocols, protocolsIn, protocolFirst } = definition;
  if (protocols !== null && (protocolsIn === null || protocolsIn === scope.family)) {
    checkProtocol(scope, rule, extension, protocols, protocolFirst ? extension.options[0]?.start : rule.end);
  }
  const { bound } = checks;
  if (bound !== null && (definition.tables !== null || definition.hooks !== null)) {
    checkPlacement(scope, extension, definition, chain, bound);
  }
  if (bound !== null && extension.options.length > 0) bindOptions(extension, chain, bound);
  checkRequirements(scope, extension, definition);
  for (const option of extension.options) {
    if (option.definition === null) continue;
    const { protocols: wanted, families } = option.definition;
    if (families !== null && scope.family !== null && !families.includes(scope.family)) {
      const details = { name: option.name.text, family: scope.family, cure: 'Remove it.' };
      scope.reporter.report('wrong-family', option.name, details);
    }
    if (wanted !== null) checkProtocol(scope, rule, option, wanted);
    checkOption(checks, option, option.definition);
  }
}

function checkOption(checks: RuleChecks, option: Option, definition: OptionDefinition): void {
  if (option.negation !== null) checkNegation(checks.scope, option, option.negation, definition);
  const { kind } = definition;
  if (kind !== null && kind !== 'text' && kind !== 'word')
    checks.values.check(checks.scope, option, definition);
}
