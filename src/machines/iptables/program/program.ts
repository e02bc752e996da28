import type { Chain, Generator, Rule, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { countOf } from '../../../rules/iptables/compact/compactTable.ts';
import type { Listing } from '../../../rules/iptables/listing/listing.ts';
import { knownChain } from '../../../rules/iptables/parts/knownChains.ts';
import { type Part, type PartOfTable, partOf } from '../../../rules/iptables/parts/part.ts';
import { lastSections } from '../../../rules/iptables/sections.ts';
import type { Family } from '../../../kernel/flow.ts';
import type { Node } from '../../../kernel/node/node.ts';
import type { RuleAt, SourceId } from '../../../kernel/ruleAt.ts';
import type { HookName } from '../../../kernel/trace.ts';
import { formatAddress } from '../../../values/address.ts';
import { plainSource } from './plainHost.ts';
import { ChainIndex, INDEXED_FROM } from './chainIndex.ts';
import type { Packet } from '../../../kernel/packet.ts';
import { type CompiledRule, compileRule } from './compileRule.ts';
import { type HashTable, hashTables } from './hashTables.ts';
import { type RecentMask, recentMasks } from './recentMasks.ts';
import { RuleForms } from './ruleForms.ts';
import { type Ladder, ladderAt } from './ladder.ts';
import { needsConntrack } from './needsConntrack.ts';
import type { Surroundings } from './surroundings.ts';
import { tableNames } from '../tables.ts';

/** One chain, its rules compiled as packets come to them. */
export class CompiledChain {
  readonly table: string;
  readonly name: string;
  readonly rules: readonly Rule[];
  /** The walk that is in the chain, or may not come to it again; 0 for none. */
  walk = 0;
  readonly #chain: Chain | null;
  readonly #program: Program;
  readonly #compiled: (CompiledRule | undefined)[];
  #leads: (CompiledChain | undefined)[] | null = null;
  #ladders: Map<number, Ladder | null> | null = null;
  #sources: (string | null | undefined)[] | null = null;
  #index: ChainIndex | null = null;

  constructor(program: Program, table: string, name: string, chain: Chain | null) {
    this.#program = program;
    this.table = table;
    this.name = name;
    this.#chain = chain;
    this.rules = chain?.rules ?? [];
    this.#compiled = this.#forEach();
  }

  /** Of a built-in chain; a policy that is not given is ACCEPT. */
  get policy(): 'ACCEPT' | 'DROP' {
    return this.#chain?.declaration?.policy?.text === 'DROP' ? 'DROP' : 'ACCEPT';
  }

  /** Whether the rules declare it, or have rules of it. */
  get exists(): boolean {
    return this.#chain !== null && isThere(this.#chain);
  }

  /** The rules that `packet` has to be held against, as positions in order; null = all of them. */
  candidates(packet: Packet): readonly number[] | null {
    return this.#indexed()?.candidates(packet) ?? null;
  }

  /** Builds what the first packet would wait for. */
  prepare(): void {
    this.#indexed();
  }

  #indexed(): ChainIndex | null {
    if (this.rules.length < INDEXED_FROM || !this.#program.indexed) return null;
    return (this.#index ??= new ChainIndex(this.#program.text, this.rules, this.#program.family));
  }

  /** The row of random rules that begins at `position`, if one does. */
  ladder(position: number): Ladder | null {
    const chance = this.rule(position)?.chance ?? null;
    if (chance === null || chance === 1) return null;
    const ladders = (this.#ladders ??= new Map());
    const known = ladders.get(position);
    if (known !== undefined) return known;
    const ladder = ladderAt((at) => this.rule(at), position);
    ladders.set(position, ladder);
    return ladder;
  }

  /**
   * Whether the rule asks for another source than the packet's, as its bare text tells: then it need not be compiled. Most
   * endpoints are never the client.
   */
  passesOver(position: number, packet: Packet): boolean {
    if (this.#compiled[position] !== undefined || packet.family !== 4 || packet.sourceUnknown) return false;
    const sources = (this.#sources ??= this.#forEach());
    let source = sources[position];
    if (source === undefined) {
      const rule = this.rules[position];
      source = rule === undefined ? null : plainSource(this.#program.text, rule.start);
      sources[position] = source;
    }
    return source !== null && source !== sourceText(packet.source);
  }

  /** The chain `name` of the same table, to which the rule at `position` leads: among 60,000 it is looked up once. */
  leadsTo(position: number, name: string): CompiledChain {
    const leads = (this.#leads ??= this.#forEach());
    return (leads[position] ??= this.#program.chain(this.table, name));
  }

  /** At full length from the start: an array that is written far behind its end becomes a slow one. */
  #forEach(): undefined[] {
    return this.rules.map(() => undefined);
  }

  rule(position: number): CompiledRule | null {
    const known = this.#compiled[position];
    if (known !== undefined) return known;
    const rule = this.rules[position];
    if (rule === undefined) return null;
    const { source } = this.#program;
    const span = { start: rule.start, end: rule.end };
    const at: RuleAt = { source, table: this.table, chain: this.name, index: position, span };
    const program = this.#program;
    const compiled = program.forms.compile(program.text, rule, at) ?? compileRule(rule, at, program);
    this.#compiled[position] = compiled;
    return compiled;
  }
}

/** Whether the rules declare it, or have rules of it. */
function isThere(chain: Chain): boolean {
  return countOf(chain) > 0 || chain.declaration !== null;
}

const NO_SOURCE = -1n;
let lastSource = { value: NO_SOURCE, text: '' };

/** `10.244.1.7/32`; of one packet after the other it is the same. */
function sourceText(value: bigint): string {
  if (value !== lastSource.value) lastSource = { value, text: `${formatAddress({ family: 4, value })}/32` };
  return lastSource.text;
}

export interface ProgramSettings {
  readonly source: SourceId;
  readonly family: Family;
  readonly node: Node;
  /** False only in tests, which compare with the plain walk. */
  readonly indexed: boolean;
}

/** The rules of one family, ready to be walked. */
export class Program implements Surroundings {
  readonly source: SourceId;
  readonly family: Family;
  readonly node: Node;
  readonly text: string;
  readonly listing: Listing | null;
  readonly indexed: boolean;
  /** What the rules lack where they are a part of a dump; null where they are whole. */
  readonly part: Part | null;
  readonly forms = new RuleForms(this);
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #chains = new Map<string, Map<string, CompiledChain>>();
  #walks = 0;
  #tracking: boolean | null = null;
  #recentMasks: ReadonlyMap<string, RecentMask> | null = null;
  #hashTables: ReadonlyMap<string, HashTable> | null = null;

  constructor(ruleset: Ruleset, { source, family, node, indexed }: ProgramSettings) {
    this.source = source;
    this.family = family;
    this.node = node;
    this.text = ruleset.text;
    this.listing = ruleset.listing;
    this.indexed = indexed;
    this.#tables = tablesOf(ruleset, family);
    this.part = partOf(ruleset);
  }

  /** Builds the indexes of all long chains, which a trace would otherwise do when it first comes to one. */
  prepare(): void {
    for (const [name, table] of this.#tables) {
      for (const [chain, each] of table.chains) {
        if (countOf(each) >= INDEXED_FROM) this.chain(name, chain).prepare();
      }
    }
    void this.tracksConnections;
    this.recentMask('');
  }

  /** Whether any rule is there at all. */
  get isEmpty(): boolean {
    return this.#tables.size === 0;
  }

  generator(table: string): Generator | null {
    return this.#tables.get(table)?.generator ?? null;
  }

  lengthOf(table: string, chain: string): number {
    return this.#tables.get(table)?.chains.get(chain)?.rules.length ?? 0;
  }

  recentMask(list: string): RecentMask | null {
    this.#recentMasks ??= recentMasks([...this.#tables.values()], this.text);
    return this.#recentMasks.get(list) ?? null;
  }

  hashTable(name: string): HashTable | null {
    this.#hashTables ??= hashTables([...this.#tables.values()], this.text);
    return this.#hashTables.get(name) ?? null;
  }

  /**
   * Which of the two kernel implementations the table was printed from; null where the dump does not say. Every
   * iptables-save of the nf_tables kind names it in its first line; one that names nothing is of the legacy kind.
   */
  backend(table: string): 'nf_tables' | 'legacy' | null {
    const generator = this.generator(table);
    return generator === null ? null : (generator.backend ?? 'legacy');
  }

  chain(table: string, name: string): CompiledChain {
    let chains = this.#chains.get(table);
    if (chains === undefined) {
      chains = new Map();
      this.#chains.set(table, chains);
    }
    let chain = chains.get(name);
    if (chain === undefined) {
      chain = new CompiledChain(this, table, name, this.#tables.get(table)?.chains.get(name) ?? null);
      chains.set(name, chain);
    }
    return chain;
  }

  /** A number for the next walk, which no other has. */
  nextWalk(): number {
    return ++this.#walks;
  }

  hasChain(table: string, name: string): boolean {
    const chain = this.#tables.get(table)?.chains.get(name);
    return (chain !== undefined && isThere(chain)) || this.#isAbsent(table, name);
  }

  /** A chain that the part of a dump lacks. It has no rules here: packets pass it. */
  #isAbsent(table: string, name: string): boolean {
    const found = this.#tables.get(table);
    return found !== undefined && this.part?.tables.get(found)?.absent.has(name) === true;
  }

  lacksDecision(table: string, name: string): boolean {
    return this.part !== null && this.#isAbsent(table, name) && knownChain(name)?.decides != null;
  }

  /** A table of which a part only is there, and what it lacks; null for a whole one, and for one that is not there. */
  partOfTable(table: string): { readonly table: Table; readonly part: PartOfTable } | null {
    const found = this.#tables.get(table);
    const part = found === undefined ? undefined : this.part?.tables.get(found);
    return found === undefined || part === undefined ? null : { table: found, part };
  }

  /** The built-in chain of a hook; null where the table has none. */
  base(table: string, hook: HookName): CompiledChain | null {
    return this.#tables.get(table)?.chains.has(hook) === true ? this.chain(table, hook) : null;
  }

  /**
   * Whether some rule asks for conntrack, which the kernel registers for a family only while one does; without it, nat
   * chains are never looked at (nf_nat_inet_fn returns at once when a packet has no connection). A part does not show it.
   */
  get tracksConnections(): boolean {
    this.#tracking ??= this.part !== null || needsConntrack([...this.#tables.values()], this.text);
    return this.#tracking;
  }
}

/** The tables that the kernel would hold, by name. */
function tablesOf(ruleset: Ruleset, family: Family): ReadonlyMap<string, Table> {
  const own = ruleset.tables.filter(
    (table) =>
      tableNames.some((name) => name === table.name) && (table.family === null || table.family === family),
  );
  return new Map(lastSections(own).map((table) => [table.name, table]));
}
