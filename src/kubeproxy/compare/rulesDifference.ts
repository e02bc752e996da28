/**
 * HOT PATH: which chains of two states are worth a look. Of a hundred thousand chains nearly all have the very same words; who
 * compares is given the others, looked for once.
 */
import {
  countOf,
  declaredTextOf,
  haveSameLines,
  numberOf,
} from '../../rules/iptables/compact/compactTable.ts';
import type { Chain, Ruleset, Table } from '../../rules/iptables/nodes.ts';
import { tableNamed, tablesOf } from '../rulesets.ts';
import { areAlike, chainTexts } from './chainTexts.ts';

/** The chains of one name; null where a state has none. */
export interface ChainPair {
  readonly name: string;
  readonly before: Chain | null;
  readonly after: Chain | null;
  /** Whether both have the same rules, word for word, whatever was counted; a chain that is not there has none. */
  readonly alike: boolean;
}

interface TableDifference {
  /** All but those that have the same lines and the same declaration: in the order of the state before, then what came. */
  readonly pairs: readonly ChainPair[];
  /** The rules of those. */
  readonly same: number;
}

/** By table. */
export type RulesDifference = ReadonlyMap<string, TableDifference>;

/** Of one family, for all tables that one of the states has. */
export function rulesDifference(before: Ruleset, after: Ruleset): RulesDifference {
  const names = new Set([before, after].flatMap((each) => tablesOf(each).map(({ name }) => name)));
  return new Map([...names].map((name) => [name, tableDifference(name, before, after)]));
}

function tableDifference(name: string, before: Ruleset, after: Ruleset): TableDifference {
  const pairs: ChainPair[] = [];
  let same = 0;
  for (const [one, other] of chainsOfBoth(tableNamed(before, name), tableNamed(after, name))) {
    if (one !== null && other !== null && haveSameWords(before, one, after, other)) same += countOf(other);
    else {
      const alike = areAlike(chainTexts(before, one), chainTexts(after, other));
      pairs.push({ name: (one ?? other)?.name ?? '', before: one, after: other, alike });
    }
  }
  return { pairs, same };
}

function haveSameWords(before: Ruleset, one: Chain, after: Ruleset, other: Chain): boolean {
  if (!haveSameLines(one, other)) return false;
  const declared = declaredTextOf(before, one);
  return declared !== null && declared === declaredTextOf(after, other);
}

type Chains = readonly [before: Chain | null, after: Chain | null];

/** By name, in order of first appearance; a chain mostly stands behind the same one in both. */
function* chainsOfBoth(before: Table | null, after: Table | null): Iterable<Chains> {
  const old = before?.chains ?? new Map<string, Chain>();
  const now = [...(after?.chains.values() ?? [])];
  const found = new Set<Chain>();
  let next = 0;
  for (const chain of old.values()) {
    const likely = now[next];
    const other = likely?.name === chain.name ? likely : (after?.chains.get(chain.name) ?? null);
    if (other !== null) {
      found.add(other);
      next = (other === likely ? next : numberOf(other)) + 1;
    }
    yield [chain, other];
  }
  for (const chain of now) if (!found.has(chain)) yield [null, chain];
}
