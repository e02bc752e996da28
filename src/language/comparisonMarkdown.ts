/** A comparison for a ticket. */
import type { Told, ToldChange, ToldWay } from '../kubeproxy/compare/told.ts';
import type { FlowForm } from '../kubeproxy/form/flowForm.ts';
import { code, escaped } from './markdown.ts';

/** The command line that shows a packet; null where there is none. */
export type CommandOf = (packet: FlowForm | null) => string | null;

/** What comes from the rules stands in code spans, so that nothing in it becomes markup. */
export function comparisonMarkdown({ headline, ways, sections, notes }: Told, commandOf: CommandOf): string {
  const parts = [
    `**${escaped(headline)}**`,
    ...(ways.length === 0 ? [] : [ways.map((way) => wayMarkdown(way, commandOf)).join('\n')]),
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

function wayMarkdown({ kind, says, packet }: ToldWay, commandOf: CommandOf): string {
  const command = commandOf(packet);
  return `- ${kind}: ${escaped(says)}${command === null ? '' : `  \n  ${code(command)}`}`;
}
