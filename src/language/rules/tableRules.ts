/** The rules of a table with numbers for its chains and rules, whatever the tree is made of. */
import type { Chain, ChainDeclaration, Rule } from '../../rules/iptables/nodes.ts';
import { ChainNames } from '../../rules/iptables/compact/chainNames.ts';
import type { Steps } from '../../values/steps.ts';
import { targetDefinitions } from '../../rules/iptables/catalogue/targets.ts';
import { standardVerdicts } from '../targets.ts';
import type { ChainNaming } from './chainGraph.ts';
import type { TableScope } from './tableScope.ts';

/** Rules looked at between two pauses: some milliseconds of work. */
export const RULES_PER_STEP = 4_000;

/** Looks at a rule, which stands between `start` and `end`. `from`: the number of its chain. */
export type LookAtRule = (rule: number, start: number, end: number, from: number) => void;

/** The chains of a table by numbers from 0, the built-in ones first. */
export interface NumberedChains {
  isBuiltIn(chain: number): boolean;
  /** The offset from which on the kernel has the chain: infinite for one that is not declared, negative for a built-in one. */
  declaredAt(chain: number): number;
}

/** The chains of a table to which a rule may jump without a closer look, found by their names in bytes of the text. */
export interface ChainsInBytes {
  readonly names: ChainNames;
  /** By the number that `names` gives a chain: its number; -1 where a rule that jumps there is to be looked at. */
  readonly targets: Int32Array;
  /** Behind it the kernel has all of them. */
  readonly declaredBy: number;
}

export interface TableRules extends ChainNaming, NumberedChains {
  /** Its chains, those that are built in among them. */
  readonly size: number;
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
  readonly declarations: readonly ChainDeclaration[];
  readonly #chains: ReadonlyMap<string, Chain>;
  readonly #builtIn: number;
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #declaredAt: number[] = [];
  readonly #rules: Rule[] = [];

  constructor({ table, builtIn }: TableScope, declarations: readonly ChainDeclaration[]) {
    this.declarations = declarations;
    this.#chains = table.chains;
    this.#builtIn = builtIn.size;
    for (const name of builtIn) this.#add(name, -1);
    for (const { name, declaration } of table.chains.values()) {
      if (!builtIn.has(name)) this.#add(name, declaration?.start ?? Number.POSITIVE_INFINITY);
    }
  }

  get size(): number {
    return this.#names.length;
  }

  isBuiltIn(chain: number): boolean {
    return chain >= 0 && chain < this.#builtIn;
  }

  declaredAt(chain: number): number {
    return this.#declaredAt[chain] ?? Number.POSITIVE_INFINITY;
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
    const names = new ChainNames();
    const targets: number[] = [];
    let declaredBy = 0;
    for (const { name, declaration } of this.#chains.values()) {
      if (declaration === null || declaration.name.end - declaration.name.start !== name.length) continue;
      const number = this.find(name);
      targets[names.intern(bytes, declaration.name.start, declaration.name.end)] = this.isBuiltIn(number)
        ? -1
        : number;
      declaredBy = Math.max(declaredBy, this.declaredAt(number));
    }
    for (const chain of chainsLikeTargets(names)) targets[chain] = -1;
    return { names, targets: Int32Array.from(targets), declaredBy };
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

  #add(name: string, declaredAt: number): void {
    this.#numbers.set(name, this.#names.length);
    this.#names.push(name);
    this.#declaredAt.push(declaredAt);
  }
}

/** Words behind `-j` that decide how the line is read. */
const targetNames: readonly string[] = [
  ...targetDefinitions.flatMap(({ name, aliases }) => [name, ...aliases]),
  ...standardVerdicts,
];

/** The numbers of chains that are called like a target: what jumps there may mean that. */
export function chainsLikeTargets(names: ChainNames): readonly number[] {
  return targetNames.map((name) => names.numberOf(name)).filter((chain) => chain >= 0);
}
