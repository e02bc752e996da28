/** The chains of a listing by their names, anonymous ones among them. */
import type { BaseChain, Chain, Ruleset, Table } from './nodes.ts';
import type { Rule } from './statements.ts';
import type { Span } from '../../text/span.ts';

/** A chain, or what stands in the braces of `jump { … }`. */
export interface PlacedChain {
  /** `ip kube-proxy`: family and name of its table. */
  readonly table: string;
  readonly family: string;
  /** Of an anonymous chain `PARENT/INDEX`, of the rule that jumps to it. */
  readonly name: string;
  /** Null for a chain that no hook calls. */
  readonly base: BaseChain | null;
  /** `accept` or `drop` of a base chain. */
  readonly policy: 'accept' | 'drop';
  readonly rules: readonly Rule[];
  /** Of its declaration; of an anonymous one, of the rule that jumps to it. */
  readonly span: Span;
}

/** `ip kube-proxy` → its chains by name, in the order of the text. A table that is opened twice is one, and so are its chains. */
export type ChainsByTable = ReadonlyMap<string, ReadonlyMap<string, PlacedChain>>;

const known = new WeakMap<Ruleset, ChainsByTable>();

/** `ip kube-proxy` */
export function tableName({ family, name }: Pick<Table, 'family' | 'name'>): string {
  return `${family} ${name.text}`;
}

/** Made once of a ruleset. */
export function chainsOf(ruleset: Ruleset): ChainsByTable {
  let chains = known.get(ruleset);
  if (chains === undefined) {
    chains = readChains(ruleset);
    known.set(ruleset, chains);
  }
  return chains;
}

function readChains({ tables }: Ruleset): ChainsByTable {
  const found = new Map<string, Map<string, PlacedChain>>();
  for (const table of tables) {
    const name = tableName(table);
    const chains = found.get(name) ?? new Map<string, PlacedChain>();
    found.set(name, chains);
    for (const item of table.items) if (item.kind === 'chain') takeChain(chains, name, table.family, item);
  }
  return found;
}

function takeChain(chains: Map<string, PlacedChain>, table: string, family: string, chain: Chain): void {
  const name = chain.name.text;
  const before = chains.get(name);
  const rules = before === undefined ? chain.rules : [...before.rules, ...chain.rules];
  const own: PlacedChain = {
    table,
    family,
    name,
    base: chain.base ?? before?.base ?? null,
    policy: chain.policy?.text === 'drop' ? 'drop' : (before?.policy ?? 'accept'),
    rules,
    span: before?.span ?? chain,
  };
  chains.set(name, own);
  takeAnonymous(chains, own);
}

function takeAnonymous(chains: Map<string, PlacedChain>, parent: PlacedChain): void {
  for (const [index, rule] of parent.rules.entries()) {
    for (const statement of rule.statements) {
      if (statement.kind !== 'verdict' || statement.rules === null) continue;
      const { table, family } = parent;
      const name = `${parent.name}/${index}`;
      const own: PlacedChain = {
        table,
        family,
        name,
        base: null,
        policy: 'accept',
        rules: statement.rules,
        span: rule,
      };
      chains.set(name, own);
      takeAnonymous(chains, own);
    }
  }
}
