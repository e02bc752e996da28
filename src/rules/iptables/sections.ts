/** Which of several sections of one table counts. */
import type { Table } from './nodes.ts';

/**
 * The table as the kernel would hold it after the whole file was restored: of several sections of one name the last,
 * since `iptables-restore` flushes a table that it is given again. Null where there is none.
 */
export function lastSection(tables: readonly Table[], name: string): Table | null {
  return tables.findLast((table) => table.name === name) ?? null;
}

/** Tables in file order, each name once (see `lastSection`). */
export function lastSections(tables: readonly Table[]): readonly Table[] {
  return tables.filter((table) => lastSection(tables, table.name) === table);
}
