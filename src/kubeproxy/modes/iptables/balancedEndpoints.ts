/** HOT PATH: where kube-proxy's chains send connections, without a catalog: to read 50,000 endpoints takes seconds. */
import { textsOf } from '../../../rules/iptables/compact/compactTable.ts';
import type { Chain, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { targetOption, valueOf } from '../../words/ruleView.ts';
import { tableNamed } from '../../rulesets.ts';
import { regularChains } from './regular.ts';

/** The different addresses with ports that chains of endpoints translate to, of those chains that a rule jumps to: `10.244.1.5:8080`, `[fd00::5]:8080`. */
export function balancedEndpoints(ruleset: Ruleset): ReadonlySet<string> {
  const nat = tableNamed(ruleset, 'nat');
  const { regular } = regularChains(ruleset, nat);
  const found = new Set<string>();
  const add = (endpoint: Chain): void => {
    const known = regular.get(endpoint);
    const to = known?.kind === 'endpoint' ? known.to : translationIn(endpoint);
    if (to !== null) found.add(to);
  };
  for (const chain of nat?.chains.values() ?? []) {
    const known = regular.get(chain);
    if (known?.kind === 'balance') known.endpoints.forEach(add);
    else if (known === undefined) jumpsFrom(ruleset, chain, nat).forEach(add);
  }
  return found;
}

/** `-A KUBE-SVC-… -j KUBE-SEP-LOLE4ISW44XBNF3G` */
const JUMP = /-j (KUBE-SEP-[A-Z2-7]{16})\b/gu;

/** Endpoint chains. */
function jumpsFrom(ruleset: Ruleset, chain: Chain, nat: Table | null): readonly Chain[] {
  return textsOf(ruleset, chain).flatMap((line) =>
    [...line.matchAll(JUMP)].flatMap(([, name = '']) => nat?.chains.get(name) ?? []),
  );
}

/** However it is spelled; null where the chain translates nothing. */
function translationIn(chain: Chain): string | null {
  for (const rule of chain.rules) {
    const to = valueOf(targetOption(rule, '--to-destination'));
    if (to !== null) return to;
  }
  return null;
}
