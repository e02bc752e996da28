/** A comparison for a ticket. */
import type { Told, ToldChange } from '../kubeproxy/compare/told.ts';
import { code, escaped } from './markdown.ts';

/** What comes from the rules stands in code spans, so that nothing in it becomes markup. */
export function comparisonMarkdown({ headline, sections, notes }: Told): string {
  const parts = [
    `**${escaped(headline)}**`,
    ...sections.map(({ title, changes }) =>
      [`### ${code(title)}`, '', ...changes.map(changeMarkdown)].join('\n'),
    ),
    notes.map(escaped).join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function changeMarkdown({ sign, what, words }: ToldChange): string {
  return `- ${sign}: ${code(what)} ${code(words)}`;
}
