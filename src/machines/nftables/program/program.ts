/** The rules of one family, compiled chain by chain as packets come to them. */
import type { Family } from '../../../kernel/flow.ts';
import type { Node } from '../../../kernel/node/node.ts';
import type { SourceId } from '../../../kernel/ruleAt.ts';
import { chainsOf, type PlacedChain, tableName } from '../../../rules/nftables/chains.ts';
import type { BaseChain, Ruleset, Table, TableItem } from '../../../rules/nftables/nodes.ts';
import type { StatefulStatement } from '../../../rules/nftables/stateful.ts';
import type { Rule } from '../../../rules/nftables/statements.ts';
import { TableSets } from '../sets/tableSets.ts';
import { type CompiledRule, compileRule } from './compileRule.ts';
import type { RuleContext } from './context.ts';
import { decides } from './decides.ts';

/** What a family of packets meets: its own tables, and those of both; those of `bridge` and `arp` see frames. */
const familiesOf: Readonly<Record<Family, readonly string[]>> = {
  4: ['ip', 'inet', 'netdev'],
  6: ['ip6', 'inet', 'netdev'],
};

export interface ProgramSettings {
  readonly source: SourceId;
  readonly family: Family;
  readonly node: Node;
  /** `ip filter`: whether a table's rules are taken from elsewhere. */
  readonly isElsewhere: (table: string) => boolean;
}

export class Program {
  /** In the order of the listing, without what is taken from elsewhere. */
  readonly tables: readonly ProgramTable[];

  constructor(ruleset: Ruleset, settings: ProgramSettings) {
    const { text } = ruleset;
    const items = new Map<string, readonly TableItem[]>();
    for (const table of ruleset.tables) {
      if (!isFollowed(table, settings)) continue;
      const name = tableName(table);
      items.set(name, (items.get(name) ?? []).concat(table.items));
    }
    this.tables = [...items].map(
      ([name, of]) =>
        new ProgramTable(
          { name, items: of, chains: chainsOf(ruleset).get(name) ?? NO_CHAINS },
          { ...settings, text },
        ),
    );
  }
}

const NO_CHAINS: ReadonlyMap<string, PlacedChain> = new Map();

function isFollowed(table: Table, { family, isElsewhere }: ProgramSettings): boolean {
  return (
    familiesOf[family].includes(table.family) &&
    !table.flags.includes('dormant') &&
    !isElsewhere(tableName(table))
  );
}

interface TableSettings extends ProgramSettings {
  readonly text: string;
}

interface TableParts {
  readonly name: string;
  readonly items: readonly TableItem[];
  readonly chains: ReadonlyMap<string, PlacedChain>;
}

export class ProgramTable {
  readonly name: string;
  readonly source: SourceId;
  /** Its base chains, in the order of the listing. */
  readonly bases: readonly CompiledChain[];
  readonly #settings: TableSettings;
  readonly #sets: TableSets;
  readonly #items: readonly TableItem[];
  readonly #chains: readonly CompiledChain[];
  readonly #numbers: ReadonlyMap<string, number>;

  constructor({ name, items, chains }: TableParts, settings: TableSettings) {
    this.name = name;
    this.source = settings.source;
    this.#settings = settings;
    this.#items = items;
    this.#sets = new TableSets(name, items);
    this.#chains = [...chains.values()].map((chain) => new CompiledChain(this, chain));
    this.#numbers = new Map([...chains.keys()].map((key, index) => [key, index]));
    this.bases = this.#chains.filter(({ base }) => base !== null);
  }

  /** By the number of a jump to it; null where the table has no such chain. */
  chain(number: number): CompiledChain | null {
    return this.#chains[number] ?? null;
  }

  /** Whether `holds` for some rule of the table, also in chains that nothing comes to. */
  some(holds: (rule: Rule) => boolean): boolean {
    return this.#items.some((item) => item.kind === 'chain' && item.rules.some(holds));
  }

  #at(chain: string, index: number, { start, end }: Rule): RuleContext['at'] {
    return { source: this.#settings.source, table: this.name, chain, index, span: { start, end } };
  }

  compile(chain: string, index: number, rule: Rule): CompiledRule {
    const { family, node, text } = this.#settings;
    return compileRule(rule, {
      text,
      at: this.#at(chain, index, rule),
      family,
      node,
      sets: this.#sets,
      decides: decides(rule),
      object: (type, name) => this.#object(type, name),
      chainNumber: (name) => this.#numbers.get(name) ?? -1,
    });
  }

  #object(type: string, name: string): StatefulStatement | null {
    for (const item of this.#items) {
      if (item.kind !== 'object' || item.type !== type || item.name.text !== name) continue;
      return item.state === null || item.state.kind === 'synproxy' ? null : item.state;
    }
    return null;
  }
}

export class CompiledChain {
  readonly table: ProgramTable;
  readonly name: string;
  readonly base: BaseChain | null;
  readonly policy: 'ACCEPT' | 'DROP';
  readonly length: number;
  readonly #rules: readonly Rule[];
  readonly #compiled: CompiledRule[] = [];

  constructor(table: ProgramTable, { name, base, policy, rules }: PlacedChain) {
    this.table = table;
    this.name = name;
    this.base = base;
    this.policy = policy === 'drop' ? 'DROP' : 'ACCEPT';
    this.length = rules.length;
    this.#rules = rules;
  }

  /** Null behind the last one. */
  rule(index: number): CompiledRule | null {
    const known = this.#compiled[index];
    if (known !== undefined) return known;
    const rule = this.#rules[index];
    if (rule === undefined) return null;
    const compiled = this.table.compile(this.name, index, rule);
    this.#compiled[index] = compiled;
    return compiled;
  }
}
