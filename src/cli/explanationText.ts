import type { ExplainedEndpoint, Explanation } from '../kubeproxy/explain/explanation.ts';
import { countWords, shareWords } from '../kubeproxy/narrative/words.ts';
import { cut, pad, paint, plain, widest, wrap, type Style } from './terminal.ts';

const PROSE_WIDTH = 110;

/** What a hover says, for a terminal: the title, sentences, the endpoints as a table, what leads here. */
export function explanationText(explanation: Explanation, style: Style): string {
  const { title, summary, chain, table, family, owner, sentences, warnings, ending } = explanation;
  const where = [
    chain === title ? '' : (chain ?? ''),
    table === null ? '' : `table ${table}`,
    owner ?? '',
    family ? `IPv${family}` : '',
  ];
  const lines = [
    `${paint(style, 'bold', plain(title))} ${plain(summary)}`.trimEnd(),
    paint(
      style,
      'dim',
      `  ${where
        .filter((part) => part !== '')
        .map(plain)
        .join(' · ')}`,
    ),
    '',
    ...warnings.flatMap((text) => paragraph(`⚠ ${text}`, style).map((line) => paint(style, 'yellow', line))),
    ...[...sentences, ending === '' ? '' : `It ${ending}.`]
      .filter((text) => text !== '')
      .flatMap((text) => paragraph(text, style)),
    ...endpointLines(explanation.endpoints, style),
    ...list('Reached by', explanation.reachedBy, explanation.reachedBy.length, style),
    ...list(
      'Jumped to by',
      explanation.references.map(({ text }) => text),
      explanation.referenceCount,
      style,
    ),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function paragraph(text: string, style: Style): string[] {
  return wrap(plain(text), Math.min(style.width, PROSE_WIDTH) - 2).map((line) => `  ${line}`);
}

function endpointLines(endpoints: readonly ExplainedEndpoint[], style: Style): string[] {
  if (endpoints.length === 0) return [];
  const rows = [
    ['share', 'endpoint', 'pod', 'packets', ''],
    ...endpoints.map(({ share, endpoint, pod, packets, note }) => [
      share === null ? '' : shareWords(share),
      endpoint,
      pod,
      packets === null ? '' : countWords(packets),
      note,
    ]),
  ].map((row) => row.map(plain));
  const widths = [0, 1, 2, 3, 4].map((column) => widest(rows.map((row) => row[column] ?? '')));
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 || column === 3 ? cell.padStart(widths[column] ?? 0) : pad(cell, widths[column] ?? 0),
    );
    return cut(
      `  ${cells.filter((_, column) => (widths[column] ?? 0) > 0).join('  ')}`.trimEnd(),
      style.width,
    );
  });
  return ['', ...lines.map((line, index) => (index === 0 ? paint(style, 'dim', line) : line))];
}

function list(heading: string, items: readonly string[], total: number, style: Style): string[] {
  if (total === 0) return [];
  const more = total - items.length;
  return [
    '',
    `  ${paint(style, 'bold', heading)}`,
    ...items.map((item) => cut(`    ${plain(item)}`, style.width)),
    ...(more > 0 ? [`    … ${countWords(more)} more`] : []),
  ];
}
