import type { Chain, Rule, Ruleset } from '../../../../src/rules/iptables/nodes.ts';

function ruleWords({ start, end, index, chain, counters }: Rule): string {
  return `${start}-${end} ${index} ${chain.text} ${counters?.packets ?? ''}`;
}

function chainWords({ name, table, declaration, rules }: Chain): unknown {
  return { name, table, declaration, rules: rules.map(ruleWords) };
}

/** All that a tree says, as plain data. */
export function told({ format, lineProblems, tables, statements }: Ruleset): unknown {
  return {
    format,
    lineProblems,
    statements: statements.map((each) => (each.kind === 'rule' ? ruleWords(each) : each)),
    tables: tables.map(({ name, start, commit, span, generator, family, chains }) => {
      const names = [...chains.keys()];
      const found = [...chains].map(([key, chain]) => ({ key, ...Object(chainWords(chain)) }));
      return { name, start, commit, span, generator, family, size: chains.size, names, found };
    }),
  };
}
