import { stepTitles } from '../kubeproxy/diagnose/diagnosis.ts';
import {
  messageBelow,
  stateSigns,
  type ToldCell,
  type ToldDiagnosis,
  type ToldStep,
} from '../kubeproxy/diagnose/told.ts';
import { pad, paint, plain, type Style, widest, wrap } from './terminal.ts';

const PROSE_WIDTH = 110;

const colours = { ok: 'green', warn: 'yellow', fail: 'red', unknown: 'cyan', skipped: 'dim' } as const;

const TITLE_WIDTH = widest(Object.values(stepTitles));

type Told = ToldDiagnosis<unknown>;

/** What `diagnose` prints: the answer first, then step by step. */
export function diagnosisText({ state, headline, more, steps, ways }: Told, style: Style): string {
  const sign = paint(style, colours[state], stateSigns[state]);
  const answer = wrap(plain(headline), width(style) - 2).map(
    (line, index) => `${index === 0 ? sign : ' '} ${paint(style, 'bold', line)}`,
  );
  const rest = more.length === 0 ? [] : wrap(plain(more.join(' ')), width(style) - 2);
  return `${[...answer, ...rest.map((line) => `  ${line}`), '', ...steps.flatMap((step) => stepLines(step, ways, style))].join('\n')}\n`;
}

function width({ width: columns }: Style): number {
  return Math.min(columns, PROSE_WIDTH);
}

function stepLines(step: ToldStep<unknown>, ways: Told['ways'], style: Style): readonly string[] {
  const { id, state, title } = step;
  const start = `${paint(style, colours[state], stateSigns[state])} ${pad(title, TITLE_WIDTH)}  `;
  const indent = ' '.repeat(TITLE_WIDTH + 4);
  const message = wrap(plain(messageBelow(step)), width(style) - indent.length);
  return [
    ...message.map((line, index) => `${index === 0 ? start : indent}${line}`),
    ...(id === 'paths' ? wayLines(ways, indent, style) : []),
    ...step.evidence
      .filter(({ command }) => command !== '')
      .map(({ command }) => `${indent}${paint(style, 'dim', '$')} ${plain(command)}`),
  ];
}

/** A table of frontends and vantages. */
function wayLines({ columns, rows, causes }: Told['ways'], indent: string, style: Style): readonly string[] {
  if (rows.length === 0) return [];
  const first = widest(rows.map(({ name }) => plain(name)));
  const widths = columns.map((title) => Math.max(title.length, 10));
  const line = (name: string, cells: readonly string[]): string =>
    `${indent}${pad(plain(name), first)}  ${cells.map((cell, index) => pad(cell, widths[index] ?? 0)).join('  ')}`.trimEnd();
  return [
    paint(style, 'dim', line('', columns)),
    ...rows.map(({ name, cells }) => line(name, cells.map(cellText))),
    ...causes
      .filter(({ isSaid }) => !isSaid)
      .flatMap(({ says }) =>
        wrap(plain(says), width(style) - indent.length - 2).map(
          (words, index) => `${indent}${index === 0 ? '· ' : '  '}${words}`,
        ),
      ),
  ];
}

function cellText(cell: ToldCell<unknown> | null): string {
  return cell === null ? '–' : `${stateSigns[cell.state]} ${cell.words}`.trimEnd();
}
