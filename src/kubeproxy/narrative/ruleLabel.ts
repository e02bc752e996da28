/** A rule of a path in the shortest words that say it. */
import { canonicalName } from '../../rules/iptables/names.ts';
import type { Option, Rule } from '../../rules/iptables/nodes.ts';
import { printOption } from '../../rules/iptables/printer.ts';
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Family } from '../../kernel/flow.ts';
import type { RulePlace } from '../../kernel/ruleAt.ts';
import type { Effect } from '../../kernel/trace.ts';
import type { ChainOwner, IptablesServices } from '../modes/iptables/iptablesServices.ts';
import type { Catalog } from '../services/catalog.ts';
import { guessOwner } from '../owners.ts';
import { commentOf, isNoCondition } from '../words/ruleView.ts';
import { nameOf, plural } from './words.ts';

/** A rule that asks for nothing and does nothing else. */
export const COUNTS = 'counts every packet';

/** What labels need to know of the rules around them. */
export interface LabelContext {
  readonly family: Family;
  readonly catalog: Catalog;
  readonly iptables: IptablesServices;
}

/**
 * `-d 10.96.12.3/32 -p tcp --dport 80 → default/web:http`, `DNAT → 10.244.1.5:8080`, `every packet: ACCEPT`. Of a rule that is
 * not known (null) only what it did.
 */
export function ruleLabel(rule: Rule | null, effect: Effect, context: LabelContext): string {
  const conditions = conditionsOf(rule);
  const action = actionOf(rule, effect, context);
  if (conditions === '') return action === '' ? COUNTS : action;
  return action === '' ? `${conditions}: counts` : `${conditions} ${action}`;
}

/** The rule's own tests as iptables-save prints them, without its comment, `-m` and the target. */
function conditionsOf(rule: Rule | null): string {
  if (!rule) return '';
  const options = [
    ...rule.general.filter((option) => !isNoCondition(option)),
    ...rule.matches.filter((match) => canonicalName(match) !== 'comment').flatMap((match) => match.options),
    ...rule.unknown,
  ];
  return options
    .toSorted((a, b) => a.start - b.start)
    .map((option) => shortened(printOption(option), option))
    .join(' ');
}

/** Long decimals lose the digits that nobody reads: `--probability 0.33333333349` → `--probability 0.333`. */
function shortened(printed: string, option: Option): string {
  return canonicalName(option) === '--probability' ? printed.replace(/(0\.\d{3})\d+/, '$1') : printed;
}

function actionOf(rule: Rule | null, effect: Effect, { family, iptables }: LabelContext): string {
  switch (effect.kind) {
    case 'jump':
    case 'goto': {
      const owner = iptables.ofChain(effect.chain, family);
      const name = owner && chainName(owner);
      return name ? `→ ${name} · ${effect.chain}` : `→ ${effect.chain}`;
    }
    case 'dnat':
    case 'snat':
    case 'redirect':
    case 'netmap':
      return `${effect.kind.toUpperCase()} → ${formatEndpoint(effect.is)}`;
    case 'masquerade':
      return `MASQUERADE → ${formatEndpoint(effect.is)}`;
    case 'tproxy':
      return `TPROXY → ${formatEndpoint(effect.to)}`;
    case 'count':
      return '';
    case 'reject':
      return `REJECT with ${effect.with}`;
    case 'unknown':
      return `${effect.target}: not known here`;
    default:
      return rule?.target ? canonicalName(rule.target) : effect.kind.toUpperCase();
  }
}

function chainName(owner: ChainOwner): string | null {
  if (owner.kind !== 'sep') return owner.port.nameSource === 'structure' ? null : owner.port.name;
  if (!owner.endpoint) return null;
  return formatEndpoint({ address: owner.endpoint.address, port: owner.endpoint.port });
}

/** Behind the label: what the chain is that it jumps to, else its comment, else what the chain it is in is for. */
export function ruleDetail(
  rule: Rule | null,
  place: RulePlace,
  effect: Effect,
  context: LabelContext,
): string {
  if (effect.kind === 'jump' || effect.kind === 'goto') {
    const owner = context.iptables.ofChain(effect.chain, context.family);
    if (owner) return ownerDetail(owner, context);
    const comment = rule ? commentOf(rule) : '';
    return comment === '' ? (guessOwner(place.table, effect.chain)?.title ?? '') : comment;
  }
  if (effect.kind === 'dnat') return nameOf(effect.is.address, context.catalog);
  return rule ? commentOf(rule) : '';
}

function ownerDetail({ kind, port, endpoint, family }: ChainOwner, { catalog }: LabelContext): string {
  const own = port.endpoints.filter((each) => each.family === family);
  switch (kind) {
    case 'svc':
      return `balances over ${plural(own.filter((each) => each.share !== null).length, 'endpoint')}`;
    case 'svl':
      return `balances over ${plural(own.filter((each) => each.localShare !== null).length, 'endpoint')} of this node`;
    case 'sep':
      return endpoint ? nameOf(endpoint.address, catalog) : '';
    case 'ext':
      return 'entry for traffic from outside';
    case 'xlb':
      return 'entry for traffic from outside, to endpoints of this node';
    default:
      return 'load-balancer source ranges';
  }
}
