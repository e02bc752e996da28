import { canonicalName, optionNamed } from '../../../rules/iptables/names.ts';
import type { Match, Table } from '../../../rules/iptables/nodes.ts';
import { matchesNamed } from './matchesNamed.ts';

/** A table of `-m hashlimit`. */
export interface HashTable {
  /** Of the first rule that names it: its modes, masks, rate and burst count for all of them. */
  readonly maker: Match;
  /** Whether rules of the table differ: then the order in which they were loaded decides. */
  readonly disputed: boolean;
}

const NAME = '--hashlimit-name';

/** The tables by their names: htable_find_get finds what another rule has made, whatever this one wants. */
export function hashTables(tables: readonly Table[], text: string): ReadonlyMap<string, HashTable> {
  const made = new Map<string, HashTable>();
  for (const match of matchesNamed(tables, text, 'hashlimit')) note(made, match);
  return made;
}

/** The name of a match's table. */
export function tableNameOf(match: Match): string {
  return optionNamed(match.options, NAME)?.values[0]?.text ?? '';
}

function note(made: Map<string, HashTable>, match: Match): void {
  const name = tableNameOf(match);
  const known = made.get(name);
  const disputed = known !== undefined && (known.disputed || wordsOf(known.maker) !== wordsOf(match));
  made.set(name, { maker: known?.maker ?? match, disputed });
}

/** What of a match goes into its table; whether it is for what is above or below the rate does not. */
function wordsOf({ options }: Match): string {
  return options
    .map((option) => [
      canonicalName(option).replace(/above|upto/, 'rate'),
      ...option.values.map(({ text }) => text),
    ])
    .map((words) => words.join(' '))
    .toSorted()
    .join(' ');
}
