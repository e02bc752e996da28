/** A ruleset as its tables and commands say it, one part after the other. */
import type { Word } from '../expressions.ts';
import type { Chain, Command, NamedObject, Flowtable, Ruleset, SetDefinition, TableItem } from '../nodes.ts';
import type { Rule } from '../statements.ts';

/** A table's block, or a command. */
export interface Part {
  readonly start: number;
  readonly family: string;
  /** `inet filter` */
  readonly table: string;
  readonly tableWord: Word;
  /** Whether the table is made here. */
  readonly makesTable: boolean;
  readonly chains: readonly Chain[];
  /** Chains that are named and not described: `add chain ip t c`. */
  readonly bareChains: readonly Word[];
  readonly sets: readonly SetDefinition[];
  readonly objects: readonly NamedObject[];
  readonly flowtables: readonly Flowtable[];
  /** The rules of each chain, in the order of the text. */
  readonly bodies: readonly { readonly rules: readonly Rule[]; readonly chain: string }[];
  readonly command: Command | null;
}

const known = new WeakMap<Ruleset, readonly Part[]>();

/** In the order of the text; made once of a ruleset. */
export function partsOf(ruleset: Ruleset): readonly Part[] {
  let parts = known.get(ruleset);
  if (parts === undefined) known.set(ruleset, (parts = readParts(ruleset)));
  return parts;
}

function readParts({ tables, commands }: Ruleset): readonly Part[] {
  const ofTables = tables.map(({ family, name, items, start }) => ({
    ...ofItems(items),
    start,
    family,
    table: `${family} ${name.text}`,
    tableWord: name,
    makesTable: true,
    bareChains: [],
    command: null,
  }));
  return [...ofTables, ...commands.flatMap(partOfCommand)].toSorted((one, other) => one.start - other.start);
}

function partOfCommand(command: Command): Part[] {
  const { family, table, object, target, rule, item, name: verb, start } = command;
  if (table === null || object === null) return [];
  const makes = verb === 'add' || verb === 'create' || verb === 'insert' || verb === 'replace';
  const items = makes && item !== null ? [item] : [];
  const isBare = makes && object === 'chain' && item === null && target !== null;
  const own = ofItems(items);
  return [
    {
      ...own,
      start,
      family,
      table: `${family} ${table.text}`,
      tableWord: table,
      makesTable: makes && object === 'table',
      bareChains: isBare ? [target] : [],
      bodies: rule === null ? own.bodies : [{ rules: [rule], chain: target?.text ?? '' }],
      command,
    },
  ];
}

function ofItems(
  items: readonly TableItem[],
): Pick<Part, 'chains' | 'sets' | 'objects' | 'flowtables' | 'bodies'> {
  const chains = items.filter((item): item is Chain => item.kind === 'chain');
  return {
    chains,
    sets: items.filter((item): item is SetDefinition => item.kind === 'set' || item.kind === 'map'),
    objects: items.filter((item): item is NamedObject => item.kind === 'object'),
    flowtables: items.filter((item): item is Flowtable => item.kind === 'flowtable'),
    bodies: chains.map(({ name, rules }) => ({ rules, chain: name.text })),
  };
}
