import type { MatchDefinition, OptionDefinition, TargetDefinition } from '../catalogue/definitions.ts';
import { builtInOptions } from '../catalogue/options.ts';

type Extension = MatchDefinition | TargetDefinition;

/** An option and the extension that it belongs to; `owner` is null for a general option. */
interface Found {
  readonly option: OptionDefinition;
  readonly owner: Extension | null;
}

/**
 * What getopt_long makes of `name`: an exact name, else the one long option that begins with it. Null where there is
 * none or more than one. `extensions` are the loaded ones in order; the last comes first.
 */
export function abbreviated(name: string, extensions: readonly (Extension | null)[]): Found | null {
  const found: Found[] = [];
  for (const { option, owner } of candidates(extensions)) {
    for (const spelling of [option.name, ...option.aliases]) {
      if (spelling === name) return { option, owner };
      if (name.length > 3 && spelling.startsWith(name) && found.at(-1)?.option !== option)
        found.push({ option, owner });
    }
  }
  return found.length === 1 ? (found[0] ?? null) : null;
}

function* candidates(extensions: readonly (Extension | null)[]): Generator<Found> {
  for (const option of builtInOptions) yield { option, owner: null };
  for (const owner of extensions.toReversed()) {
    for (const option of owner?.options ?? []) yield { option, owner };
  }
}
