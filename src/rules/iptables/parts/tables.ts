/** Sets of tables as bits, to work out of which one a line can be. */
import { builtInChains } from '../builtInChains.ts';
import type { ChainDeclaration, Rule } from '../nodes.ts';
import { knownChain } from './knownChains.ts';

/** The one that is taken where nothing tells comes first: a command without `-t` means filter. */
export const tableNames = ['filter', 'nat', 'mangle', 'raw', 'security'] as const;

export type TableSet = number;

export const ANY: TableSet = (1 << tableNames.length) - 1;

export function setOf(names: Iterable<string>): TableSet {
  let set = 0;
  for (const name of names) {
    const index = tableNames.findIndex((each) => each === name);
    if (index >= 0) set |= 1 << index;
  }
  return set;
}

/** The tables that can have a chain of this name. */
export function tablesOfChain(name: string): TableSet {
  const found = known.get(name);
  if (found !== undefined) return found;
  const chain = knownChain(name);
  return chain === null ? ANY : setOf(Object.keys(chain.tables));
}

/** The table in which alone programs make a chain of this name; null for a name that tells less. */
export function onlyTableOf(name: string): string | null {
  const set = tablesOfChain(name);
  return tableNames.find((_, index) => set === 1 << index) ?? null;
}

const known: ReadonlyMap<string, TableSet> = new Map(
  ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'].map((hook) => [
    hook,
    setOf([...builtInChains].flatMap(([table, chains]) => (chains.has(hook) ? [table] : []))),
  ]),
);

/** A chain that the kernel makes itself, in more than one table. */
export function isBuiltIn(name: string): boolean {
  return known.has(name);
}

/** Whether more than one table has a chain of this name where it is known. */
export function isOfSeveral(name: string): boolean {
  const chain = knownChain(name);
  return chain !== null && Object.keys(chain.tables).length > 1;
}

/** The tables that can have this rule, by its target and its matches; what it jumps to apart. */
export function tablesOfRule({ chain, target, matches }: Rule): TableSet {
  // kube-proxy accepts health checks there, and sends node ports on in nat.
  let set = chain.text === 'KUBE-NODEPORTS' && target?.name.text === 'ACCEPT' ? setOf(['filter']) : ANY;
  const limited = [target?.definition ?? null, ...matches.map(({ definition }) => definition)];
  for (const extension of limited) if (extension?.tables) set &= setOf(extension.tables);
  return set;
}

/** The tables of which these are all the built-in chains; else those that have them, `-P` being of built-in chains only. */
export function tablesOfPolicies(declarations: readonly ChainDeclaration[]): TableSet {
  const names = new Set(declarations.map(({ name }) => name.text));
  const fits = [...builtInChains].filter(([, chains]) => [...names].every((name) => chains.has(name)));
  const whole = fits.filter(([, chains]) => chains.size === names.size);
  return setOf((whole.length > 0 ? whole : fits).map(([table]) => table));
}
