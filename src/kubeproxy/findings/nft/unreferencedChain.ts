/** Chains of native tables with rules that no packet gets to, since nothing leads there from a base chain. */
import { chainsOf, type PlacedChain, tableName } from '../../../rules/nftables/chains.ts';
import type { Expression } from '../../../rules/nftables/expressions.ts';
import { reachedFrom } from '../../../rules/nftables/ways.ts';
import { readPortChain } from '../../modes/nftables/names.ts';
import { plural } from '../../narrative/words.ts';
import { absentFromListing } from '../../nftPart.ts';
import { guessNftOwner } from '../../nftOwners.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { chainWords, type NftSubject } from './subject.ts';

/**
 * One for each table. Chains of Service ports are told with what leads to them. A part of a listing tells nothing, nor a table with a map
 * of verdicts that is empty by now: a chain may stand ready for what a program puts into it, as reject-chain of kube-proxy does.
 */
export function unreferencedChain(subject: NftSubject, before: readonly Finding[]): readonly Finding[] {
  if (!subject.isWhole) return [];
  const isExplained = before.some(({ code }) => code === 'jump-missing');
  return [...chainsOf(subject.ruleset)].flatMap(([table, chains]) => {
    const owner = guessNftOwner(table)?.name ?? null;
    if ((isExplained && owner === 'kube-proxy') || hasEmptyMap(subject, table)) return [];
    const all = [...chains.values()];
    const reached = reachedFrom(
      subject.ruleset,
      all.filter(({ base }) => base !== null),
    );
    const left = all.filter(
      (chain) => chain.rules.length > 0 && !reached.has(chain) && readPortChain(chain.name) === null,
    );
    return left.length === 0 || isPart(subject) ? [] : found(subject, left, owner);
  });
}

function isPart({ ruleset }: NftSubject): boolean {
  return absentFromListing({ ruleset, noise: [] }).length > 0;
}

function hasEmptyMap({ ruleset }: NftSubject, table: string): boolean {
  const items = ruleset.tables.flatMap((each) => (tableName(each) === table ? each.items : []));
  return items.some(
    (item) => item.kind === 'map' && item.elements.length === 0 && item.data !== null && isVerdict(item.data),
  );
}

function isVerdict(data: Expression): boolean {
  return data.kind === 'value' && data.text === 'verdict';
}

function found(
  subject: NftSubject,
  chains: readonly PlacedChain[],
  owner: string | null,
): readonly Finding[] {
  const [first] = chains;
  if (first === undefined) return [];
  const what =
    chains.length === 1
      ? `Nothing leads to ${chainWords(first)}`
      : `Nothing leads to ${plural(chains.length, 'chain')} of table ${first.table}, one of them ${first.name}`;
  const whose = owner === null ? '' : ` (it looks like ${owner}’s)`;
  return [
    ruleFinding({
      code: 'unreferenced-chain',
      at: subject.declarationOf(first),
      message: `${what}${whose}: no rule jumps there and no element of a map does, so its rules are never asked. Nothing is wrong with traffic by that. Where a jump was deleted by mistake, put it back; else delete the chain ("nft delete chain ${first.table} ${first.name}").`,
      related: chains.slice(1, MOST_RELATED).map((chain) => ({
        at: subject.declarationOf(chain),
        message: `Nor to ${chain.name}.`,
      })),
    }),
  ];
}

const MOST_RELATED = 10;
