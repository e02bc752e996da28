/** What the words of a rule mean in every rule, so that most need not be read into nodes. */
import type { OptionDefinition } from '../../../rules/iptables/catalogue/definitions.ts';
import { matchDefinitions } from '../../../rules/iptables/catalogue/matches.ts';
import { builtInOptions } from '../../../rules/iptables/catalogue/options.ts';
import { targetDefinitions } from '../../../rules/iptables/catalogue/targets.ts';

/** What packets differ in most. */
export type Dimension = 'destination' | 'source' | 'destinationPort' | 'sourcePort' | 'input' | 'output';

/** What an option asks for, as far as rules are filed by it: `text` has any word behind it, `match` the name of one. */
type Meaning = Dimension | 'text' | 'match' | 'other';

/** The matches whose ports are filed; `--dports 80` asks for one port, too. */
const portMatches: ReadonlySet<string> = new Set(['tcp', 'udp', 'udplite', 'sctp', 'dccp', 'multiport']);

const dimensions: ReadonlyMap<string, Dimension> = new Map([
  ['-d', 'destination'],
  ['-s', 'source'],
  ['-i', 'input'],
  ['-o', 'output'],
]);

const portDimensions: ReadonlyMap<string, Dimension> = new Map([
  ['--dport', 'destinationPort'],
  ['--dports', 'destinationPort'],
  ['--sport', 'sourcePort'],
  ['--sports', 'sourcePort'],
]);

/** By what a general option (`match` null) or an option of a match is filed; null for by nothing. Names are canonical. */
export function dimensionOf(match: string | null, option: string): Dimension | null {
  if (match === null) return dimensions.get(option) ?? null;
  return portMatches.has(match) ? (portDimensions.get(option) ?? null) : null;
}

/** Whether the match has ports to file by. */
export function hasPortOptions(match: string): boolean {
  return portMatches.has(match);
}

function meaningOf(match: string | null, { name, kind }: OptionDefinition): Meaning {
  if (match === null && name === '-m') return 'match';
  return dimensionOf(match, name) ?? (kind === 'text' ? 'text' : 'other');
}

function spellingsOf(match: string | null, options: readonly OptionDefinition[]): [string, Meaning][] {
  return options.flatMap((option) =>
    [option.name, ...option.aliases].map((name): [string, Meaning] => [name, meaningOf(match, option)]),
  );
}

/**
 * Every spelling in full that means the same whatever extensions a rule loads. One that could be an abbreviation of
 * something of another meaning is none, where that could hide a text or something to file by.
 */
function plainSpellings(): ReadonlyMap<string, Meaning> {
  const extended = [
    ...matchDefinitions.flatMap(({ name, options }) => spellingsOf(name, options)),
    ...targetDefinitions.flatMap(({ options }) => spellingsOf('', options)),
  ];
  const plain = new Map(extended);
  for (const [name, meaning] of extended) {
    if (meaning === 'other') continue;
    for (const [other, its] of extended) {
      if (its === meaning) continue;
      if (other.startsWith(name)) plain.delete(name);
      if (name.startsWith(other)) plain.delete(other);
    }
  }
  for (const [name, meaning] of spellingsOf(null, builtInOptions)) plain.set(name, meaning);
  return plain;
}

let spellings: ReadonlyMap<string, Meaning> | null = null;

/** What a word that begins with `-` means in any rule; null where that hangs on the extensions that the rule loads. */
export function meaningOfOption(word: string): Meaning | null {
  spellings ??= plainSpellings();
  return spellings.get(word) ?? null;
}
