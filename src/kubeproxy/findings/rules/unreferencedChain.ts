/** Chains with rules that no packet gets to, since no rule leads there from a built-in chain. */
import type { Chain } from '../../../rules/iptables/nodes.ts';
import { groupBy } from '../../../text/groupBy.ts';
import { plural } from '../../narrative/words.ts';
import { guessOwner } from '../../owners.ts';
import { unreachedChains } from '../../references.ts';
import { tablesOf } from '../../rulesets.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/** What has chains of kube-proxy hang nowhere, and is told as such. */
const CAUSES: ReadonlySet<string> = new Set([
  'jump-missing',
  'rules-frozen',
  'uneven-shares',
  'affinity-dead-endpoint',
  'source-ranges-shut',
  'hash-mismatch',
]);

/** One for each table and owner. */
export function unreferencedChain(subject: RulesSubject, before: readonly Finding[]): readonly Finding[] {
  if (subject.isPart) return [];
  const isExplained = before.some(({ code }) => CAUSES.has(code));
  return tablesOf(subject.ruleset).flatMap((table) => {
    if (table.name === 'nat' && subject.isLarge) return [];
    const left = unreachedChains(subject.ruleset, table).filter(
      (chain) => chain.rules.length > 0 && !isKept(chain),
    );
    const owners = groupBy(left, ({ name }) => guessOwner(table.name, name)?.name ?? '');
    return [...owners].flatMap(([owner, chains]) =>
      isExplained && owner.startsWith('kube') ? [] : found(subject, owner, chains),
    );
  });
}

/**
 * Kubelets of 1.25 to 1.27 keep KUBE-MARK-DROP for programs that may use it. kube-proxy writes KUBE-MARK-MASQ also where no
 * Service of the family needs it, as in ip6tables of a cluster of IPv4; a Service that lacks it is found as such.
 */
function isKept({ name, table }: Chain): boolean {
  return table === 'nat' && (name === 'KUBE-MARK-DROP' || name === 'KUBE-MARK-MASQ');
}

function found(subject: RulesSubject, owner: string, chains: readonly Chain[]): readonly Finding[] {
  const [first] = chains;
  if (first === undefined) return [];
  const what =
    chains.length === 1
      ? `No rule leads to ${first.name}`
      : `No rule leads to ${plural(chains.length, 'chain')} of table ${first.table}, one of them ${first.name}`;
  const whose =
    owner === ''
      ? ''
      : ` (${owner === 'kube-proxy' ? 'kube-proxy’s: an older release or an earlier set of endpoints has left them' : `it looks like ${owner}’s`})`;
  return [
    ruleFinding({
      code: 'unreferenced-chain',
      at: subject.declarationOf(first),
      message: `${what}${whose}: its rules are never asked. Nothing is wrong with traffic by that. Where a jump was deleted by mistake, put it back; else delete the chain ("iptables -t ${first.table} -F ${first.name}", then "-X").`,
      related: chains.slice(1, MOST_RELATED).flatMap((chain) => {
        const at = subject.declarationOf(chain);
        return at === null ? [] : [{ at, message: `Nor to ${chain.name}.` }];
      }),
    }),
  ];
}

const MOST_RELATED = 10;
