import type { Family } from '../../kernel/flow.ts';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import { markTableOf, readMarkQuery } from '../../kubeproxy/marks/markTable.ts';
import { code, escaped, tableOf } from '../markdown.ts';
import { counted } from '../words.ts';

/** So many rows and rules of one row are shown: `explain RULES MARK` has them all. */
const MOST_ROWS = 8;
const FEW = 3;

/** Who uses the bits of a mark, as a table, and who gets in whose way; empty for what is no mark. */
export function markOwners(analysis: Analysis, family: Family, value: string): readonly string[] {
  const query = readMarkQuery(value);
  const table = query && markTableOf(analysis, family, query.wanted);
  if (!table || table.rows.length === 0) return [];
  const rows = table.rows.slice(0, MOST_ROWS).map(({ bits, owner, does, places }) => {
    const rest = places.length - FEW;
    const shown = places.slice(0, FEW).map(({ text }) => escaped(text));
    return [
      code(bits),
      escaped(owner),
      escaped(does),
      [...shown, ...(rest > 0 ? [`… ${counted(rest, 'more rule')}`] : [])].join(', '),
    ];
  });
  const columns = ['bits', 'owner', 'does', 'rules'].map((title) => ({ title }));
  const left = table.rows.length - rows.length;
  return [
    tableOf(columns, rows) + (left > 0 ? `\n\n… ${counted(left, 'more row')}` : ''),
    ...table.clashes.map((text) => `⚠ ${escaped(text)}`),
  ];
}
