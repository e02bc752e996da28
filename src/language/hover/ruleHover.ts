import type { Rule } from '../../iptables/nodes.ts';
import type { RuleRef } from '../../kubeproxy/catalog/catalog.ts';
import { commentOf } from '../../kubeproxy/ruleView.ts';
import { fullWords } from '../../kubeproxy/ruleWords.ts';
import { code, escaped, paragraphs } from '../markdown.ts';
import { counted } from '../words.ts';
import type { HoverContext, HoverText, RuleIn } from './context.ts';

/** A rule in words: its number, what it takes, what it does with it, whose it is, what it counted. */
export function ruleHover({ analysis }: HoverContext, { rule, table, family }: RuleIn): HoverText {
  const ref: RuleRef = { family, table: table.name, chain: rule.chain.text, rule };
  const port = analysis.catalog.ofRule(ref);
  const whose = port === null ? '' : ` · ${escaped(port.name)}`;
  const comment = commentOf(rule);
  return {
    span: rule,
    markdown: paragraphs([
      `**Rule ${rule.index + 1}** of ${code(rule.chain.text)} in table ${escaped(table.name)}${whose}`,
      escaped(fullWords(rule, analysis.catalog)),
      comment === '' ? '' : `“${escaped(comment)}”`,
      countWords(rule),
    ]),
  };
}

function countWords({ counters }: Rule): string {
  if (counters === null) return '';
  return `Counted: ${counted(counters.packets, 'packet')}, ${counted(counters.bytes, 'byte')}.`;
}
