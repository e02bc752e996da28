/**
 * HOT PATH: looks once at every rule's words. A large dump has 170,000 rules, so a rule that is right costs no
 * allocation here, and each distinct value is checked once (`ValueChecks`).
 */
import { findMatch } from '../../iptables/catalogue/matches.ts';
import { findTarget } from '../../iptables/catalogue/targets.ts';
import type {
  MatchDefinition,
  OptionDefinition,
  TargetDefinition,
} from '../../iptables/catalogue/definitions.ts';
import type { Match, Option, Rule, Target } from '../../iptables/nodes.ts';
import { namesChain } from '../targets.ts';
import { builtInChains } from '../chains.ts';
import type { ChainGraph } from './chainGraph.ts';
import { declareChain, removeLine } from './fixes.ts';
import { checkInterface, checkPlacement, type HookBound } from './placement.ts';
import { checkProtocol, protocolOf, type RuleProtocol } from './protocolNeeded.ts';
import { reportRuleProblem } from './syntaxProblems.ts';
import { existsIn, type TableScope } from './tableScope.ts';
import type { ValueChecks } from './valueChecks.ts';

/** What the checks of one table's rules gather on the way. */
export interface RuleChecks {
  readonly scope: TableScope;
  readonly text: string;
  readonly values: ValueChecks;
  readonly graph: ChainGraph;
  readonly bound: HookBound[];
}

export function checkRule(checks: RuleChecks, rule: Rule, chain: string): void {
  for (const problem of rule.problems) reportRuleProblem(checks.scope, rule, problem);
  for (const option of rule.general) checkGeneral(checks, option, chain);
  const protocol = protocolOf(rule);
  for (const match of rule.matches) checkMatch(checks, match, protocol);
  if (rule.target !== null) checkTarget(checks, rule, rule.target, chain, protocol);
  checkPlacement(checks.scope, rule, chain, checks.bound);
}

function checkGeneral(checks: RuleChecks, option: Option, chain: string): void {
  const { definition } = option;
  if (definition === null) return;
  if (definition.name === '-i' || definition.name === '-o') {
    checkInterface(checks.scope, chain, option, definition.name);
  }
  checkOption(checks, option, definition);
}

function checkMatch(checks: RuleChecks, match: Match, protocol: RuleProtocol | null): void {
  const definition = findMatch(match.name.text);
  if (definition === null) {
    checks.scope.reporter.report('unknown-match', match.name, { name: match.name.text });
    return;
  }
  if (definition.protocols !== null) {
    checkProtocol(checks.scope, match, definition.protocols, protocol);
  }
  checkFamily(checks, match, definition);
  checkOptions(checks, match.options);
}

function checkTarget(
  checks: RuleChecks,
  rule: Rule,
  target: Target,
  chain: string,
  protocol: RuleProtocol | null,
): void {
  if (namesChain(target, checks.scope.table)) {
    checkJump(checks, rule, target, chain);
    return;
  }
  const definition = findTarget(target.name.text);
  if (definition === null) return;
  checkFamily(checks, target, definition);
  checkOptions(checks, target.options);
  checkReset(checks, target, protocol);
}

function checkJump(checks: RuleChecks, rule: Rule, target: Target, chain: string): void {
  const { scope, graph } = checks;
  const name = target.name.text;
  const details = { table: scope.table.name, chain: name };
  if (scope.builtIn.has(name)) {
    scope.reporter.report('jump-to-builtin', target.name, details);
    return;
  }
  graph.addJump(chain, name, rule);
  if (existsIn(scope, name) || !builtInChains.has(scope.table.name)) return;
  const declare = declareChain(scope.table, name);
  const remove = removeLine(checks.text, rule, 'Remove this rule');
  scope.reporter.report('undefined-jump-target', target.name, details, {
    severity: scope.complete ? 'error' : 'warning',
    fixes: declare === null ? [remove] : [declare, remove],
  });
}

/** `-j REJECT --reject-with tcp-reset` answers TCP only. */
function checkReset(checks: RuleChecks, target: Target, protocol: RuleProtocol | null): void {
  if (target.name.text !== 'REJECT') return;
  const reset = target.options.find((option) => option.values[0]?.text === 'tcp-reset');
  if (reset !== undefined) checkProtocol(checks.scope, reset, ['tcp'], protocol);
}

function checkFamily(
  checks: RuleChecks,
  extension: Match | Target,
  definition: MatchDefinition | TargetDefinition,
): void {
  const { family } = checks.scope;
  if (family === null || definition.families.includes(family)) return;
  checks.scope.reporter.report('wrong-family', extension.name, {
    name: extension.name.text,
    family,
    cure: 'Move the rule to the dump of the other IP version.',
  });
}

function checkOptions(checks: RuleChecks, options: readonly Option[]): void {
  for (const option of options) {
    if (option.definition !== null) checkOption(checks, option, option.definition);
  }
}

function checkOption(checks: RuleChecks, option: Option, definition: OptionDefinition): void {
  if (option.negation !== null && !definition.negatable) {
    checks.scope.reporter.report('not-negatable', option.negation, { option: option.name.text });
  }
  if (definition.kind !== null && definition.kind !== 'text' && definition.kind !== 'word')
    checks.values.check(checks.scope, option, definition);
}
