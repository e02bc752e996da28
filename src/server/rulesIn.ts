import type { Ruleset } from '../rules/iptables/nodes.ts';

/** What a text is, in figures. */
export interface RulesIn {
  readonly rules: number;
  readonly chains: number;
  /** Of one without rules, with its article: `YAML`, `a web page`, `text without rules`. */
  readonly what: string;
}

export function rulesIn({ tables, lineProblems }: Ruleset): RulesIn {
  const chains = tables.flatMap((table) => [...table.chains.values()]);
  const what = lineProblems.find(({ code }) => code === 'not-rules')?.detail ?? 'text without rules';
  return { rules: chains.reduce((sum, chain) => sum + chain.rules.length, 0), chains: chains.length, what };
}
