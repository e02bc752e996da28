import type { MatchDefinition, OptionDefinition, TargetDefinition } from '../catalogue/definitions.ts';
import { builtInOptions } from '../catalogue/options.ts';

type Extension = MatchDefinition | TargetDefinition;

/** An option and the extension that it belongs to; `owner` is null for a general option. */
interface Found {
  readonly option: OptionDefinition;
  readonly owner: Extension | null;
}

/** Long options that no rule can have, but that a shortened name may as well mean: `original_opts` of iptables/xshared.c. */
const commandOptions: readonly string[] = [
  '--check',
  '--list',
  '--list-rules',
  '--flush',
  '--zero',
  '--new-chain',
  '--delete-chain',
  '--rename-chain',
  '--policy',
  '--numeric',
  '--wait',
  '--exact',
  '--version',
  '--help',
  '--line-numbers',
];

/** `--o` is the shortest name that can be one. */
const SHORTEST = 3;

/**
 * What getopt_long makes of `name`: an exact name, else the one long option that begins with it. Null where there is
 * none or more than one. `extensions` are the loaded ones in order; the last comes first.
 */
export function abbreviated(name: string, extensions: readonly (Extension | null)[]): Found | null {
  const found: Found[] = [];
  for (const { option, owner } of candidates(extensions)) {
    for (const spelling of [option.name, ...option.aliases]) {
      if (spelling === name) return { option, owner };
      if (name.length >= SHORTEST && spelling.startsWith(name) && found.at(-1)?.option !== option)
        found.push({ option, owner });
    }
  }
  if (commandOptions.some((option) => option.startsWith(name))) return null;
  return found.length === 1 ? (found[0] ?? null) : null;
}

function* candidates(extensions: readonly (Extension | null)[]): Generator<Found> {
  for (const option of builtInOptions) yield { option, owner: null };
  for (const owner of extensions.toReversed()) {
    for (const option of owner?.options ?? []) yield { option, owner };
  }
}
