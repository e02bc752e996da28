/** Rules that a later line of the same text takes away (`-F`, `-D`, `-R`). */
import type { Word } from '../../rules/iptables/nodes.ts';
import { checkRule, type RuleChecks } from './checkRule.ts';
import type { TableRules } from './tableRules.ts';

/** Chains that were there when the rule was read, whatever has become of them. */
const SOME_CHAIN = 0;
const thereThen = { isBuiltIn: () => false, declaredAt: () => -1 };

/**
 * iptables-restore reads the words of such a rule as of any, and refuses what it does not know. What the kernel refuses of rules
 * that stay (where a target may stand, loops) is not judged: of the two backends one has them never loaded.
 */
export function checkRemoved(base: Omit<RuleChecks, 'jumped'>, { declarations }: TableRules): void {
  const { table, builtIn } = base.scope;
  if (table.removed.length === 0) return;
  const names = new Set([...builtIn, ...table.chains.keys(), ...declarations.map(({ name }) => name.text)]);
  const checks: RuleChecks = {
    ...base,
    chains: thereThen,
    chainNamed: ({ text }: Word) => (names.has(text) ? SOME_CHAIN : -1),
    jumped: () => undefined,
    bound: null,
  };
  for (const rule of table.removed) checkRule(checks, rule, rule.chain.text, SOME_CHAIN);
}
