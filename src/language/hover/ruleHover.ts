import type { Rule } from '../../rules/iptables/nodes.ts';
import type { IptablesServices } from '../../kubeproxy/modes/iptables/iptablesServices.ts';
import type { ServicePort } from '../../kubeproxy/services/catalog.ts';
import { commentOf } from '../../kubeproxy/words/ruleView.ts';
import { fullWords, type WordsContext } from '../../kubeproxy/words/ruleWords.ts';
import type { ObjectReference } from '../../kubeproxy/objectReference.ts';
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Family } from '../../kernel/flow.ts';
import { code, escaped, paragraphs } from '../markdown.ts';
import { counted } from '../words.ts';
import { type HoverContext, type HoverText, portOf, type RuleIn } from './context.ts';
import { objectLinks } from './objectLinks.ts';

/** A rule in words: its number, what it takes, what it does with it, whose it is, what it counted. */
export function ruleHover(context: HoverContext, place: RuleIn): HoverText {
  const { rule, table, family } = place;
  const { analysis } = context;
  const port = portOf(context, place);
  const whose = port === null ? '' : ` · ${escaped(port.name)}`;
  const comment = commentOf(rule);
  return {
    span: rule,
    markdown: paragraphs([
      `**Rule ${rule.index + 1}** of ${code(rule.chain.text)} in table ${escaped(table.name)}${whose}`,
      escaped(fullWords(rule, wordsContext(analysis.iptables, table.name, family))),
      comment === '' ? '' : `“${escaped(comment)}”`,
      countWords(rule),
      objectLinks(context, port === null ? [] : objectsOf(port)).join(' · '),
    ]),
  };
}

function objectsOf({ object }: ServicePort): readonly ObjectReference[] {
  return object === null ? [] : [{ resource: 'services', namespace: object.namespace, name: object.name }];
}

/** Chains by what they are: `default/web:http`, `10.244.1.5:8080`. */
function wordsContext(iptables: IptablesServices, table: string, family: Family): WordsContext {
  return {
    masqueradeMark: iptables.masqueradeMark,
    table,
    chainLabel: (chain) => {
      const owner = table === 'nat' ? iptables.ofChain(chain, family) : null;
      if (owner === null) return null;
      const { port, endpoint } = owner;
      return endpoint === null
        ? port.name
        : formatEndpoint({ address: endpoint.address, port: endpoint.port });
    },
  };
}

function countWords({ counters }: Rule): string {
  if (counters === null) return '';
  return `Counted: ${counted(counters.packets, 'packet')}, ${counted(counters.bytes, 'byte')}.`;
}
