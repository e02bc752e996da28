/** The ways to look at a table's rules: each by itself, or by shapes. */
import type { Steps } from '../../../values/steps.ts';
import { ChainGraph } from '../chainGraph.ts';
import { checkGraph, type Reach } from '../checkGraph.ts';
import { checkRule, type RuleChecks } from '../checkRule.ts';
import type { TableRules } from '../tableRules.ts';
import { LearnedShapes } from './learnedShapes.ts';
import { RuleShapes } from './ruleShapes.ts';

/** What the looks at all rules share but for the jumps, which each notes in its own way. */
export type BaseChecks = Omit<RuleChecks, 'jumped'>;

/** Looks at all rules of a table; gives from where its chains are reached, and adds to `bound` what is left to be judged by that. */
export function* looksAtAll(base: BaseChecks, rules: TableRules, bytes: Uint8Array | null): Steps<Reach> {
  const graph = new ChainGraph(rules, rules.size);
  let current = 0;
  const checks = { ...base, jumped: (from: number, to: number) => graph.addJump(from, to, current) };
  const learned = new LearnedShapes(base.scope.family);
  const shapes = bytes === null ? null : new RuleShapes(checks, learned, rules.chainsIn(bytes), rules);
  /** Of the rules that hooks bind, three numbers each: the rule, its chain, its shape. */
  const bound: number[] = [];
  yield* rules.each((rule, start, end, from) => {
    current = rule;
    if (shapes === null || bytes === null) {
      checkRule(checks, rules.ruleOf(rule), rules.nameOf(from), from);
      return;
    }
    const right = shapes.check(rule, start, end, from, bytes, 0);
    if (right === null) return;
    if (right.to >= 0) graph.addJump(from, right.to, rule);
    if (learned.isBound(right.shape)) bound.push(rule, from, right.shape);
  });
  const reach = checkGraph(base.scope, graph, (name) => rules.find(name));
  for (let index = 0; index < bound.length; index += 3) {
    shapes?.isAllowed(bound[index] ?? 0, bound[index + 1] ?? 0, bound[index + 2] ?? 0, reach);
  }
  return reach;
}
