import { explainChain } from '../../kubeproxy/explain/explainChain.ts';
import type { Explanation } from '../../kubeproxy/explain/explanation.ts';
import type { ChainWord } from '../chains.ts';
import { explanationParts } from './explanationParts.ts';
import { objectLinks } from './objectLinks.ts';
import { code, escaped, link, paragraphs } from '../markdown.ts';
import { counted, withSeparators } from '../words.ts';
import { familyOf, type HoverContext, type HoverText } from './context.ts';

/** A chain: whose it is, where it sends packets and in which shares, how it is reached. */
export function chainHover(context: HoverContext, found: ChainWord): HoverText {
  const family = familyOf(context, found.table);
  const explanation = explainChain(context.analysis, found.table.name, found.word.text, family);
  return { span: found.word, markdown: chainMarkdown(context, found, explanation) };
}

function chainMarkdown(context: HoverContext, found: ChainWord, explanation: Explanation): string {
  const chain = found.word.text;
  const named = explanation.title !== chain;
  const title = named ? `**${escaped(explanation.title)}**` : `**${code(chain)}**`;
  const summary = explanation.summary === '' ? '' : ` ${escaped(explanation.summary)}`;
  return paragraphs([
    `${title}${summary}${named ? ` · ${code(chain)}` : ''}`,
    ...explanationParts(explanation),
    referencesWords(explanation),
    linksLine(context, found, explanation),
  ]);
}

/** For a chain that is no Service's: which rules lead here. */
function referencesWords({
  endpoints,
  references,
  referenceCount,
  reachedBy: frontends,
}: Explanation): string {
  if (endpoints.length > 0 || frontends.length > 0 || references.length === 0) return '';
  const lines = references.slice(0, 3).map(({ text }) => `- ${escaped(text)}`);
  const rest = referenceCount - lines.length;
  return `Jumped to by\n\n${lines.join('\n')}${rest > 0 ? `\n- … ${withSeparators(rest)} more` : ''}`;
}

function linksLine({ document, links }: HoverContext, found: ChainWord, explanation: Explanation): string {
  const references = counted(explanation.referenceCount, 'reference');
  if (links === null) return references;
  const { uri } = document;
  const { line, character } = document.rangeOf(found.word).start;
  const isService = explanation.reachedBy.length > 0 && explanation.title !== found.word.text;
  return [
    ...(isService
      ? [
          link(
            'Trace a packet to it',
            links.trace({ uri, to: explanation.title, ...protocolOf(explanation) }),
          ),
          link('Diagnose it', links.diagnose({ uri, service: explanation.title })),
        ]
      : []),
    link('Show in the tree', links.showInTree({ uri, table: found.table.name, chain: found.word.text })),
    ...objectLinks({ document, links }, explanation.objects),
    link(references, links.references({ uri, line, character })),
  ].join(' · ');
}

/** `ClusterIP 10.96.0.10:53/UDP` → udp: two ports of one name may differ in nothing else. */
function protocolOf({ reachedBy: [first] }: Explanation): { readonly protocol?: string } {
  const [, protocol] = /\/(TCP|UDP|SCTP)\b/.exec(first ?? '') ?? [];
  return protocol === undefined ? {} : { protocol: protocol.toLowerCase() };
}
