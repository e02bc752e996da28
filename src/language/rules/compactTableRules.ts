/** HOT PATH: the rules of a table over flat lists; a rule is its line. No node is made of what is right. */
import type { Chain, ChainDeclaration, Rule } from '../../rules/iptables/nodes.ts';
import { LineKind } from '../../rules/iptables/compact/lineTable.ts';
import type { CompactTable } from '../../rules/iptables/compact/compactTable.ts';
import type { Steps } from '../../values/steps.ts';
import type { SectionChains } from './sectionChains.ts';
import { type ChainsInBytes, type LookAtRule, RULES_PER_STEP, type TableRules } from './tableRules.ts';
import type { TableScope } from './tableScope.ts';

export class CompactTableRules implements TableRules {
  readonly table: CompactTable;
  readonly #own: SectionChains;
  readonly #builtIn: readonly string[];

  /** `own`: of the table's section. */
  constructor(table: CompactTable, { builtIn }: TableScope, own: SectionChains) {
    this.table = table;
    this.#own = own;
    this.#builtIn = [...builtIn];
  }

  get size(): number {
    return this.#own.chains.length;
  }

  get declarations(): readonly ChainDeclaration[] {
    return this.#own.odd.map((line) => this.table.nodes.declaration(line));
  }

  get suspects(): Iterable<Chain> {
    return this.#own.suspects.map((chain) => this.table.chains.at(chain));
  }

  isBuiltIn(chain: number): boolean {
    return chain >= 0 && chain < this.#builtIn.length;
  }

  declaredAt(chain: number): number {
    if (this.isBuiltIn(chain)) return -1;
    const line = this.table.section.chains.declared[this.chainOf(chain)] ?? -1;
    return line < 0 ? Number.POSITIVE_INFINITY : this.table.nodes.lines.startOf(line);
  }

  find(name: string): number {
    const chain = this.table.section.chains.names.numberOf(name);
    return chain < 0 ? this.#builtIn.indexOf(name) : this.numberOf(chain);
  }

  nameOf(chain: number): string {
    const own = this.chainOf(chain);
    return own < 0 ? (this.#builtIn[chain] ?? '') : this.table.section.chains.names.nameOf(own);
  }

  ruleOf(line: number): Rule {
    return this.table.nodes.rule(line);
  }

  chainsIn(): ChainsInBytes {
    const { targets, declaredBy } = this.#own;
    const declaredAt = declaredBy < 0 ? 0 : this.table.nodes.lines.startOf(declaredBy);
    return { names: this.table.section.chains.names, targets, declaredBy: declaredAt };
  }

  /** Of a chain, by the number that the flat lists give it: its number. */
  numberOf(chain: number): number {
    return this.#own.numbers[chain] ?? -1;
  }

  /** The other way round; -1 for a built-in chain that the table does not have. */
  chainOf(number: number): number {
    return this.#own.chains[number] ?? -1;
  }

  /** Whether the chain that the flat lists give this number is declared in a line above `line`. */
  isDeclaredAbove(chain: number, line: number): boolean {
    const declared = this.table.section.chains.declared[chain] ?? -1;
    return declared >= 0 && declared < line;
  }

  *each(look: LookAtRule): Steps<void> {
    const { start, end } = this.table.section;
    for (let line = start; line <= end; line += RULES_PER_STEP) {
      this.#some(line, Math.min(end + 1, line + RULES_PER_STEP), look);
      yield;
    }
  }

  /** A function of its own, which unlike a generator is compiled while it runs. */
  #some(from: number, to: number, look: LookAtRule): void {
    const { lines } = this.table.nodes;
    for (let line = from; line < to; line++) {
      if (lines.kindOf(line) !== LineKind.rule) continue;
      look(line, lines.startOf(line), lines.endOf(line), this.numberOf(lines.chainOf(line)));
    }
  }
}
