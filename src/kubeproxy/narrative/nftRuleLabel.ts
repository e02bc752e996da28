/** A rule of nftables on a path, in the shortest words that say it. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Effect } from '../../kernel/trace.ts';
import type { Rule, Statement } from '../../rules/nftables/statements.ts';
import type { Catalog } from '../services/catalog.ts';
import { nftRuleWords } from '../words/nftRuleWords.ts';
import { COUNTS } from './ruleLabel.ts';
import { nameOf } from './words.ts';

/** `ip daddr . meta l4proto . th dport vmap @service-ips → service-ULMVA6XW-ns/svc/tcp/p80`, `dnat → 10.244.1.5:8080` */
export function nftRuleLabel(rule: Rule, effect: Effect): string {
  const action = actionOf(effect);
  const words = nftRuleWords(rule, (each) => action === '' || !isSaid(each));
  const label = [words, action].filter((each) => each !== '').join(' ');
  return label === '' ? COUNTS : label;
}

/** Behind the label: who has the address that the packet was sent to, else the rule's comment. */
export function nftRuleDetail({ comment }: Rule, effect: Effect, catalog: Catalog): string {
  if (effect.kind === 'dnat') return nameOf(effect.is.address, catalog);
  return comment?.text ?? '';
}

/** Of what the effect says more shortly than the statement; empty of everything else. */
function actionOf(effect: Effect): string {
  switch (effect.kind) {
    case 'jump':
    case 'goto':
      return `→ ${effect.chain}`;
    case 'dnat':
    case 'snat':
    case 'redirect':
    case 'masquerade':
      return `${effect.kind} → ${formatEndpoint(effect.is)}`;
    default:
      return '';
  }
}

/** Whether the action says what a statement does. */
function isSaid({ kind }: Statement): boolean {
  return (
    kind === 'verdict' || kind === 'dnat' || kind === 'snat' || kind === 'redirect' || kind === 'masquerade'
  );
}
