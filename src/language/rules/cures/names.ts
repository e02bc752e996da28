/** Names that are spelled nearly right: targets, chains, matches, options. */
import { lookup } from '../../../text/lookup.ts';
import { matchDefinitions } from '../../../rules/iptables/catalogue/matches.ts';
import { generalOptions } from '../../../rules/iptables/catalogue/general.ts';
import { targetDefinitions } from '../../../rules/iptables/catalogue/targets.ts';
import { nearest } from '../../../text/nearest.ts';
import { builtInChains } from '../../../rules/iptables/builtInChains.ts';
import { standardVerdicts } from '../../targets.ts';
import { type Cure, type FaultyLine, loaded, mayTake, optionAt, takes, wordAt, write } from './line.ts';

const matches = matchDefinitions.map(({ name }) => name);
const targets = [...new Set([...standardVerdicts, ...targetDefinitions.map(({ name }) => name)])];

/** `Did you mean X?`, or that X is written in capital letters. */
export function meant(written: string, name: string): string {
  if (written.toLowerCase() !== name.toLowerCase()) return `Did you mean ${name}?`;
  return name === name.toUpperCase()
    ? `Write it in capital letters: ${name}.`
    : `Write it in small letters: ${name}.`;
}

/** A shorter word may be meant for anything. */
const SHORTEST = 3;

function replaced(line: FaultyLine, known: readonly string[]): Cure | null {
  const written = wordAt(line, line.at);
  const name = nearest(
    written,
    known.filter((each) => each !== written),
  );
  if (name === null || (written.length < SHORTEST && written.toLowerCase() !== name.toLowerCase()))
    return null;
  return { ...write(line, line.at, line.at, name), hint: meant(written, name), title: `Change to ${name}` };
}

/** Whether all but two letters in the middle are the same: names of chains that end in a hash are near by chance else. */
function isSlip(written: string, name: string): boolean {
  if (Math.abs(written.length - name.length) > 2) return false;
  let front = 0;
  while (front < name.length && written[front] === name[front]) front++;
  let back = 0;
  while (back < name.length - front && written.at(-1 - back) === name.at(-1 - back)) back++;
  return front + back >= Math.max(written.length, name.length) - 2;
}

/** `-j ACEPT`, `-j accept`, `-j ACCEPT;` */
export function targetName(line: FaultyLine): Cure | null {
  if (line.code !== 'undefined-jump-target') return null;
  const written = wordAt(line, line.at);
  const bare = written.replace(/[;,.]+$/, '');
  if (isDeclared(line, written)) return null;
  if (wordAt(line, line.at - 1) === '-g' && targets.includes(written))
    return write(
      line,
      line.at - 1,
      line.at,
      `-j ${written}`,
      `-g goes on in a chain, and ${written} is none: write "-j ${written}".`,
    );
  const known = [...targets, ...declaredLike(line, written)];
  if (bare !== written && known.includes(bare))
    return write(
      line,
      line.at,
      line.at,
      bare,
      `Leave "${written.slice(bare.length)}" out: write "-j ${bare}".`,
    );
  const verdict = verdictsByOtherNames[bare.toUpperCase()];
  if (verdict !== undefined)
    return { ...write(line, line.at, line.at, verdict), hint: `Did you mean ${verdict}?` };
  return replaced(line, known);
}

/** As other firewalls call them. */
const verdictsByOtherNames: Readonly<Record<string, string>> = lookup({
  ALLOW: 'ACCEPT',
  PERMIT: 'ACCEPT',
  PASS: 'ACCEPT',
  DENY: 'DROP',
  BLOCK: 'DROP',
  DISCARD: 'DROP',
});

/** `-A input`, `-A INPTU` */
export function chainName(line: FaultyLine): Cure | null {
  if (line.code !== 'undeclared-chain') return null;
  const own = builtInChains.get(line.table?.name ?? '') ?? [];
  return replaced(line, [...own, ...declaredLike(line, wordAt(line, line.at))]);
}

/** The declared chains of which `written` may be a slip. */
function declaredLike(line: FaultyLine, written: string): readonly string[] {
  const names = [...(line.table?.chains.keys() ?? [])].filter((name) => isSlip(written, name));
  return names.filter((name) => isDeclared(line, name));
}

function isDeclared({ table }: FaultyLine, name: string): boolean {
  return table?.chains.get(name)?.declaration != null;
}

export function matchName(line: FaultyLine): Cure | null {
  return line.code === 'unknown-match' ? replaced(line, matches) : null;
}

/** `*Filter`, `*NAT` */
export function tableName(line: FaultyLine): Cure | null {
  if (line.code !== 'unknown-table') return null;
  const written = wordAt(line, line.at).replace(/^\*/, '');
  const name = nearest(written, [...builtInChains.keys()]);
  if (name === null) return null;
  const certain = written.toLowerCase() === name;
  return { ...write(line, line.at, line.at, `*${name}`), hint: meant(written, name), certain };
}

/** `-m conntrack --state NEW`, `-m state --ctstate NEW`, `--destport 22`, `-j DNAT --to-source 10.0.0.1` */
export function optionName(line: FaultyLine): Cure | null {
  const written = wordAt(line, line.at).replace(/=.*/, '');
  if (line.code !== 'unknown-option' || !written.startsWith('--')) return null;
  const beginning = ownByBeginning(line, written);
  if (beginning !== null) return beginning;
  const extensions = loaded(line);
  const names = [...new Set(extensions.flatMap((extension) => extension.options.map(({ name }) => name)))];
  const stem = written.slice(2);
  const lacking = extensions.flatMap(({ needs }) =>
    needs.filter((row) => !row.some((name) => line.words.some(({ text }) => text === name))).flat(),
  );
  const related =
    lacking.find((name) => name.endsWith(`-${stem}`)) ??
    lacking.find(
      (name) => name.endsWith(stem) || stem.endsWith(name.slice(2)) || sameBeginning(name, written),
    ) ??
    names.find((name) => sameBeginning(name, written) && mayBe(line, name) && isOfOtherTarget(written));
  const isKnown = matchDefinitions.some((match) => match.options.some(({ name }) => name === written));
  // The match that has it can be loaded; that cure is there already.
  if (isKnown && related === undefined) return null;
  const name =
    related ??
    (written === '--port' ? names.find((each) => each === '--dport') : undefined) ??
    endingWith(line, `-${stem}`) ??
    calledOtherwise(line, written) ??
    nearestOption(
      written,
      [...names, ...generalNames].filter((each) => mayBe(line, each)),
    );
  return name === null ? null : { ...write(line, line.at, line.at, name), hint: `Did you mean ${name}?` };
}

/** Whether what stands behind the word is a value of the option `name`, so that only the name is wrong. */
function mayBe(line: FaultyLine, name: string): boolean {
  const option = optionAt(
    { ...line, words: [...line.words, { text: name, start: 0, end: 0 }] },
    line.words.length,
  );
  return option === null || option.values !== 1 || mayTake(line, option, wordAt(line, line.at + 1));
}

/** As nftables, tcpdump and other programs call them; of those that the rule may have and that take the value. */
const optionsByOtherNames: Readonly<Record<string, readonly string[]>> = lookup({
  '--saddr': ['--source'],
  '--src-ip': ['--source'],
  '--source-ip': ['--source'],
  '--src-addr': ['--source'],
  '--from': ['--source'],
  '--daddr': ['--destination'],
  '--dst-ip': ['--destination'],
  '--dest-ip': ['--destination'],
  '--destination-ip': ['--destination'],
  '--dst-addr': ['--destination'],
  '--iif': ['--in-interface'],
  '--iifname': ['--in-interface'],
  '--oif': ['--out-interface'],
  '--oifname': ['--out-interface'],
  '--action': ['--jump'],
  '--target': ['--jump'],
  '--user': ['--uid-owner'],
  '--group': ['--gid-owner'],
});

function calledOtherwise(line: FaultyLine, written: string): string | undefined {
  const names = loaded(line).flatMap(({ options }) => options.map(({ name }) => name));
  return optionsByOtherNames[written.toLowerCase()]?.find(
    (name) => (names.includes(name) || generalNames.includes(name)) && mayBe(line, name),
  );
}

/** Long names of options that every rule may have: `--in-interface`. */
const generalNames = [
  ...generalOptions.flatMap(({ aliases }) => aliases.filter((name) => name.startsWith('--'))),
  '--jump',
  '--goto',
  '--match',
];

/** `--in`, `--set` of MARK: iptables takes a beginning only where it is one of a single option; the first that takes the value. */
function ownByBeginning(line: FaultyLine, written: string): Cure | null {
  const own = loaded(line).flatMap(({ options }) => options);
  const fits = [...own, ...generalOptions].flatMap((option) =>
    [option.name, ...option.aliases]
      .filter((name) => name.length > written.length && name.startsWith(written))
      .filter(() => option.values === 0 || takes(line, option, wordAt(line, line.at + 1)))
      .slice(0, 1),
  );
  const name = fits.toSorted((one, other) => one.length - other.length)[0];
  return name === undefined
    ? null
    : { ...write(line, line.at, line.at, name), hint: `Write it in full: ${name}.` };
}

/** `--with tcp-reset`, `--days Mon`: the one option of the rule's extensions that ends so and takes the value. */
function endingWith(line: FaultyLine, end: string): string | undefined {
  const fits = loaded(line)
    .flatMap(({ options }) => options)
    .filter((option) => option.name.endsWith(end) || option.name.endsWith(end.slice(1)))
    .filter((option) => option.values === 1 && takes(line, option, wordAt(line, line.at + 1)));
  return fits.length === 1 ? fits[0]?.name : undefined;
}

/** `--to-source` for `--to-destination`: they say the same of another side. */
function sameBeginning(name: string, written: string): boolean {
  const [, first = ''] = /^(--\w+-)/.exec(name) ?? [];
  return first !== '' && written.startsWith(first);
}

/** `--to-destination` behind `-j REDIRECT`. */
function isOfOtherTarget(written: string): boolean {
  return targetDefinitions.some(({ options }) => options.some(({ name }) => name === written));
}

/** `--destport` has the end of `--dport`. */
function nearestOption(written: string, names: readonly string[]): string | null {
  const isEnd = (name: string): boolean =>
    name[2] === written[2] && name.length > 5 && written.endsWith(name.slice(3));
  return nearest(written, names) ?? names.find(isEnd) ?? null;
}
