/** The rules of a ruleset, wherever they stand: in chains, in anonymous chains, in commands of a script. */
import type { Ruleset } from './nodes.ts';
import type { Rule } from './statements.ts';

export function* rulesIn({ tables, commands }: Pick<Ruleset, 'tables' | 'commands'>): Generator<Rule> {
  for (const { items } of tables) {
    for (const item of items) if (item.kind === 'chain') yield* deep(item.rules);
  }
  for (const { rule, item } of commands) {
    if (rule !== null) yield* deep([rule]);
    if (item?.kind === 'chain') yield* deep(item.rules);
  }
}

function* deep(rules: readonly Rule[]): Generator<Rule> {
  for (const rule of rules) {
    yield rule;
    for (const statement of rule.statements) {
      if (statement.kind === 'verdict' && statement.rules !== null) yield* deep(statement.rules);
    }
  }
}
