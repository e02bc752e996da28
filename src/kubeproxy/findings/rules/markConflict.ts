/** Others who change the bit by which kube-proxy knows what to masquerade, or use it for themselves. */
import { groupBy } from '../../../text/groupBy.ts';
import { masqueradeMarkOf } from '../../modes/iptables/marks.ts';
import { type MarkUse, markUsesOf } from '../../marks/markUses.ts';
import { hex } from '../../words/clauses.ts';
import type { Finding } from '../finding.ts';
import { countedWords } from './counted.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/** Where packets are between kube-proxy's mark (nat PREROUTING, OUTPUT) and what reads it (KUBE-FORWARD, KUBE-POSTROUTING). */
const BETWEEN: ReadonlySet<string> = new Set([
  'mangle/FORWARD',
  'mangle/POSTROUTING',
  'filter/FORWARD',
  'filter/OUTPUT',
  'security/FORWARD',
  'security/OUTPUT',
  'nat/POSTROUTING',
]);

/** One for each owner and way. */
export function markConflict(subject: RulesSubject): readonly Finding[] {
  const mark = masqueradeMarkOf(subject.ruleset);
  if (mark === null || subject.rules('nat', 'KUBE-POSTROUTING').length === 0) return [];
  const foreign = markUsesOf(subject.ruleset).filter(
    ({ owner, connection, bits }) => owner !== 'kube-proxy' && !connection && (bits & mark) !== 0,
  );
  const told = foreign.flatMap(
    (use): readonly { readonly use: MarkUse; readonly how: 'sets' | 'loses' }[] => {
      if (use.verb === 'sets') return [{ use, how: 'sets' }];
      const changes = use.verb === 'clears' || use.verb === 'restores' || use.verb === 'flips';
      return changes && isBetween(subject, use) && !isAfterMasquerade(subject, use)
        ? [{ use, how: 'loses' }]
        : [];
    },
  );
  const groups = groupBy(told, ({ use, how }) => `${how} ${use.owner ?? ''}`);
  return [...groups.values()].flatMap((group) => found(subject, mark, group));
}

/** Whether the chain is, or hangs on, one of those that packets pass with the mark. */
function isBetween(subject: RulesSubject, { table, chain }: MarkUse): boolean {
  return subject.hooksOf(table, chain).some((hook) => BETWEEN.has(`${table}/${hook}`));
}

/** In POSTROUTING of nat what stands behind the jump to KUBE-POSTROUTING gets what was not masqueraded. */
function isAfterMasquerade(subject: RulesSubject, { table, chain, rule }: MarkUse): boolean {
  if (table !== 'nat') return false;
  const jump = subject
    .rules('nat', 'POSTROUTING')
    .findIndex((each) => each.target?.name.text === 'KUBE-POSTROUTING');
  const own =
    chain === 'POSTROUTING'
      ? rule.index
      : subject.rules('nat', 'POSTROUTING').findIndex((each) => each.target?.name.text === chain);
  return jump !== -1 && own > jump;
}

function found(
  subject: RulesSubject,
  mark: number,
  group: readonly { readonly use: MarkUse; readonly how: 'sets' | 'loses' }[],
): readonly Finding[] {
  const [first] = group;
  const chain = first === undefined ? null : subject.chain(first.use.table, first.use.chain);
  if (first === undefined || chain === null) return [];
  const { use, how } = first;
  const whose = use.owner === null ? 'of an owner that is not known' : `of ${use.owner}`;
  const what =
    how === 'sets'
      ? `sets ${hex(mark)}, by which kube-proxy marks what it masquerades: all that this rule is for is masqueraded as well when it leaves the node, and its receivers see the node’s address`
      : `${use.whole ? 'writes over the whole mark' : `takes ${hex(mark)} away`} between the rule of kube-proxy that sets ${hex(mark)} and KUBE-POSTROUTING, which masquerades by it: Service traffic that this rule is for keeps the client’s own address, and the reply does not come back through this node`;
  return [
    ruleFinding({
      code: 'mark-conflict',
      at: subject.at(chain, use.rule),
      message: `Rule ${use.rule.index + 1} of ${use.chain} in table ${use.table}, ${whose}, ${what}${countedWords(use.rule)}. Have one of the two use other bits: --iptables-masquerade-bit of kube-proxy, or a mask at the mark of the other one (--set-xmark VALUE/MASK).`,
      related: group.slice(1, MOST_RELATED).flatMap((each) => {
        const other = subject.chain(each.use.table, each.use.chain);
        return other === null
          ? []
          : [{ at: subject.at(other, each.use.rule), message: 'So does this rule.' }];
      }),
    }),
  ];
}

const MOST_RELATED = 10;
