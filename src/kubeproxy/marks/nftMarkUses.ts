/** Which rules of native tables set, clear and read which bits of a packet's mark, or of its connection's. */
import { chainsOf, type PlacedChain } from '../../rules/nftables/chains.ts';
import type { Expression } from '../../rules/nftables/expressions.ts';
import type { Ruleset } from '../../rules/nftables/nodes.ts';
import type { Rule, Statement } from '../../rules/nftables/statements.ts';
import { nftOwner } from '../nftOwners.ts';
import type { MarkUse } from './markUses.ts';

/** As `MarkUse`, of a rule of nftables; `table` is `inet corp`. */
export interface NftMarkUse extends Omit<MarkUse, 'rule' | 'chain'> {
  readonly chain: PlacedChain;
  /** Of the rule in its chain. */
  readonly index: number;
}

const known = new WeakMap<Ruleset, readonly NftMarkUse[]>();

/** All uses of marks, in the order of the rules. What is worked out of something else than constants is left out. Made once of a ruleset. */
export function nftMarkUsesOf(ruleset: Ruleset): readonly NftMarkUse[] {
  let found = known.get(ruleset);
  if (found === undefined) {
    found = usesIn(ruleset);
    known.set(ruleset, found);
  }
  return found;
}

/** The bits by which kube-proxy knows what to masquerade: those that its chain `masquerading` reads, of one table where one is named; 0 for none. */
export function nftMasqueradeMark(ruleset: Ruleset, table: string | null = null): number {
  let bits = 0;
  for (const use of nftMarkUsesOf(ruleset)) {
    const isOwn = table === null ? KUBE_PROXY.test(use.table) : use.table === table;
    if (isOwn && use.chain.name === 'masquerading' && use.verb === 'reads' && !use.connection)
      bits |= use.bits;
  }
  return bits >>> 0;
}

const KUBE_PROXY = /^ip6? kube-proxy$/u;

type BareUse = Pick<MarkUse, 'verb' | 'connection' | 'bits' | 'whole'>;

function usesIn(ruleset: Ruleset): readonly NftMarkUse[] {
  const found: NftMarkUse[] = [];
  for (const [table, chains] of chainsOf(ruleset)) {
    for (const chain of chains.values()) {
      const owner = nftOwner(table, chain.name);
      for (const [index, rule] of chain.rules.entries()) {
        for (const use of usesOf(rule))
          if (use.bits !== 0) found.push({ ...use, owner, table, chain, index });
      }
    }
  }
  return found;
}

function usesOf({ statements }: Rule): readonly BareUse[] {
  return statements.flatMap((each) => (each.kind === 'match' ? readBy(each) : changedBy(each)));
}

const MAX = 0xffff_ffff;

/** Null for what is no mark. */
function markKind(expression: Expression): 'packet' | 'connection' | null {
  if (expression.kind === 'meta') return expression.key === 'mark' ? 'packet' : null;
  return expression.kind === 'ct' && expression.key === 'mark' ? 'connection' : null;
}

function numberOf(expression: Expression): number | null {
  return expression.kind === 'value' && typeof expression.value === 'number' ? expression.value >>> 0 : null;
}

/** `meta mark 0x1`, `meta mark & 0x4000 != 0x0` */
function readBy({ left, right }: Extract<Statement, { kind: 'match' }>): readonly BareUse[] {
  const masked = left.kind === 'binary' && left.operator === '&' ? left : null;
  const kind = markKind(masked?.left ?? left);
  if (kind === null) return [];
  const connection = kind === 'connection';
  const mask = masked === null ? null : numberOf(masked.right);
  if (masked !== null) return mask === null ? [] : [{ verb: 'reads', connection, bits: mask, whole: false }];
  const value = numberOf(right);
  return value === null ? [] : [{ verb: 'reads', connection, bits: value === 0 ? MAX : value, whole: true }];
}

/** What becomes of a mark: `mark & and ^ xor`. */
interface Change {
  readonly of: 'packet' | 'connection' | null;
  readonly and: number;
  readonly xor: number;
}

function changedBy(statement: Statement): readonly BareUse[] {
  if (statement.kind !== 'set') return [];
  const kind = markKind(statement.target);
  const change = kind === null ? null : changeOf(statement.value);
  if (kind === null || change === null) return [];
  const connection = kind === 'connection';
  if (change.of !== null && change.of !== kind)
    return [
      {
        verb: connection ? 'saves' : 'restores',
        connection: false,
        bits: change.and >>> 0,
        whole: change.and >>> 0 === MAX,
      },
    ];
  const { and, xor, of } = change;
  const whole = of === null;
  const use = (verb: MarkUse['verb'], bits: number): BareUse => ({
    verb,
    connection,
    bits: bits >>> 0,
    whole,
  });
  return [use('sets', ~and & xor), use('flips', and & xor), use('clears', ~and & ~xor)];
}

/** Null for what is no constant change. */
function changeOf(value: Expression): Change | null {
  const constant = numberOf(value);
  if (constant !== null) return { of: null, and: 0, xor: constant };
  const of = markKind(value);
  if (of !== null) return { of, and: MAX, xor: 0 };
  if (value.kind !== 'binary') return null;
  const inner = changeOf(value.left);
  const by = numberOf(value.right);
  if (inner === null || by === null) return null;
  const { and, xor } = inner;
  switch (value.operator) {
    case '&':
      return { ...inner, and: and & by, xor: xor & by };
    case '|':
      return { ...inner, and: and & ~by, xor: xor | by };
    case '^':
      return { ...inner, xor: xor ^ by };
    default:
      return null;
  }
}
