import { glanceAt } from '../../kubeproxy/glance/glance.ts';
import { plural } from '../../kubeproxy/narrative/words.ts';
import { tablesOf } from '../../kubeproxy/rulesets.ts';
import type { Chain } from '../../rules/iptables/nodes.ts';
import type { AgentRules, ToolAnswer } from '../agentRules.ts';
import type { ToolInput } from '../input.ts';
import { placeJson } from '../json/placeJson.ts';
import { pageOf } from '../page.ts';

type Named = AgentRules['sources'][number];

interface FoundChain {
  readonly source: Named;
  readonly chain: Chain;
}

/** The node at a glance and its chains; with `chain`, the rules of the chains of that name. */
export function readRulesTool(rules: AgentRules, input: ToolInput): ToolAnswer | Promise<ToolAnswer> {
  const table = input.text('table');
  const chains = rules.sources.flatMap((source) =>
    tablesOf(source.ruleset)
      .filter(({ name }) => table === '' || name === table)
      .flatMap((each) => [...each.chains.values()].map((chain) => ({ source, chain }))),
  );
  const name = input.text('chain');
  return name === '' ? listed(chains, rules, input) : ofChain(name, chains, rules, input);
}

async function listed(
  chains: readonly FoundChain[],
  rules: AgentRules,
  input: ToolInput,
): Promise<ToolAnswer> {
  const { items, total, notes } = pageOf(chains, input);
  const lines = await rules.run(glanceAt(rules.analysis, null));
  const glance = lines.map(({ title, words }) => `${title}: ${words}`);
  return {
    kind: 'answer',
    data: {
      summary: glance[0] ?? '',
      notes: [...glance.slice(1), ...notes],
      items: items.map(({ source, chain }) => ({
        source: source.id,
        table: chain.table,
        chain: chain.name,
        rules: chain.rules.length,
        policy: chain.declaration?.policy?.text ?? null,
      })),
      total,
    },
  };
}

function ofChain(
  name: string,
  chains: readonly FoundChain[],
  rules: AgentRules,
  input: ToolInput,
): ToolAnswer {
  const found = chains.filter(({ chain }) => chain.name === name);
  if (found.length === 0) {
    const message = `These rules have no chain "${name}". Without "chain" this tool lists those they have.`;
    return { kind: 'wrong', message };
  }
  const all = found.flatMap(({ source, chain }) => chain.rules.map((rule) => ({ source, chain, rule })));
  const { items, total, notes } = pageOf(all, input);
  const where = found.map(({ source, chain }) => `table ${chain.table} of ${source.id}`);
  return {
    kind: 'answer',
    data: {
      summary: `${name} has ${plural(total, 'rule')}: ${where.join(', ')}.`,
      notes,
      items: items.map(({ source, chain, rule }) => {
        const { start, end, index } = rule;
        const at = { source: source.id, table: chain.table, chain: chain.name, index, span: { start, end } };
        return { text: source.ruleset.text.slice(start, end), ...placeJson(at, rules.fileOf) };
      }),
      total,
    },
  };
}
