import type {
  Diagnosis,
  DiagnosisStep,
  StepEvidence,
  StepId,
  StepState,
  Vantage,
  Way,
} from '../kubeproxy/diagnose/diagnosis.ts';
import { fromWords, vantageWords } from '../kubeproxy/diagnose/vantages.ts';
import { code, escaped, tableOf } from '../language/markdown.ts';
import type { NarrativeVerdict } from '../kubeproxy/narrative/narrative.ts';
import { groupBy } from '../text/groupBy.ts';
import { pad, paint, plain, type Style, widest, wrap } from './terminal.ts';

const PROSE_WIDTH = 110;

const marks: Readonly<
  Record<StepState, { readonly sign: string; readonly colour: 'green' | 'yellow' | 'red' | 'cyan' | 'dim' }>
> = {
  ok: { sign: '✓', colour: 'green' },
  warn: { sign: '!', colour: 'yellow' },
  fail: { sign: '✗', colour: 'red' },
  unknown: { sign: '?', colour: 'cyan' },
  skipped: { sign: '–', colour: 'dim' },
};

const verdictMarks = { works: marks.ok, fails: marks.fail, unknown: marks.unknown } as const;

const titles: Readonly<Record<StepId, string>> = {
  service: 'Service',
  endpoints: 'Endpoints',
  'kube-proxy': 'kube-proxy',
  rules: 'Rules',
  paths: 'Paths',
  policies: 'Policies',
  replies: 'Replies',
  pods: 'Pods',
  dns: 'DNS',
};

const TITLE_WIDTH = widest(Object.values(titles));

/** What `diagnose` prints: the answer first, then step by step. */
export function diagnosisText({ verdict, summary, steps, ways }: Diagnosis, style: Style): string {
  const { sign, colour } = verdictMarks[verdict];
  const answer = wrap(plain(summary), width(style) - 2).map(
    (line, index) => `${index === 0 ? paint(style, colour, sign) : ' '} ${paint(style, 'bold', line)}`,
  );
  return `${[...answer, '', ...steps.flatMap((step) => stepLines(step, ways, style))].join('\n')}\n`;
}

function width({ width: columns }: Style): number {
  return Math.min(columns, PROSE_WIDTH);
}

function stepLines(step: DiagnosisStep, ways: readonly Way[], style: Style): readonly string[] {
  const { sign, colour } = marks[step.state];
  const start = `${paint(style, colour, sign)} ${pad(titles[step.id], TITLE_WIDTH)}  `;
  const indent = ' '.repeat(TITLE_WIDTH + 4);
  const message = wrap(plain(step.message), width(style) - indent.length);
  return [
    ...message.map((line, index) => `${index === 0 ? start : indent}${line}`),
    ...(step.id === 'paths' ? wayLines(ways, indent, style) : []),
    ...step.evidence
      .flatMap(({ command }) => (command === undefined ? [] : [command]))
      .map((command) => `${indent}${paint(style, 'dim', '$')} ${plain(command)}`),
  ];
}

/** A table of frontends and vantages. */
function wayLines(ways: readonly Way[], indent: string, style: Style): readonly string[] {
  const { columns, rows } = table(ways);
  if (rows.length === 0) return [];
  const first = widest(rows.map(([name]) => plain(name)));
  const widths = columns.map((vantage) => Math.max(vantageWords[vantage].length, 10));
  const line = (name: string, cells: readonly string[]): string =>
    `${indent}${pad(plain(name), first)}  ${cells.map((cell, index) => pad(cell, widths[index] ?? 0)).join('  ')}`.trimEnd();
  return [
    paint(
      style,
      'dim',
      line(
        '',
        columns.map((vantage) => vantageWords[vantage]),
      ),
    ),
    ...rows.map(([name, cells]) => line(name, cells)),
    ...causeLines(ways, indent, style),
  ];
}

/** More causes are in the JSON. */
const MOST_CAUSES = 6;

/** What stops packets, each cause once. */
function causeLines(ways: readonly Way[], indent: string, style: Style): readonly string[] {
  const stopped = ways.filter(({ verdict }) => verdict !== 'forward' && verdict !== 'local');
  const causes = [...groupBy(stopped, ({ headline }) => headline)].slice(0, MOST_CAUSES);
  return causes.flatMap(([headline, [first]]) => {
    const words =
      first === undefined ? headline : `${fromWords[first.vantage]} to ${first.frontend}: ${headline}`;
    return wrap(plain(words), width(style) - indent.length - 2).map(
      (line, index) => `${indent}${index === 0 ? '· ' : '  '}${line}`,
    );
  });
}

function table(ways: readonly Way[]): {
  readonly columns: readonly Vantage[];
  readonly rows: readonly (readonly [name: string, cells: readonly string[]])[];
} {
  const columns = [...new Set(ways.map(({ vantage }) => vantage))];
  const rows = [...groupBy(ways, ({ port, frontend }) => `${port}\n${frontend}`).values()];
  const isOnePort = new Set(ways.map(({ port }) => port)).size === 1;
  return {
    columns,
    rows: rows.map((row) => {
      const name = `${isOnePort ? '' : `${row[0]?.port ?? ''} `}${row[0]?.frontend ?? ''}`;
      const cells = columns.map((vantage) => {
        const way = row.find((each) => each.vantage === vantage);
        return way === undefined ? '–' : cellWords[way.verdict];
      });
      return [name, cells] as const;
    }),
  };
}

const cellWords: Readonly<Record<NarrativeVerdict, string>> = {
  forward: '✓',
  local: '✓',
  drop: '✗ drops',
  reject: '✗ rejects',
  unanswered: '✗ no answer',
  mixed: '! partly',
  unknown: '? unknown',
};

/** The same for a ticket; what comes from rules and objects is escaped or in code spans. */
export function diagnosisMarkdown({ service, verdict, summary, steps, ways }: Diagnosis): string {
  const { columns, rows } = table(ways);
  const paths =
    rows.length === 0
      ? []
      : [
          tableOf(
            [{ title: 'Frontend' }, ...columns.map((vantage) => ({ title: vantageWords[vantage] }))],
            rows.map(([name, cells]) => [code(plain(name)), ...cells]),
          ),
        ];
  return `${[
    `## ${verdictMarks[verdict].sign} ${escaped(plain(service))}`,
    escaped(plain(summary)),
    steps.map(stepMarkdown).join('\n'),
    ...paths,
  ].join('\n\n')}\n`;
}

function stepMarkdown({ id, state, message, evidence }: DiagnosisStep): string {
  const commands = evidence.flatMap(({ command }: StepEvidence) =>
    command === undefined ? [] : [code(command)],
  );
  return `- ${marks[state].sign} **${titles[id]}**: ${escaped(plain(message))} ${commands.join(' ')}`.trimEnd();
}
