/** HOT PATH: the rules of a table over flat lists; a rule is its line. No node is made of what is right. */
import { standardVerdicts } from '../targets.ts';
import type { Chain, ChainDeclaration, Rule } from '../../rules/iptables/nodes.ts';
import { LineKind } from '../../rules/iptables/compact/lineTable.ts';
import type { CompactTable } from '../../rules/iptables/compact/compactTable.ts';
import type { Steps } from '../../values/steps.ts';
import { ChainGraph } from './chainGraph.ts';
import { LONGEST_CHAIN_NAME } from './checkChains.ts';
import { type ChainsInBytes, type LookAtRule, RULES_PER_STEP, type TableRules } from './tableRules.ts';
import type { TableScope } from './tableScope.ts';

const BLANK = 32;
const DASH = 45;
const LINE_FEED = 10;

export class CompactTableRules implements TableRules {
  readonly graph: ChainGraph;
  readonly #table: CompactTable;
  readonly #bytes: Uint8Array;
  readonly #builtIn: readonly string[];
  /** By the number that the flat lists give a chain: its number in the graph, and the other way round. */
  readonly #numbers: Int32Array;
  readonly #chains: number[] = [];

  constructor(table: CompactTable, { builtIn }: TableScope, bytes: Uint8Array) {
    this.#table = table;
    this.#bytes = bytes;
    this.#builtIn = [...builtIn];
    const { chains } = table.section;
    const { lines } = table.nodes;
    this.#numbers = new Int32Array(chains.size).fill(-1);
    this.graph = new ChainGraph(this, builtIn.size + chains.size);
    for (const name of builtIn) {
      const number = this.graph.add(true, -1);
      const chain = chains.numberOf(name);
      this.#chains.push(chain);
      if (chain >= 0) this.#numbers[chain] = number;
    }
    for (let chain = 0; chain < chains.size; chain++) {
      if (this.#numbers[chain] !== -1) continue;
      const line = chains.declared[chain] ?? -1;
      const declaredAt = line < 0 ? Number.POSITIVE_INFINITY : lines.startOf(line);
      this.#numbers[chain] = this.graph.add(false, declaredAt);
      this.#chains.push(chain);
    }
  }

  /** Those that declare a chain of the user's for the first time, by a name that may be one, have nothing to find. */
  get declarations(): readonly ChainDeclaration[] {
    const { section, nodes } = this.#table;
    const again = new Set(section.again.map((line) => nodes.lines.chainOf(line)));
    const odd = section.declarations.filter(
      (line) => !this.#isUsual(line) || again.has(nodes.lines.chainOf(line)),
    );
    return odd.map((line) => nodes.declaration(line));
  }

  get suspects(): Iterable<Chain> {
    const { section, chains } = this.#table;
    const { declared, first } = section.chains;
    const found: Chain[] = [];
    for (let chain = 0; chain < chains.size; chain++) {
      const rule = first[chain] ?? -1;
      const line = declared[chain] ?? -1;
      if (rule >= 0 && (line < 0 || line > rule)) found.push(chains.at(chain));
    }
    return found;
  }

  find(name: string): number {
    const chain = this.#table.section.chains.numberOf(name);
    return chain < 0 ? this.#builtIn.indexOf(name) : (this.#numbers[chain] ?? -1);
  }

  nameOf(chain: number): string {
    const own = this.#chains[chain] ?? -1;
    return own < 0 ? (this.#builtIn[chain] ?? '') : this.#table.chains.at(own).name;
  }

  ruleOf(line: number): Rule {
    return this.#table.nodes.rule(line);
  }

  chainsIn(): ChainsInBytes {
    return { names: this.#table.section.chains, numbers: this.#numbers };
  }

  *each(look: LookAtRule): Steps<void> {
    const { start, end } = this.#table.section;
    for (let line = start; line <= end; line += RULES_PER_STEP) {
      this.#some(line, Math.min(end + 1, line + RULES_PER_STEP), look);
      yield;
    }
  }

  /** A function of its own, which unlike a generator is compiled while it runs. */
  #some(from: number, to: number, look: LookAtRule): void {
    const { lines } = this.#table.nodes;
    for (let line = from; line < to; line++) {
      if (lines.kindOf(line) !== LineKind.rule) continue;
      look(line, lines.startOf(line), lines.endOf(line), this.#numbers[lines.chainOf(line)] ?? -1);
    }
  }

  /** `:NAME - [0:0]`, see `checkDeclarations`. */
  #isUsual(line: number): boolean {
    const { section, nodes } = this.#table;
    const chain = nodes.lines.chainOf(line);
    const start = section.chains.startOf(chain);
    const length = section.chains.endOf(chain) - start;
    const policy = nodes.lines.startOf(line) + 1 + length + 1;
    const behind = this.#bytes[policy + 1];
    const isUser = this.#bytes[policy] === DASH && (behind === BLANK || behind === LINE_FEED);
    if (!isUser || length > LONGEST_CHAIN_NAME || this.graph.isBuiltIn(this.#numbers[chain] ?? -1))
      return false;
    return length > LONGEST_VERDICT || !standardVerdicts.has(this.#table.chains.at(chain).name);
  }
}

const LONGEST_VERDICT = 6;
