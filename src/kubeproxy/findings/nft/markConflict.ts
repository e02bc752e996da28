/** Others who change the bit by which kube-proxy knows what to masquerade. */
import { groupBy } from '../../../text/groupBy.ts';
import { priorityNumber } from '../../../rules/nftables/catalogue/priorities.ts';
import { chainsOf, type PlacedChain } from '../../../rules/nftables/chains.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import { reachedFrom } from '../../../rules/nftables/ways.ts';
import { type NftMarkUse, nftMarkUsesOf, nftMasqueradeMark } from '../../marks/nftMarkUses.ts';
import type { ProxyTable } from '../../modes/nftables/proxyTable.ts';
import { hex } from '../../words/clauses.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { chainWords, type NftSubject } from './subject.ts';

/** One for each owner and way; of tables of the same family, and of inet. */
export function markConflict(subject: NftSubject): readonly Finding[] {
  return subject.tables.flatMap((table) => {
    const mark = nftMasqueradeMark(subject.ruleset, table.name);
    if (mark === 0) return [];
    const foreign = nftMarkUsesOf(subject.ruleset).filter(
      ({ chain, connection, bits }) =>
        chain.table !== table.name &&
        (chain.family === 'inet'
          ? table.family === 4 || subject.tables.length === 1
          : chain.family === familyOf(table)) &&
        !connection &&
        (bits & mark) !== 0,
    );
    const told = foreign.flatMap((use): readonly Told[] => {
      const bases = basesOf(subject, use.chain);
      if (use.verb === 'sets') return bases.some(isBeforeLeaving) ? [{ use, how: 'sets' }] : [];
      const loses = use.verb === 'clears' || use.verb === 'flips';
      return loses && !asksForNone(use, mark) && bases.some(isBetween) ? [{ use, how: 'loses' }] : [];
    });
    return [...groupBy(told, ({ use, how }) => `${how} ${use.table}`).values()].flatMap((group) =>
      found(subject, mark, group),
    );
  });
}

interface Told {
  readonly use: NftMarkUse;
  readonly how: 'sets' | 'loses';
}

function familyOf({ family }: ProxyTable): string {
  return family === 4 ? 'ip' : 'ip6';
}

/** The base chains from which packets come to a chain. */
function basesOf({ ruleset }: NftSubject, chain: PlacedChain): readonly PlacedChain[] {
  const all = [...(chainsOf(ruleset).get(chain.table)?.values() ?? [])];
  return all.filter((each) => each.base !== null && reachedFrom(ruleset, [each]).has(chain));
}

function hookOf({ base, family }: PlacedChain): { readonly hook: string; readonly priority: number } {
  return {
    hook: base?.hook.text ?? '',
    priority: base === null ? 0 : (priorityNumber(family, base.priority) ?? 0),
  };
}

const SRCNAT = 100;
const DSTNAT = -100;

/** What is delivered here is not masqueraded. */
function isBeforeLeaving(chain: PlacedChain): boolean {
  const { hook, priority } = hookOf(chain);
  return hook === 'postrouting'
    ? priority < SRCNAT
    : hook !== 'input' && hook !== 'ingress' && hook !== 'egress';
}

/** Behind what kube-proxy marks, before what it masquerades. */
function isBetween(chain: PlacedChain): boolean {
  const { hook, priority } = hookOf(chain);
  if (hook === 'prerouting' || hook === 'output') return priority > DSTNAT;
  return hook === 'forward' || (hook === 'postrouting' && priority < SRCNAT);
}

/** `meta mark 0x0 meta mark set 0x1`: for packets that have not the bit. */
function asksForNone({ chain, index }: NftMarkUse, mark: number): boolean {
  return (chain.rules[index]?.statements ?? []).some((each) => {
    if (each.kind !== 'match' || each.operator !== '==' || each.right.kind !== 'value') return false;
    const value = each.right.value;
    const left = printExpression(each.left);
    const isMark = left === 'meta mark' || left.startsWith('meta mark & ');
    return isMark && typeof value === 'number' && (value & mark) === 0 && asksBit(each.left, mark);
  });
}

function asksBit(left: { readonly kind: string }, mark: number): boolean {
  if (left.kind !== 'binary') return true;
  const mask =
    'right' in left && typeof left.right === 'object' && left.right !== null && 'value' in left.right
      ? left.right.value
      : null;
  return typeof mask === 'number' && (mask & mark) >>> 0 === mark;
}

function found(subject: NftSubject, mark: number, group: readonly Told[]): readonly Finding[] {
  const [first] = group;
  if (first === undefined) return [];
  const { use, how } = first;
  const whose = use.owner === null ? 'of an owner that is not known' : `which looks like ${use.owner}’s`;
  const what =
    how === 'sets'
      ? `sets ${hex(mark)}, by which kube-proxy marks what it masquerades: all that this rule is for is masqueraded as well when it leaves the node, and its receivers see the node’s address`
      : `${use.whole ? 'writes over the whole mark' : `takes ${hex(mark)} away`} between the rule of kube-proxy that sets ${hex(mark)} and its chain masquerading, which reads it: Service traffic that this rule is for keeps the client’s own address, and the reply does not come back through this node`;
  return [
    ruleFinding({
      code: 'mark-conflict',
      at: subject.atRule(use.chain, use.index),
      message: `Rule ${use.index + 1} of ${chainWords(use.chain)}, ${whose}, ${what}. Have one of the two use other bits: nftables.masqueradeBit in the configuration of kube-proxy, or a mask at the mark of the other one ("meta mark set meta mark | VALUE").`,
      related: group.slice(1, MOST_RELATED).map((each) => ({
        at: subject.atRule(each.use.chain, each.use.index),
        message: 'So does this rule.',
      })),
    }),
  ];
}

const MOST_RELATED = 10;
