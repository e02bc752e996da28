/** HOT PATH: what follows from the chains of a section over flat lists, whatever its rules say. An edit within rules leaves it the same. */
import type { CompactTable } from '../../rules/iptables/compact/compactTable.ts';
import { standardVerdicts } from '../targets.ts';
import { LONGEST_CHAIN_NAME } from './checkChains.ts';
import { chainsLikeTargets } from './tableRules.ts';

const BLANK = 32;
const DASH = 45;
const LINE_FEED = 10;
const LONGEST_VERDICT = 6;

export class SectionChains {
  readonly #builtIn: number;
  /** By the number that the flat lists give a chain: its number among all chains, and the other way round. */
  readonly numbers: Int32Array;
  readonly chains: Int32Array;
  /** As `ChainsInBytes.targets`. */
  readonly targets: Int32Array;
  /** The last line that first declares one of them; -1 where none does. */
  readonly declaredBy: number;
  /** The lines of declarations in which something may be wrong. */
  readonly odd: readonly number[];
  /** The chains, by the flat lists, that may be used without being declared. */
  readonly suspects: readonly number[];

  constructor(table: CompactTable, builtIn: ReadonlySet<string>) {
    const { chains } = table.section;
    const { names, size } = chains;
    this.#builtIn = builtIn.size;
    this.numbers = new Int32Array(size).fill(-1);
    this.chains = new Int32Array(builtIn.size + size).fill(-1);
    let count = 0;
    for (const name of builtIn) {
      const chain = names.numberOf(name);
      this.chains[count] = chain;
      if (chain >= 0) this.numbers[chain] = count;
      count++;
    }
    this.targets = new Int32Array(size).fill(-1);
    let declaredBy = -1;
    for (let chain = 0; chain < size; chain++) {
      if (this.numbers[chain] !== -1) continue;
      this.chains[count] = chain;
      this.numbers[chain] = count;
      const line = chains.declared[chain] ?? -1;
      if (line >= 0) this.targets[chain] = count;
      if (line > declaredBy) declaredBy = line;
      count++;
    }
    this.chains = this.chains.subarray(0, count);
    for (const chain of chainsLikeTargets(names)) this.targets[chain] = -1;
    this.declaredBy = declaredBy;
    this.odd = this.#oddDeclarations(table);
    this.suspects = suspectsOf(table);
  }

  /** Those that declare a chain of the user's for the first time, by a name that may be one, have nothing to find. */
  #oddDeclarations({ section, nodes: { lines, text } }: CompactTable): readonly number[] {
    const { names } = section.chains;
    const again = new Set(section.again.map((line) => lines.chainOf(line)));
    return section.declarations.filter((line) => {
      const chain = lines.chainOf(line);
      const length = names.lengthOf(chain);
      // `:NAME - [0:0]`, see `checkDeclarations`.
      const policy = lines.startOf(line) + 1 + length + 1;
      const behind = text.charCodeAt(policy + 1);
      const isUser = text.charCodeAt(policy) === DASH && (behind === BLANK || behind === LINE_FEED);
      const isBuiltIn = (this.numbers[chain] ?? 0) < this.#builtIn;
      if (!isUser || length > LONGEST_CHAIN_NAME || isBuiltIn || again.has(chain)) return true;
      return length <= LONGEST_VERDICT && standardVerdicts.has(names.nameOf(chain));
    });
  }
}

function suspectsOf({ section: { chains } }: CompactTable): readonly number[] {
  const found: number[] = [];
  for (let chain = 0; chain < chains.size; chain++) {
    const rule = chains.first[chain] ?? -1;
    const line = chains.declared[chain] ?? -1;
    if (rule >= 0 && (line < 0 || line > rule)) found.push(chain);
  }
  return found;
}
