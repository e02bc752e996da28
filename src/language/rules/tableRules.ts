/** The rules of a table with numbers for its chains and rules, whatever the tree is made of. */
import type { Chain, ChainDeclaration, Rule } from '../../rules/iptables/nodes.ts';
import { ChainTable } from '../../rules/iptables/compact/chainTable.ts';
import type { Steps } from '../../values/steps.ts';
import { ChainGraph, type ChainNaming } from './chainGraph.ts';
import type { TableScope } from './tableScope.ts';

/** Rules looked at between two pauses: some milliseconds of work. */
export const RULES_PER_STEP = 4_000;

/** Looks at a rule, which stands between `start` and `end`. `from`: the number of its chain. */
export type LookAtRule = (rule: number, start: number, end: number, from: number) => void;

/** The chains of a table, found by their names in the bytes of the text. */
export interface ChainsInBytes {
  readonly names: ChainTable;
  /** By the number that `names` gives a chain: its number in the graph, -1 for one that is not known there. */
  readonly numbers: Int32Array;
}

export interface TableRules extends ChainNaming {
  /** Every chain of the table, the built-in ones first; as yet without jumps. */
  readonly graph: ChainGraph;
  /** In order of the file; those may be missing in which there is nothing to find. */
  readonly declarations: readonly ChainDeclaration[];
  /** Those that may be used without being declared. */
  readonly suspects: Iterable<Chain>;
  /** For looking chains up in `bytes`, which are those of the text. */
  chainsIn(bytes: Uint8Array): ChainsInBytes;
  /** Goes over every rule that the table has in the end. */
  each(look: LookAtRule): Steps<void>;
}

/** Over the nodes of the tree. `declarations`: those of the table. */
export class TreeRules implements TableRules {
  readonly graph: ChainGraph;
  readonly declarations: readonly ChainDeclaration[];
  readonly #chains: ReadonlyMap<string, Chain>;
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #rules: Rule[] = [];

  constructor({ table, builtIn }: TableScope, declarations: readonly ChainDeclaration[]) {
    this.declarations = declarations;
    this.#chains = table.chains;
    this.graph = new ChainGraph(this, builtIn.size + table.chains.size);
    for (const name of builtIn) this.#add(name, true, -1);
    for (const { name, declaration } of table.chains.values()) {
      if (!builtIn.has(name)) this.#add(name, false, declaration?.start ?? Number.POSITIVE_INFINITY);
    }
  }

  get suspects(): Iterable<Chain> {
    return this.#chains.values();
  }

  find(name: string): number {
    return this.#numbers.get(name) ?? -1;
  }

  nameOf(chain: number): string {
    return this.#names[chain] ?? '';
  }

  ruleOf(rule: number): Rule {
    const found = this.#rules[rule];
    if (found === undefined) throw new RangeError(`no rule ${rule}`);
    return found;
  }

  chainsIn(bytes: Uint8Array): ChainsInBytes {
    const names = new ChainTable(bytes);
    const numbers: number[] = [];
    for (const { name, declaration } of this.#chains.values()) {
      if (declaration === null || declaration.name.end - declaration.name.start !== name.length) continue;
      numbers[names.intern(declaration.name.start, declaration.name.end)] = this.find(name);
    }
    return { names, numbers: Int32Array.from(numbers) };
  }

  *each(look: LookAtRule): Steps<void> {
    for (const { name, rules } of this.#chains.values()) {
      const from = this.find(name);
      for (const rule of rules) {
        look(this.#rules.push(rule) - 1, rule.start, rule.end, from);
        if (this.#rules.length % RULES_PER_STEP === 0) yield;
      }
    }
  }

  #add(name: string, builtIn: boolean, declaredAt: number): void {
    this.#numbers.set(name, this.graph.add(builtIn, declaredAt));
    this.#names.push(name);
  }
}
