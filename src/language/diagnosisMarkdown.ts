/** A diagnosis for a ticket. What comes from rules and objects is escaped or in code spans, so that nothing in it becomes markup. */
import {
  messageBelow,
  stateSigns,
  type ToldCell,
  type ToldDiagnosis,
  type ToldStep,
} from '../kubeproxy/diagnose/told.ts';
import { code, escaped, paragraphs, tableOf } from './markdown.ts';

export function diagnosisMarkdown({
  service,
  state,
  headline,
  more,
  steps,
  ways,
}: ToldDiagnosis<unknown>): string {
  const table =
    ways.rows.length === 0
      ? null
      : tableOf(
          [{ title: 'Frontend' }, ...ways.columns.map((title) => ({ title }))],
          ways.rows.map(({ name, cells }) => [code(name), ...cells.map(cellMarkdown)]),
        );
  const parts = [
    `## ${stateSigns[state]} ${escaped(service)}`,
    `**${escaped(headline)}**`,
    escaped(more.join(' ')),
    steps.map(stepMarkdown).join('\n'),
    table,
  ];
  return `${paragraphs(parts)}\n`;
}

function cellMarkdown(cell: ToldCell<unknown> | null): string {
  return cell === null ? '–' : `${stateSigns[cell.state]} ${cell.words}`.trimEnd();
}

function stepMarkdown(step: ToldStep<unknown>): string {
  const { state, title, evidence } = step;
  const commands = evidence.flatMap(({ command }) => (command === '' ? [] : [code(command)]));
  return `- ${stateSigns[state]} **${title}**: ${escaped(messageBelow(step))} ${commands.join(' ')}`.trimEnd();
}
