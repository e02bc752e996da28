/**
 * Which Service ports are worth a look: those about which the two states do not have the very same words. Of 10,000 ports
 * most have not changed from one moment to the next, and to read them all takes seconds.
 */
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { Chain, Table } from '../../rules/iptables/nodes.ts';
import type { Analysis } from '../analysis.ts';
import { tableNamed } from '../rulesets.ts';
import type { Source } from '../sources.ts';
import { areAlike, chainTexts, textsWithout } from './chainTexts.ts';
import { holdsServiceRules, isPortsOwn } from './serviceRules.ts';

/** One state of one family's rules. */
export interface StateRules {
  readonly analysis: Analysis;
  readonly source: Source;
}

/** By id, of either state. */
export function touchedPorts(before: StateRules, after: StateRules): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const name of ['nat', 'filter']) {
    const [old, now] = [before, after].map(({ source }) => tableNamed(source.ruleset, name));
    for (const chain of new Set([...chainsOf(old), ...chainsOf(now)])) {
      if (!holdsServiceRules(name, chain)) continue;
      const [one, other] = [old?.chains.get(chain) ?? null, now?.chains.get(chain) ?? null];
      const texts = [
        chainTexts(before.source.ruleset, one),
        chainTexts(after.source.ruleset, other),
      ] as const;
      if (areAlike(...texts)) continue;
      if (isPortsOwn(name, chain)) addOwner(touched, chain, before, after);
      else {
        addOwners(touched, one, textsWithout(texts[0], texts[1]), before, name);
        addOwners(touched, other, textsWithout(texts[1], texts[0]), after, name);
      }
    }
  }
  return touched;
}

function chainsOf(table: Table | null | undefined): Iterable<string> {
  return table?.chains.keys() ?? [];
}

function addOwner(touched: Set<string>, chain: string, ...states: readonly StateRules[]): void {
  for (const { analysis, source } of states) {
    const owner = analysis.iptables.ofChain(chain, source.families[0]);
    if (owner !== null) touched.add(owner.port.id);
  }
}

/** `indexes`: of the rules that the other state has not. */
function addOwners(
  touched: Set<string>,
  chain: Chain | null,
  indexes: readonly number[],
  { analysis, source }: StateRules,
  table: string,
): void {
  for (const index of indexes) {
    const rule = chain?.rules[index];
    if (rule === undefined) continue;
    const at: RuleAt = {
      source: source.id,
      table,
      chain: rule.chain.text,
      index: rule.index,
      span: { start: rule.start, end: rule.end },
    };
    const owner = analysis.catalog.ofRule(at);
    if (owner !== null) touched.add(owner.id);
  }
}
