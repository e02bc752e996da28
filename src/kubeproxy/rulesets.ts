/** The rules that a node's engine follows, by family, and quick ways into them. */
import type { Chain, Ruleset, Statement, Table, TableTurn } from '../rules/iptables/nodes.ts';
import { parseRuleset } from '../rules/iptables/parser.ts';
import type { Paste } from '../rules/iptables/paste/readPaste.ts';
import type { SyntaxProblem } from '../rules/iptables/problems.ts';
import { lastSection, lastSections } from '../rules/iptables/sections.ts';
import { Kept } from '../text/kept.ts';
import type { Family } from '../kernel/flow.ts';

/** What is followed of a family; null where there are no rules of it. Which sources they are of: `Sources`. */
export type Rulesets = Readonly<Record<Family, Ruleset | null>>;

export const families: readonly Family[] = [4, 6];

/** The table of this name, of several sections the last. */
export function tableNamed(ruleset: Ruleset | null, name: string): Table | null {
  return ruleset === null ? null : lastSection(ruleset.tables, name);
}

/** A chain of a table (see `tableNamed`); null where nothing declares or uses it. */
export function chainNamed(ruleset: Ruleset | null, table: string, chain: string): Chain | null {
  return tableNamed(ruleset, table)?.chains.get(chain) ?? null;
}

/** Tables in file order, each name once (see `tableNamed`). */
export function tablesOf(ruleset: Ruleset | null): readonly Table[] {
  return ruleset === null ? [] : lastSections(ruleset.tables);
}

/** One text with the rules of one family, or of both one after the other. Spans stay offsets into the whole text. */
export function splitFamilies(text: string, otherwise: Family): Rulesets {
  return splitRuleset(parseRuleset(text), otherwise);
}

/**
 * As `splitFamilies`, for a text already parsed. Every table goes to the family that its generator or addresses name, and
 * to `otherwise` where nothing tells.
 */
export function splitRuleset(ruleset: Ruleset, otherwise: Family): Rulesets {
  const entries = familyOfTables(ruleset.tables, otherwise);
  const found = new Set(entries.map((entry) => entry.family));
  if (found.size <= 1) {
    const [only = otherwise] = found;
    return only === 4 ? { 4: ruleset, 6: null } : { 4: null, 6: ruleset };
  }
  return { 4: new FamilyView(ruleset, 4, entries), 6: new FamilyView(ruleset, 6, entries) };
}

interface TableFamily {
  readonly table: Table;
  readonly family: Family;
}

/** A table that says nothing of its family follows the one before it, as in two dumps one after the other. */
function familyOfTables(tables: readonly Table[], otherwise: Family): readonly TableFamily[] {
  let current = tables.find((table) => table.family !== null)?.family ?? otherwise;
  return tables.map((table) => {
    current = table.family ?? current;
    return { table, family: current };
  });
}

/** One family's tables of a text that holds both; everything else is the whole text's. */
class FamilyView implements Ruleset {
  readonly text: string;
  readonly format: Ruleset['format'];
  readonly listing: Ruleset['listing'];
  readonly tables: readonly Table[];
  /** Its own: what is worked out of its tables is not the other family's. */
  readonly kept: Kept<Ruleset> = new Kept<Ruleset>(this);
  readonly #whole: Ruleset;

  constructor(whole: Ruleset, family: Family, entries: readonly TableFamily[]) {
    this.#whole = whole;
    this.text = whole.text;
    this.format = whole.format;
    this.listing = whole.listing;
    this.tables = entries.filter((entry) => entry.family === family).map((entry) => entry.table);
  }

  get statements(): readonly Statement[] {
    return this.#whole.statements;
  }

  get turns(): readonly TableTurn[] {
    return this.#whole.turns.filter(({ table }) => this.tables.includes(table));
  }

  get problems(): readonly SyntaxProblem[] {
    return this.#whole.problems;
  }

  get paste(): Paste | null {
    return this.#whole.paste;
  }

  get lineProblems(): readonly SyntaxProblem[] {
    return this.#whole.lineProblems;
  }
}
