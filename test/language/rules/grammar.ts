/** Rules made of what the catalogue says of an extension: right ones, and ones that lack what it says that they need. */
import type {
  MatchDefinition,
  OptionDefinition,
  TargetDefinition,
} from '../../../src/rules/iptables/catalogue/definitions.ts';
import { validValues } from './validValues.ts';

export type Extension = MatchDefinition | TargetDefinition;

/** A rule in its table; `loads`: what the catalogue says that iptables does with it. */
export interface GrammarCase {
  readonly what: string;
  readonly text: string;
  readonly family: 4 | 6;
  readonly loads: boolean;
}

interface Place {
  readonly table: string;
  readonly chain: string;
}

const tableOf: Readonly<Record<string, string>> = { PREROUTING: 'raw', POSTROUTING: 'mangle' };
const chainsOf: Readonly<Record<string, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

export function isTarget(extension: Extension): extension is TargetDefinition {
  return 'terminal' in extension;
}

/** All that the catalogue says of `extension`, as rules. */
export function* grammarOf(extension: Extension): Generator<GrammarCase> {
  const family = extension.families[0] ?? 4;
  const made = new Maker(extension, family);
  yield made.of('with what it needs', made.needed(), true);
  for (const option of extension.options) {
    const own = option.families?.[0] ?? family;
    if (own !== family) yield made.of(`with ${option.name}, of another family`, made.with(option), false);
    const maker = own === family ? made : new Maker(extension, own);
    yield maker.of(`with ${option.name}`, maker.with(option), true);
    yield* ofOption(maker, option);
  }
  for (const row of extension.needs) {
    const without = made.needed().filter(({ name }) => !row.includes(name));
    yield made.of(`without ${row.join(', ')}`, without, false);
  }
  for (const row of extension.excludes) {
    for (const [index, one] of row.entries()) {
      const other = row[index + 1];
      if (other !== undefined) yield made.of(`with ${one} and ${other}`, made.both(one, other), false);
    }
  }
  yield* ofPlaces(made, extension);
}

function* ofOption(made: Maker, option: OptionDefinition): Generator<GrammarCase> {
  const words = made.with(option);
  const negated = words.map((word) => (word === option ? negation(option) : word));
  yield made.of(`with ! ${option.name}`, negated, option.negatable);
  if (!made.extension.repeats) yield made.of(`with ${option.name} twice`, [...words, option], false);
  if (option.values > 0 && !option.optional) {
    const bare = words.map((word) => (word === option ? { ...option, values: 0 } : word));
    yield made.of(
      `with ${option.name} that lacks its value`,
      [...bare.filter((word) => word.name !== option.name), { ...option, values: 0 }],
      false,
    );
  }
  if (typeof option.needs === 'string') {
    const needed = option.needs;
    yield made.of(
      `with ${option.name}, without ${needed}`,
      words.filter(({ name }) => name !== needed),
      false,
    );
  }
  if (option.protocols !== null)
    yield made.of(`with ${option.name}, without a protocol`, words, false, { protocol: null });
}

function* ofPlaces(made: Maker, extension: Extension): Generator<GrammarCase> {
  const options = made.needed();
  if (extension.protocols !== null) {
    yield made.of('without a protocol', options, false, { protocol: null });
    yield made.of('with another protocol', options, false, { protocol: '47' });
  }
  const { tables, hooks } = extension;
  if (tables !== null) {
    for (const table of Object.keys(chainsOf))
      if (!tables.includes(table))
        yield made.of(`in table ${table}`, options, false, { place: { table, chain: 'X' } });
  }
  if (hooks !== null) {
    for (const [table, chains] of Object.entries(chainsOf))
      for (const chain of chains)
        if (!hooks.includes(chain) && (tables === null || tables.includes(table)))
          yield made.of(`in ${chain} of ${table}`, options, false, { place: { table, chain } });
  }
}

/** An option that is written with a `!`. */
function negation(option: OptionDefinition): OptionDefinition {
  return { ...option, name: `! ${option.name}` };
}

interface Changes {
  readonly protocol?: string | null;
  readonly place?: Place;
}

class Maker {
  readonly extension: Extension;
  readonly #family: 4 | 6;

  constructor(extension: Extension, family: 4 | 6) {
    this.extension = extension;
    this.#family = family;
  }

  /** One option of each row that must be given, and what these need. */
  needed(): readonly OptionDefinition[] {
    return this.#withBeside(this.extension.needs.flatMap(([first = '']) => this.#named(first)));
  }

  /** The options of a rule that has `option`, and of what must be given those that it does not exclude. */
  with(option: OptionDefinition): readonly OptionDefinition[] {
    const excluded = this.#excludedBy(option.name);
    const others = this.extension.needs
      .filter((row) => !row.includes(option.name))
      .flatMap((row) => this.#named(row.find((name) => !excluded.includes(name)) ?? ''));
    return this.#withBeside([...others, option]);
  }

  both(one: string, other: string): readonly OptionDefinition[] {
    const first = this.#named(one)[0];
    const more = this.#named(other).filter((option) => option !== first);
    return first === undefined ? more : [...this.with(first), ...more];
  }

  of(what: string, options: readonly OptionDefinition[], loads: boolean, changes: Changes = {}): GrammarCase {
    const { table, chain } = changes.place ?? this.#place(options);
    const { name } = this.extension;
    const protocol = changes.protocol === undefined ? this.#protocol(options) : changes.protocol;
    const own = options.map((option) => [option.name, ...this.#values(option)].join(' '));
    const words = [
      `-A ${chain}`,
      protocol === null ? '' : `-p ${protocol}`,
      `${isTarget(this.extension) ? '-j' : '-m'} ${name}`,
      ...own,
    ];
    const before = name === 'TCPMSS' ? ' -m tcp --syn' : '';
    const rule = words.filter((word) => word !== '').join(' ') + before;
    const program = this.#family === 6 ? 'ip6tables-save' : 'iptables-save';
    const header = `# Generated by ${program} v1.8.9 (nf_tables) on Sat Nov 21 03:31:10 2026\n`;
    return {
      what: `${name} ${what}: ${rule}`,
      family: this.#family,
      loads,
      text: `${header}*${table}\n:X - [0:0]\n${rule}\nCOMMIT\n`,
    };
  }

  #named(name: string): readonly OptionDefinition[] {
    return this.extension.options.filter((option) => option.name === name);
  }

  #excludedBy(name: string): readonly string[] {
    return this.extension.excludes
      .filter((row) => row.includes(name))
      .flatMap((row) => row.filter((each) => each !== name));
  }

  #withBeside(options: readonly OptionDefinition[]): readonly OptionDefinition[] {
    const wanted = options.flatMap((option) => {
      const { needs } = option;
      const name = typeof needs === 'string' ? needs : (needs?.[this.#values(option)[0] ?? ''] ?? '');
      return this.#named(name).filter((each) => !options.includes(each));
    });
    // What is needed stands before what needs it.
    return wanted.length === 0 ? [...new Set(options)] : this.#withBeside([...wanted, ...options]);
  }

  #values(option: OptionDefinition): readonly string[] {
    return option.values === 0
      ? []
      : validValues(this.extension.name, { ...option, name: option.name.replace('! ', '') }, this.#family);
  }

  #protocol(options: readonly OptionDefinition[]): string | null {
    const { protocols } = this.extension;
    const wanted = protocols ?? options.find((option) => option.protocols !== null)?.protocols ?? null;
    if (wanted !== null) return wanted[0] ?? null;
    return options.some(({ kind }) => kind === 'natPorts') ? 'tcp' : null;
  }

  #place(options: readonly OptionDefinition[]): Place {
    const { tables, hooks } = this.extension;
    const wanted = options.flatMap((option) =>
      Array.isArray(option.hooks) ? [option.hooks[0] ?? ''] : [],
    )[0];
    const chain = wanted ?? hooks?.[0] ?? 'X';
    return { table: tables?.[0] ?? tableOf[chain] ?? 'filter', chain };
  }
}
