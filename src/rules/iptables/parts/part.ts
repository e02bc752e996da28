/** Rules of which it is known that they are not all: a `grep` of a dump, one chain of `iptables -S`, a script. */
import { builtInChains } from '../builtInChains.ts';
import type { Chain, Ruleset, Table } from '../nodes.ts';
import { isWhole } from './plan.ts';

/** What a part lacks, as far as it shows. */
export interface Part {
  /** Names to which rules jump, and of which no rule is there, in the order of the text. */
  readonly absent: readonly string[];
  readonly tables: ReadonlyMap<Table, PartOfTable>;
}

export interface PartOfTable {
  readonly absent: ReadonlySet<string>;
  /** Chains with rules, not built in, to which no rule of the part jumps. */
  readonly begins: readonly Chain[];
}

/** Null for a text that has its tables whole, and for one that has no rules. */
export function partOf(ruleset: Ruleset): Part | null {
  return ruleset.kept.of(readPart);
}

function readPart(ruleset: Ruleset): Part | null {
  if (ruleset.tables.length === 0 || !isPart(ruleset)) return null;
  const tables = new Map(
    ruleset.tables.map((table) => [table, partOfTable(table, ruleset.format === 'listing')]),
  );
  const absent = [...new Set([...tables.values()].flatMap((each) => [...each.absent]))];
  return { absent, tables };
}

function isPart({ format, tables, paste }: Ruleset): boolean {
  if (format === 'commands' || format === 'listing') return !tables.every(isWhole);
  if (format !== 'save') return false;
  if (paste?.filtered === true) return true;
  // `grep -E '^\*|web'`: of the tables their first lines alone are there. Rules of one table that name built-in chains only
  // are more likely written by hand, and lack COMMIT.
  const headed = tables.every((table) => table.commit === null && lacksDeclarations(table));
  return headed && (tables.length > 1 || tables.some(namesOthers));
}

/** Whether it names a chain that the kernel does not make itself. */
function namesOthers(table: Table): boolean {
  const builtIn = builtInChains.get(table.name);
  return (
    [...table.chains.keys()].some((name) => builtIn?.has(name) !== true) || partOfTable(table).absent.size > 0
  );
}

function lacksDeclarations({ chains }: Table): boolean {
  return [...chains.values()].every(({ declaration }) => declaration === null);
}

/** `shown`: whether a chain that is declared is there whole, as a listing prints it. */
function partOfTable(table: Table, shown = false): PartOfTable {
  const absent = new Set<string>();
  const reached = new Set<string>();
  for (const chain of table.chains.values()) {
    for (const { target } of chain.rules) {
      if (target === null || (target.definition !== null && !table.chains.has(target.name.text))) continue;
      const name = target.name.text;
      if (target.kind === 'jump' && VERDICTS.has(name)) continue;
      reached.add(name);
      const named = table.chains.get(name);
      const isShown = shown && named?.declaration != null;
      if (!isShown && (named?.rules.length ?? 0) === 0) absent.add(name);
    }
  }
  const builtIn = builtInChains.get(table.name);
  const begins = [...table.chains.values()].filter(
    ({ name, rules }) => rules.length > 0 && !reached.has(name) && builtIn?.has(name) !== true,
  );
  return { absent, begins };
}

const VERDICTS: ReadonlySet<string> = new Set(['ACCEPT', 'DROP', 'RETURN', 'QUEUE']);
