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

/**
 * Matches that do something when they are asked: they remember, count, or throw the packet away. Behind them a rule is filed by
 * nothing: they are asked of packets, too, that do not have what the matches behind them ask for.
 */
const askedInOrder: ReadonlySet<string> = new Set([
  'connlabel',
  'connlimit',
  'eui64',
  'quota',
  'recent',
  'statistic',
]);

/** Whether the match has to be asked before what stands behind it. */
export function isAskedInOrder(match: string): boolean {
  return askedInOrder.has(match);
}

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

function addSpellings(
  plain: Map<string, Meaning>,
  match: string | null,
  options: readonly OptionDefinition[],
): void {
  for (const option of options) {
    const meaning = meaningOf(match, option);
    plain.set(option.name, meaning);
    for (const alias of option.aliases) plain.set(alias, meaning);
  }
}

/**
 * Spellings that mean one thing or another: `--log` of `-m osf` may be short for `--log-prefix`, and the `--timeout` of
 * `-j CT` takes a text, that of `-j SET` does not. All others mean the same whatever extensions a rule loads, where it
 * matters here.
 */
const ambiguous: readonly string[] = ['--log', '--timeout'];

function plainSpellings(): ReadonlyMap<string, Meaning> {
  const plain = new Map<string, Meaning>();
  for (const { name, options } of matchDefinitions) addSpellings(plain, name, options);
  for (const { options } of targetDefinitions) addSpellings(plain, '', options);
  for (const name of ambiguous) plain.delete(name);
  addSpellings(plain, null, builtInOptions);
  return plain;
}

let spellings: ReadonlyMap<string, Meaning> | null = null;

/** What a word that begins with `-` means in any rule; null where that hangs on the extensions that the rule loads. */
export function meaningOfOption(word: string): Meaning | null {
  spellings ??= plainSpellings();
  return spellings.get(word) ?? null;
}
