/** A diagnosis for a ticket. What comes from rules and objects is escaped or in code spans, so that nothing in it becomes markup. */
import { stateSigns, type ToldCell, type ToldDiagnosis, type ToldStep } from '../kubeproxy/diagnose/told.ts';
import { code, escaped, paragraphs, tableOf } from './markdown.ts';

export function diagnosisMarkdown({ service, state, summary, steps, ways }: ToldDiagnosis<unknown>): string {
  const table =
    ways.rows.length === 0
      ? null
      : tableOf(
          [{ title: 'Frontend' }, ...ways.columns.map((title) => ({ title }))],
          ways.rows.map(({ name, cells }) => [code(name), ...cells.map(cellMarkdown)]),
        );
  const parts = [
    `## ${stateSigns[state]} ${escaped(service)}`,
    escaped(summary),
    steps.map(stepMarkdown).join('\n'),
    table,
  ];
  return `${paragraphs(parts)}\n`;
}

function cellMarkdown(cell: ToldCell<unknown> | null): string {
  return cell === null ? '–' : `${stateSigns[cell.state]} ${cell.words}`.trimEnd();
}

function stepMarkdown({ state, title, message, evidence }: ToldStep<unknown>): string {
  const commands = evidence.flatMap(({ command }) => (command === '' ? [] : [code(command)]));
  return `- ${stateSigns[state]} **${title}**: ${escaped(message)} ${commands.join(' ')}`.trimEnd();
}
