import type { MarkTable } from '../kubeproxy/marks/markTable.ts';
import { plural } from '../kubeproxy/narrative/words.ts';
import { columns, cut, pad, paint, plain, wrap, type Style } from './terminal.ts';
import { largest } from '../text/lists.ts';

/** So many rules are named in a row. */
const FEW = 4;

/** Who uses which bits of the mark, as a table. `asked`: what was asked for, `0x4000`; empty for all. */
export function markText({ family, rows, clashes }: MarkTable, asked: string, style: Style): string {
  const heading = `${paint(style, 'bold', asked === '' ? 'Marks' : `Mark ${plain(asked)}`)}  IPv${family}`;
  if (rows.length === 0)
    return `${heading}\n  No rule sets, clears or reads ${asked === '' ? 'a mark' : 'such a mark'}.\n`;
  const cells = rows.map(({ bits, name, owner, does, places }, index) => {
    const before = rows[index - 1];
    const same = before?.bits === bits && before.owner === owner;
    const shown = places.slice(0, FEW).map(({ text }) => text);
    const more = places.length > FEW ? [`… ${plural(places.length - FEW, 'more rule')}`] : [];
    const who = name === '' ? owner : `${owner} (${name})`;
    return [same ? '' : bits, same ? '' : who, does, [...shown, ...more].join(', ')].map(plain);
  });
  const table = [['bits', 'owner', 'does', 'rules'], ...cells];
  const widths = [0, 1, 2].map((column) =>
    largest(
      table.map((row) => columns(row[column] ?? '')),
      0,
    ),
  );
  const lines = table.map((row) => {
    const padded = row.map((cell, column) => pad(cell, widths[column] ?? 0));
    return cut(`  ${padded.join('  ')}`.trimEnd(), style.width);
  });
  const [titles = '', ...body] = lines;
  const warnings = clashes.flatMap((text) =>
    wrap(plain(`⚠ ${text}`), style.width - 2).map((line) => paint(style, 'yellow', `  ${line}`)),
  );
  return `${[heading, '', ...warnings, paint(style, 'dim', titles), ...body].join('\n')}\n`;
}
