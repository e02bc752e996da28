/** Lines of rules to ask iptables about: of real dumps, of its manual, and made of what its help says; then changed at random. */
import type { Extension, HelpOption } from './extensions.ts';
import type { Random } from './random.ts';
import { addresses, numbers, oddWords, protocols } from './values.ts';

/** A rule in the table where it belongs; `from`: where it was taken from. */
export interface Line {
  readonly text: string;
  readonly table: string;
  readonly family: 4 | 6;
  readonly from: 'dump' | 'help' | 'manual';
}

/** A dump's rules, each with its table. */
export function linesOfDump(text: string, family: 4 | 6): readonly Line[] {
  let table = '';
  return text.split('\n').flatMap((line): Line[] => {
    if (line.startsWith('*')) table = line.slice(1).trim();
    return /^(\[\d+:\d+\] )?-A /.test(line) && table !== ''
      ? [{ text: line, table, family, from: 'dump' }]
      : [];
  });
}

const tables = ['filter', 'nat', 'mangle', 'raw'] as const;
const chains = { filter: 'FORWARD', nat: 'PREROUTING', mangle: 'PREROUTING', raw: 'PREROUTING' } as const;

/** A rule with one extension, with some of its options; many are wrong. */
export function lineOfHelp(extensions: readonly Extension[], random: Random): Line | null {
  const extension = random.pick(extensions);
  if (extension === undefined) return null;
  const family = random.pick(extension.families) ?? 4;
  const table = random.pick(tables);
  const options = Array.from({ length: random.below(4) }, () => random.pick(extension.options)).flatMap(
    (option) => (option === undefined ? [] : [optionWords(option, extension, family, random)]),
  );
  const own = `${extension.target ? '-j' : '-m'} ${extension.name} ${options.join(' ')}`.trim();
  const protocol = random.below(2) === 0 ? `-p ${random.pick(protocols)} ` : '';
  const verdict = extension.target ? '' : ` -j ${random.pick(['ACCEPT', 'DROP', 'RETURN', 'X'])}`;
  const chain = random.below(4) === 0 ? 'X' : chains[table];
  return { text: `-A ${chain} ${protocol}${own}${verdict}`, table, family, from: 'help' };
}

function optionWords(
  { name, form }: HelpOption,
  extension: Extension,
  family: 4 | 6,
  random: Random,
): string {
  const negation = random.below(6) === 0 ? '! ' : '';
  const wantsValue = form !== '' ? random.below(20) > 0 : random.below(8) === 0;
  const words = wantsValue ? ` ${valueFor(form, extension, family, random)}` : '';
  const second =
    form.includes(' ') && random.below(3) > 0 ? ` ${valueFor(form, extension, family, random)}` : '';
  return `${negation}${name}${words}${second}`;
}

/** A value: what the form's own words suggest, or anything. */
function valueFor(form: string, extension: Extension, family: 4 | 6, random: Random): string {
  const one = oneValue(form, extension, family, random);
  switch (random.below(12)) {
    case 0:
      return `${one},${oneValue(form, extension, family, random)}`;
    case 1:
      return `${one}:${oneValue(form, extension, family, random)}`;
    case 2:
      return `${one}/${oneValue(form, extension, family, random)}`;
    case 3:
      return `${one}-${oneValue(form, extension, family, random)}`;
    default:
      return one;
  }
}

function oneValue(form: string, { words }: Extension, family: 4 | 6, random: Random): string {
  const own = form.match(/[A-Za-z0-9][\w-]*/g) ?? [];
  const kind = random.below(10);
  if (kind < 4) return random.pick(numbers);
  if (kind < 6) return random.pick(addresses[family]);
  if (kind < 8) return random.pick(words) ?? '1';
  return random.pick([random.pick(own) ?? '1', random.pick(oddWords)]);
}
