/** The rows of the tables of `kubectl get`, by the names of their columns. */
import type { JsonRecord } from '../../text/json.ts';

const KIND_HEADERS: readonly (readonly [RegExp, TableKind])[] = [
  [/ READY\s+STATUS\s/, 'pods'],
  [/ STATUS\s+ROLES\s/, 'nodes'],
  [/ TYPE\s+CLUSTER-IP\s/, 'services'],
  [/ ADDRESSTYPE\s/, 'endpointslices'],
  [/ ENDPOINTS\s/, 'endpoints'],
];

export type TableKind = 'pods' | 'nodes' | 'services' | 'endpointslices' | 'endpoints';

export function isTableHeader(line: string): boolean {
  return /^(NAMESPACE\s+)?NAME\s/.test(line) && kindOfHeader(line) !== null;
}

function kindOfHeader(line: string): TableKind | null {
  return KIND_HEADERS.find(([header]) => header.test(`${line} `))?.[1] ?? null;
}

export type Row = ReadonlyMap<string, string>;

export interface Table {
  readonly kind: TableKind;
  /** Their names, in order. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export function tablesOf(text: string): readonly Table[] {
  const tables: { kind: TableKind; columns: readonly Column[]; rows: Row[] }[] = [];
  let isOpen = false;
  for (const line of text.split('\n').map((each) => each.trimEnd())) {
    const kind = isTableHeader(line) ? kindOfHeader(line) : null;
    if (kind !== null) tables.push({ kind, columns: columnsOf(line), rows: [] });
    isOpen = kind !== null || (isOpen && line !== '');
    const table = tables.at(-1);
    if (kind === null && isOpen && table !== undefined) table.rows.push(rowOf(line, table.columns));
  }
  return tables.map((table) => ({ ...table, columns: table.columns.map(({ name }) => name) }));
}

interface Column {
  readonly name: string;
  readonly start: number;
}

/** Columns stand apart by three blanks, words of a name by one: `NOMINATED NODE   READINESS GATES`. */
function columnsOf(header: string): readonly Column[] {
  return [...header.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], start: match.index }));
}

/** By the places of the columns; where a line does not fit them (a paste whose blanks were changed), by its gaps. */
function rowOf(line: string, columns: readonly Column[]): Row {
  const fits = columns.every(
    ({ start }) => start === 0 || start >= line.length || /\s/.test(line[start - 1] ?? ''),
  );
  const gaps = line.split(/\s{2,}|\t/);
  const cells = columns.map(({ name, start }, index) => {
    const end = columns[index + 1]?.start ?? line.length;
    return [name, (fits ? line.slice(start, end) : (gaps[index] ?? '')).trim()] as const;
  });
  return new Map(cells.filter(([, value]) => value !== ''));
}

export function given(row: Row, column: string): string | null {
  const value = row.get(column) ?? '<none>';
  return value === '<none>' || value === '<unknown>' || value === '<pending>' ? null : value;
}

/** `pod/web-0` where several kinds are listed. */
export function nameOf(row: Row): string {
  return (row.get('NAME') ?? '').replace(/^[a-z.]+\//, '');
}

export function optional(field: string, value: string | null): JsonRecord {
  return value === null ? {} : { [field]: value };
}
