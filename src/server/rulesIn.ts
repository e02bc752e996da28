import type { PastedText } from '../protocol/requests.ts';
import type { Ruleset } from '../rules/iptables/nodes.ts';

/** What a text is, in figures. */
export function rulesIn({ tables, lineProblems }: Ruleset): PastedText {
  const chains = tables.flatMap((table) => [...table.chains.values()]);
  const what = lineProblems.find(({ code }) => code === 'not-rules')?.detail ?? 'text without rules';
  return {
    rules: chains.reduce((sum, chain) => sum + chain.rules.length, 0),
    chains: chains.length,
    what,
    language: 'iptables',
  };
}
