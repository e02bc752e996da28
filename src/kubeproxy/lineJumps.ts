/** HOT PATH: the jumps between the chains of a dump's table, as numbers: nodes are made of what is asked for. */
import type { CompactRuleset } from '../rules/iptables/compact/compactRuleset.ts';
import type { CompactTable } from '../rules/iptables/compact/compactTable.ts';
import type { Chain, Rule } from '../rules/iptables/nodes.ts';
import { LineTargets } from './lineTargets.ts';

/** A rule that jumps or goes to a chain. */
export interface Jump {
  readonly from: Chain;
  readonly rule: Rule;
}

/** Makes no node before it is asked for: of fifty thousand jumps to KUBE-MARK-MASQ mostly the number is wanted, and the first few. */
class LineJump implements Jump {
  readonly #ruleset: CompactRuleset;
  readonly #table: CompactTable;
  readonly #line: number;

  constructor(ruleset: CompactRuleset, table: CompactTable, line: number) {
    this.#ruleset = ruleset;
    this.#table = table;
    this.#line = line;
  }

  get from(): Chain {
    return this.#table.chains.at(this.#ruleset.source.lines.chainOf(this.#line));
  }

  get rule(): Rule {
    return this.#ruleset.nodes.rule(this.#line);
  }
}

/** For so many chains the numbers of all lines are looked through, which an index for more of them costs tens of times. */
const MOST_LOOKED_FOR = 16;
const NO_LINES = new Int32Array(0);

export class LineJumps {
  readonly #ruleset: CompactRuleset;
  readonly #table: CompactTable;
  /** By line; see `LineTargets`. */
  readonly #targets: Int32Array;
  /** What was looked for, while no index is there. */
  readonly #looked = new Map<number, Int32Array>();
  /** The lines that jump to a chain stand in `#lines` from the number that is here for it up to that of the next one. */
  #starts: Int32Array | null = null;
  #lines = new Int32Array(0);

  constructor(ruleset: CompactRuleset, table: CompactTable) {
    this.#ruleset = ruleset;
    this.#table = table;
    this.#targets = ruleset.byLine(LineTargets, () => new LineTargets(ruleset)).of(table);
  }

  /** The rules that jump to a chain of the table, in file order by the chains that they are in; the first `most` of them. */
  to(name: string, most = Infinity): readonly Jump[] {
    return Array.from(
      this.#linesTo(name).slice(0, most),
      (line) => new LineJump(this.#ruleset, this.#table, line),
    );
  }

  countTo(name: string): number {
    return this.#linesTo(name).length;
  }

  #linesTo(name: string): Int32Array {
    const chain = this.#table.section.chains.names.numberOf(name);
    if (chain < 0) return NO_LINES;
    const looked = this.#looked.get(chain);
    if (looked !== undefined) return looked;
    if (this.#starts === null && this.#looked.size < MOST_LOOKED_FOR) {
      const found = this.#lookFor(chain);
      this.#looked.set(chain, found);
      return found;
    }
    const starts = (this.#starts ??= this.#index());
    return this.#lines.subarray(starts[chain], starts[chain + 1]);
  }

  /** One look at the number of each line. */
  #lookFor(chain: number): Int32Array {
    const { lines } = this.#ruleset.source;
    const { start, end } = this.#table.section;
    const found: number[] = [];
    let isOrdered = true;
    const targets = this.#targets;
    for (
      let line = targets.indexOf(chain, start);
      line >= 0 && line <= end;
      line = targets.indexOf(chain, line + 1)
    ) {
      isOrdered &&= lines.chainOf(found.at(-1) ?? line) <= lines.chainOf(line);
      found.push(line);
    }
    if (!isOrdered) found.sort((a, b) => lines.chainOf(a) - lines.chainOf(b) || a - b);
    return Int32Array.from(found);
  }

  /** The chains of the table that none of `begun` leads to, in file order. */
  unreachedFrom(begun: readonly Chain[]): readonly Chain[] {
    const { chains } = this.#table.section;
    const reached = new Uint8Array(chains.size);
    const open = begun.map(({ name }) => chains.names.numberOf(name));
    for (const chain of open) reached[chain] = 1;
    for (let chain = open.pop(); chain !== undefined; chain = open.pop()) {
      this.#eachJump(chain, (target) => {
        if (reached[target] === 1) return;
        reached[target] = 1;
        open.push(target);
      });
    }
    const left: Chain[] = [];
    for (let chain = 0; chain < chains.size; chain++) {
      if (reached[chain] === 0) left.push(this.#table.chains.at(chain));
    }
    return left;
  }

  #eachJump(chain: number, take: (target: number, line: number) => void): void {
    const { lines } = this.#ruleset.source;
    for (let at = this.#table.section.chains.first[chain] ?? -1; at >= 0; at = lines.nextOf(at)) {
      const target = this.#targets[at] ?? -1;
      if (target >= 0) take(target, at);
    }
  }

  /** Fills `#lines`; gives `#starts`. */
  #index(): Int32Array {
    const { size } = this.#table.section.chains;
    const starts = new Int32Array(size + 1);
    for (let chain = 0; chain < size; chain++) {
      this.#eachJump(chain, (target) => {
        starts[target + 1] = (starts[target + 1] ?? 0) + 1;
      });
    }
    for (let chain = 0; chain < size; chain++)
      starts[chain + 1] = (starts[chain + 1] ?? 0) + (starts[chain] ?? 0);
    this.#lines = new Int32Array(starts[size] ?? 0);
    const next = starts.slice();
    for (let chain = 0; chain < size; chain++) {
      this.#eachJump(chain, (target, line) => {
        const at = next[target] ?? 0;
        this.#lines[at] = line;
        next[target] = at + 1;
      });
    }
    return starts;
  }
}
