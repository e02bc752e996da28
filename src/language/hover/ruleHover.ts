import type { RuleRef } from '../../kubeproxy/catalog/catalog.ts';
import { conditionsOf } from '../../kubeproxy/narrative/ruleLabel.ts';
import { commentOf } from '../../kubeproxy/ruleView.ts';
import type { Rule } from '../../iptables/nodes.ts';
import { code, escaped, paragraphs } from '../markdown.ts';
import { namesChain } from '../targets.ts';
import { counted } from '../words.ts';
import type { HoverContext, HoverText, RuleIn } from './context.ts';

/** A rule in words: its number, what it takes, what it does with it, whose it is, what it counted. */
export function ruleHover(context: HoverContext, place: RuleIn): HoverText {
  const { rule, table, family } = place;
  const ref: RuleRef = { family, table: table.name, chain: rule.chain.text, rule };
  const port = context.analysis.catalog.ofRule(ref);
  const conditions = conditionsOf(rule, context.document.text);
  const comment = commentOf(rule);
  return {
    span: rule,
    markdown: paragraphs([
      `**Rule ${rule.index + 1}** of ${code(rule.chain.text)} in table ${escaped(table.name)}${port === null ? '' : ` · ${escaped(port.name)}`}`,
      `${conditions === '' ? 'Every packet' : `A packet with ${code(conditions)}`} ${actionWords(context, place)}`,
      comment === '' ? '' : `“${escaped(comment)}”`,
      countWords(rule),
    ]),
  };
}

function actionWords(context: HoverContext, { rule, table, family }: RuleIn): string {
  const { target } = rule;
  if (target === null) return 'is counted, and goes on with the next rule.';
  const name = target.name.text;
  if (namesChain(target, table)) {
    const owner = table.name === 'nat' ? context.analysis.catalog.ofChain(name, family) : null;
    const whose = owner === null ? '' : ` (${escaped(owner.port.name)})`;
    return target.kind === 'goto'
      ? `goes on in ${code(name)}${whose} and does not come back to this chain.`
      : `goes through ${code(name)}${whose}, then on with the next rule if nothing there ends it.`;
  }
  return targetWords(
    name,
    target.options.map(({ values }) => values.map(({ text }) => text).join(' ')),
  );
}

function targetWords(name: string, values: readonly string[]): string {
  const [first = ''] = values;
  switch (name) {
    case 'ACCEPT':
      return 'is accepted: no further rule of this table and hook looks at it.';
    case 'DROP':
      return 'is dropped: the sender hears nothing.';
    case 'REJECT':
      return `is rejected${first === '' ? '' : ` with ${code(first)}`}: the sender is told at once.`;
    case 'RETURN':
      return 'goes back to the chain that it came from; in a built-in chain the policy decides.';
    case 'DNAT':
      return `is sent to ${code(first)} instead.`;
    case 'SNAT':
      return `leaves with the source ${code(first)}.`;
    case 'MASQUERADE':
      return 'leaves with the address of the interface that it goes out by.';
    case 'MARK':
      return `gets a mark (${code(first)}) and goes on with the next rule.`;
    default:
      return `is given to ${code(name)}.`;
  }
}

function countWords({ counters }: Rule): string {
  if (counters === null) return '';
  return `Counted: ${counted(counters.packets, 'packet')}, ${counted(counters.bytes, 'byte')}.`;
}
