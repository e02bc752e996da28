/** Which chains of a listing are of one table, and of which. */
import { findTarget } from '../catalogue/targets.ts';
import { guessTable } from '../parsing/tableName.ts';
import { onlyTableOf } from '../parts/tables.ts';
import type { TableSign } from './listing.ts';
import type { ChainLine, ListingLine, NamingLine, RowLine } from './lines.ts';

/** A chain with its rows; `line` null where no line names it. */
interface ListedChain {
  readonly name: string;
  readonly line: ChainLine | null;
  readonly rows: RowLine[];
}

export interface Section {
  readonly start: number;
  readonly chains: readonly ListedChain[];
  readonly table: string;
  readonly sign: TableSign;
  readonly family: 4 | 6 | null;
}

const HOOKS = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/** What the chain of rows without a `Chain` line is called where no command names it. */
const UNNAMED = 'UNNAMED';

/** In the order of the text. */
export function sectionsOf(lines: Iterable<ListingLine>): readonly Section[] {
  const gatherer = new Gatherer();
  for (const line of lines) gatherer.take(line);
  return joined(gatherer.sections.filter(({ chains }) => chains.length > 0).map(finished));
}

/** Chains of one table that several commands listed are of one section, whatever was listed between them. */
function joined(sections: readonly Section[]): readonly Section[] {
  const found: Section[] = [];
  for (const section of sections) {
    const index = found.findLastIndex((each) => isOfTable(each, section));
    const before = found[index];
    if (before !== undefined && goOn(before, section))
      found[index] = {
        ...before,
        family: before.family ?? section.family,
        chains: [...before.chains, ...section.chains],
      };
    else found.push(section);
  }
  return found;
}

function isOfTable(one: Section, other: Section): boolean {
  return (
    one.table === other.table && (one.family === null || other.family === null || one.family === other.family)
  );
}

/** A chain that is there twice is another state of the table, or its next listing. */
function goOn(before: Section, { chains }: Section): boolean {
  const names = new Set(before.chains.map(({ name }) => name));
  const areWhole = [before.chains, chains].every((each) => each.some(({ line }) => line?.policy != null));
  return !areWhole && chains.every(({ name }) => !names.has(name));
}

interface OpenSection {
  readonly start: number;
  readonly said: NamingLine | null;
  readonly chains: ListedChain[];
}

class Gatherer {
  readonly sections: OpenSection[] = [];
  #said: NamingLine | null = null;
  #wasBlank = false;
  #unnamed = 0;

  take(line: ListingLine): void {
    if (line.kind === 'naming') {
      this.#said = line;
      this.sections.push({ start: line.start, said: line, chains: [] });
    } else if (line.kind === 'chain') this.#open(line);
    else if (line.kind === 'header' && this.#wasBlank && (this.#last?.rows.length ?? 0) > 0)
      this.#openUnnamed(line.start);
    else if (line.kind === 'row') {
      if (this.#last === null) this.#openUnnamed(line.start);
      this.#last?.rows.push(line);
    }
    this.#wasBlank = line.kind === 'blank';
  }

  get #last(): ListedChain | null {
    return this.sections.at(-1)?.chains.at(-1) ?? null;
  }

  #open(line: ChainLine): void {
    const name = line.name.text;
    const section = this.sections.at(-1);
    const current =
      section === undefined || beginsTable(section.chains, name) ? this.#begin(line.start) : section;
    current.chains.push({ name, line, rows: [] });
  }

  #openUnnamed(start: number): void {
    const section = this.sections.at(-1) ?? this.#begin(start);
    const said = section.chains.length === 0 ? (section.said?.chain ?? null) : null;
    if (said !== null) {
      section.chains.push({ name: said, line: null, rows: [] });
      return;
    }
    this.#unnamed++;
    const name = this.#unnamed === 1 ? UNNAMED : `${UNNAMED}-${this.#unnamed}`;
    section.chains.push({ name, line: null, rows: [] });
  }

  /** Of a table that no line names: what was said was of the one before. */
  #begin(start: number): OpenSection {
    const family = this.#said?.family ?? null;
    const said: NamingLine | null =
      family === null ? null : { kind: 'naming', table: null, family, chain: null, start, end: start };
    const section = { start, said, chains: [] };
    this.sections.push(section);
    return section;
  }
}

/** Whether a chain is the first of the next table: a table has each once, and its built-in ones in the order of the hooks. */
function beginsTable(chains: readonly ListedChain[], name: string): boolean {
  if (chains.some((chain) => chain.name === name)) return true;
  const rank = HOOKS.indexOf(name);
  const ranks = chains.map((chain) => HOOKS.indexOf(chain.name)).filter((each) => each >= 0);
  if (rank < 0 || ranks.every((each) => each < rank)) return false;
  // Some releases list OUTPUT of nat behind POSTROUTING.
  const follows = chains.at(-1)?.name === 'POSTROUTING' && name === 'OUTPUT';
  return !(follows && chains.every((chain) => chain.name !== 'FORWARD'));
}

function finished({ start, said, chains }: OpenSection): Section {
  const family = familyOf(chains) ?? said?.family ?? null;
  if (said !== null && said.table !== null) return { start, chains, table: said.table, sign: 'said', family };
  const byTarget = tableOfTargets(chains);
  if (byTarget !== null) return { start, chains, table: byTarget, sign: 'targets', family };
  const byName = chains.map(({ name }) => onlyTableOf(name)).find((table) => table !== null) ?? null;
  if (byName !== null) return { start, chains, table: byName, sign: 'chains', family };
  const names = new Set(chains.map(({ name }) => name));
  const isHooked = HOOKS.some((hook) => names.has(hook));
  return { start, chains, table: guessTable(names), sign: isHooked ? 'chains' : 'none', family };
}

/** The table of a target that only one takes. */
function tableOfTargets(chains: readonly ListedChain[]): string | null {
  for (const { rows } of chains) {
    for (const { row } of rows) {
      const tables = findTarget(row.target?.text ?? '')?.tables ?? null;
      if (tables?.length === 1) return tables[0] ?? null;
    }
  }
  return null;
}

function familyOf(chains: readonly ListedChain[]): 4 | 6 | null {
  for (const { rows } of chains) {
    for (const { row } of rows) {
      for (const { text } of [row.source, row.destination]) {
        if (text.includes(':')) return 6;
        if (/^\d+\.\d+\.\d+\.\d+/.test(text)) return 4;
      }
    }
  }
  return null;
}
