/** What a chain or set is, in a few words. */
import type { Expression } from '../../rules/nftables/expressions.ts';
import type { Chain, SetDefinition } from '../../rules/nftables/nodes.ts';
import { printExpression } from '../../rules/nftables/printing/expressions.ts';
import { counted } from '../words.ts';

/** `filter at input, priority filter + 10, policy drop`; `3 rules` of a chain without a hook. */
export function chainTitle({ base, policy, rules }: Chain): string {
  const count = counted(rules.length, 'rule');
  if (base === null) return count;
  const { name, offset } = base.priority;
  const sign = offset < 0 ? '-' : '+';
  const priority =
    name === null ? String(offset) : offset === 0 ? name : `${name} ${sign} ${Math.abs(offset)}`;
  const ends = policy === null ? '' : `, policy ${policy.text}`;
  return `${base.type.text} at ${base.hook.text}, priority ${priority}${ends} · ${count}`;
}

/** `ipv4_addr . inet_service → verdict, interval · 12 elements` */
export function setTitle({ type, data, flags, elements }: SetDefinition): string {
  const of = type === null ? '' : typeWords(type.of);
  const to = data === null ? '' : ` → ${typeWords(data)}`;
  const more = flags.length === 0 ? '' : `, ${flags.join(', ')}`;
  return `${of}${to}${more} · ${counted(elements.length, 'element')}`;
}

function typeWords(expression: Expression): string {
  return printExpression(expression);
}
