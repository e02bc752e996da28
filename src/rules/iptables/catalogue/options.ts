import { byEveryName } from './byName.ts';
import type { MatchDefinition, OptionDefinition, TargetDefinition } from './definitions.ts';
import { generalOptions, structuralOptions } from './general.ts';

/** Every option that needs no extension. */
export const builtInOptions: readonly OptionDefinition[] = [...generalOptions, ...structuralOptions];

const builtInByName = byEveryName(builtInOptions);
const optionsByName = new WeakMap<object, ReadonlyMap<string, OptionDefinition>>();

/** `-s`, `--source`, `-j` … by any exact spelling; null for an option of an extension. */
export function findGeneralOption(name: string): OptionDefinition | null {
  return builtInByName.get(name) ?? null;
}

/** The option of `extension` that is spelled `name` exactly. */
export function findOption(
  extension: MatchDefinition | TargetDefinition,
  name: string,
): OptionDefinition | null {
  let known = optionsByName.get(extension);
  if (known === undefined) {
    known = byEveryName(extension.options);
    optionsByName.set(extension, known);
  }
  return known.get(name) ?? null;
}
