/**
 * What a rule is called in ids of rows: by its target and how many rules of the chain before it have the same, since
 * kube-proxy writes its rules in another order each time. `KUBE-SVC-AAAA`, `KUBE-MARK-MASQ~1`.
 */
import type { Chain, Ruleset } from '../../rules/iptables/nodes.ts';
import { KeptByPart } from '../../text/kept.ts';
import { targetNameOf } from '../words/ruleView.ts';

interface RuleIds {
  readonly ids: readonly string[];
  readonly indexes: ReadonlyMap<string, number>;
}

/** Those of a chain of the ruleset. */
export function ruleIdsOf(ruleset: Ruleset, chain: Chain): RuleIds {
  return ruleset.kept.of(idsByChain).of(chain);
}

function idsByChain(): KeptByPart<Chain, RuleIds> {
  return new KeptByPart(idsOf);
}

function idsOf(chain: Chain): RuleIds {
  const counts = new Map<string, number>();
  const ids = chain.rules.map((rule) => {
    const target = encodeName(targetNameOf(rule) ?? '');
    const before = counts.get(target) ?? 0;
    counts.set(target, before + 1);
    return before === 0 ? target : `${target}~${before}`;
  });
  return { ids, indexes: new Map(ids.map((id, index) => [id, index])) };
}

/** A chain may be called anything; `:`, `.` and `~` part what an id is made of. */
export function encodeName(name: string): string {
  return name.replaceAll(/[%:.~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function decodeName(text: string): string {
  return text.replaceAll(/%(25|3A|2E|7E)/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
