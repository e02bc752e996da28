/** HOT PATH: where kube-proxy's chains send connections, without a catalog: to read 50,000 endpoints takes seconds. */
import type { Ruleset } from '../../../rules/iptables/nodes.ts';
import { targetOption, valueOf } from '../../words/ruleView.ts';
import { tableNamed } from '../../rulesets.ts';

/** The different addresses with ports that chains of endpoints translate to, of those chains that a rule jumps to: `10.244.1.5:8080`, `[fd00::5]:8080`. */
export function balancedEndpoints(ruleset: Ruleset): ReadonlySet<string> {
  const found = new Set<string>();
  const translated = new Map(
    [...ruleset.text.matchAll(translation)].map(([, chain, to]) => [chain ?? '', to ?? '']),
  );
  for (const [, chain = ''] of ruleset.text.matchAll(jump)) {
    const to = translated.get(chain) ?? readTranslation(ruleset, chain);
    if (to !== null) found.add(to);
  }
  return found;
}

/** `-A KUBE-SEP-LOLE4ISW44XBNF3G -p tcp -m comment --comment default/web:http -m tcp -j DNAT --to-destination 10.244.1.5:8080` */
const translation = /^(?:\[\d+:\d+\] )?-A (KUBE-SEP-[A-Z2-7]{16}) .*-j DNAT --to-destination (\S+)/gmu;

/** `-A KUBE-SVC-… -j KUBE-SEP-LOLE4ISW44XBNF3G` */
const jump = /-j (KUBE-SEP-[A-Z2-7]{16})\b/gu;

/** However it is spelled; null where the chain translates nothing. */
function readTranslation(ruleset: Ruleset, chain: string): string | null {
  for (const rule of tableNamed(ruleset, 'nat')?.chains.get(chain)?.rules ?? []) {
    const to = valueOf(targetOption(rule, '--to-destination'));
    if (to !== null) return to;
  }
  return null;
}
