/** The numbers that words stand for. */
import { constantsOfTypes } from './constants.ts';

/** By files of the machine (/etc/iproute2): the names that every machine has. */
const ofMachine: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map([
  ['devgroup', new Map([['default', 0]])],
  ['realm', new Map([['cosmos', 0]])],
]);

/** The number of a word; null for one that the type does not have. */
export function numberOfWord(type: string, word: string): number | null {
  const known = constantsOfTypes.get(type) ?? ofMachine.get(type);
  return known?.get(word.toLowerCase()) ?? null;
}
