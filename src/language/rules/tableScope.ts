import type { Ruleset, Table } from '../../rules/iptables/nodes.ts';
import { type PartOfTable, partOf } from '../../rules/iptables/parts/part.ts';
import { Kept } from '../../text/kept.ts';
import { builtInChains } from '../../rules/iptables/builtInChains.ts';
import type { Severity } from '../../kubeproxy/findings/kind.ts';
import type { Reporter } from './reporter.ts';

export type Backend = 'nf_tables' | 'legacy';

/** What the checks of one table section share. */
export interface TableScope {
  readonly table: Table;
  readonly reporter: Reporter;
  /** Null where the dump does not say: only what both refuse is then an error. */
  readonly backend: Backend | null;
  readonly family: 4 | 6 | null;
  /** The chains that the kernel makes itself; empty for a table that does not exist. */
  readonly builtIn: ReadonlySet<string>;
  /** Whether the table lists all its chains; `iptables -S CHAIN` prints just one. */
  readonly complete: boolean;
  /** What the table lacks, where it is a part of one: chains that are not there may be there elsewhere. Null for a whole one. */
  readonly part: PartOfTable | null;
  /** What the checks work out of the table, each once. */
  readonly kept: Kept<Table>;
}

const noChains: ReadonlySet<string> = new Set();

export function scopeOf(ruleset: Ruleset, table: Table, reporter: Reporter): TableScope {
  return {
    table,
    reporter,
    backend: backendOf(table),
    family: table.family,
    builtIn: builtInChains.get(table.name) ?? noChains,
    complete: ruleset.format !== 'commands',
    part: partOf(ruleset)?.tables.get(table) ?? null,
    kept: new Kept(table),
  };
}

/** Releases before 1.8 know only the one backend that is called legacy since, and do not name it. */
function backendOf(table: Table): Backend | null {
  const { generator } = table;
  if (generator === null) return null;
  if (generator.backend !== null) return generator.backend;
  return /^v?1\.[0-7]\b/.test(generator.version) ? 'legacy' : null;
}

/** The severity of something that only `backend` refuses. */
export function refusedOnlyBy(scope: TableScope, backend: Backend): Severity {
  return scope.backend === backend ? 'error' : 'warning';
}
