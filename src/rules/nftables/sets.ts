/** The sets and maps of a listing by their names. */
import type { Ruleset, SetDefinition } from './nodes.ts';
import { tableName } from './chains.ts';

const known = new WeakMap<Ruleset, ReadonlyMap<string, ReadonlyMap<string, SetDefinition>>>();

/** `ip kube-proxy` → its sets and maps by name; of a set that is declared twice the last. Made once of a ruleset. */
function setsOf(ruleset: Ruleset): ReadonlyMap<string, ReadonlyMap<string, SetDefinition>> {
  let found = known.get(ruleset);
  if (found === undefined) {
    found = readSets(ruleset);
    known.set(ruleset, found);
  }
  return found;
}

/** Null where the table `ip kube-proxy` has none of that name. */
export function setNamed(ruleset: Ruleset, table: string, name: string): SetDefinition | null {
  return setsOf(ruleset).get(table)?.get(name) ?? null;
}

function readSets({ tables }: Ruleset): ReadonlyMap<string, ReadonlyMap<string, SetDefinition>> {
  const found = new Map<string, Map<string, SetDefinition>>();
  for (const table of tables) {
    const name = tableName(table);
    const sets = found.get(name) ?? new Map<string, SetDefinition>();
    found.set(name, sets);
    for (const item of table.items)
      if (item.kind === 'set' || item.kind === 'map') sets.set(item.name.text, item);
  }
  return found;
}
