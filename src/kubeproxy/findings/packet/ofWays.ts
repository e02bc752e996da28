/** What ended ways show: one finding for each cause. */
import { groupBy } from '../../../text/groupBy.ts';
import type { EndedWay } from '../../ways/endedWay.ts';
import type { WayCause } from '../../ways/way.ts';
import { NFT, nftRuleAt } from '../../nftSource.ts';
import type { Sources } from '../../sources.ts';
import type { Finding } from '../finding.ts';
import type { FoundFrontend, FrontendFinding } from '../frontendFinding.ts';
import { isForNodeLocalDns } from '../rules/replyUntracked.ts';
import { findingTable } from '../table.ts';
import { cureOf } from './cures.ts';
import { Explained } from './explained.ts';
import { frontendsIn, ofSeveral, relatedTo, serviceOfAll, vantageList, whoseWords } from './words.ts';

/** `known`: what was found of the rules; what that explains is no finding of its own. */
export function findingsOfWays(
  ways: readonly EndedWay[],
  known: readonly Finding[],
  sources: Sources,
): readonly Finding[] {
  const explained = new Explained(known);
  const open = ways.filter((way) => !explained.has(way) && !isLeftToNode(way, sources));
  return [...groupBy(open, ({ cause }) => cause.key).values()].map(findingOf);
}

/** What is sent to a cluster IP that the node itself has, since NodeLocal DNSCache answers there. */
function isLeftToNode({ cause: { at, kind } }: EndedWay, sources: Sources): boolean {
  if (kind !== 'nowhere' || at === null || !('chain' in at)) return false;
  if (at.source === NFT)
    return nftRuleAt(sources.nft, at)?.comment?.text.startsWith('NodeLocal DNS Cache') === true;
  const rule = sources.ruleAt(at);
  return rule !== null && isForNodeLocalDns(rule);
}

function findingOf(ways: readonly EndedWay[]): FrontendFinding {
  const cause = causeOfAll(ways);
  const code = cause.kind === 'reply' ? 'replies-lost' : 'unreachable-from';
  const frontends = frontendsIn(ways);
  return {
    code,
    severity: findingTable[code].severity,
    message: messageOf(ways, frontends.length, cause),
    assumes: assumesOf(ways),
    at: cause.at,
    about: null,
    service: serviceOfAll(ways),
    related: relatedTo(frontends),
    fixes: [],
    because: [],
    frontends: foundIn(ways),
  };
}

/** Every frontend, each with where it is asked from in vain. */
function foundIn(ways: readonly EndedWay[]): readonly FoundFrontend[] {
  return [...groupBy(ways, ({ frontend }) => frontend)].flatMap(([frontend, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const { kind, family, address, port, protocol } = frontend;
    const what = first.cause.kind === 'reply' ? 'asked without an answer' : 'not reached';
    const only = own.every(({ cause }) => cause.isAll) ? '' : SOME;
    return [
      {
        name: first.name,
        frontend: { kind, family, address, port, protocol },
        reason: `${what}${only} ${vantageList(own)}`,
      },
    ];
  });
}

const SOME = ' by some connections';

/** As the first one tells it; a notice only where all notice the same. */
function causeOfAll(ways: readonly EndedWay[]): WayCause {
  const [first] = ways;
  if (first === undefined) throw new RangeError('a cause without a way');
  const { cause } = first;
  const isSame = ways.every((way) => way.cause.notice === cause.notice);
  return {
    ...cause,
    notice: isSame ? cause.notice : '',
    isAll: ways.every((way) => way.cause.isAll),
  };
}

function messageOf(ways: readonly EndedWay[], count: number, cause: WayCause): string {
  const whose = whoseWords(ways);
  const from = vantageList(ways);
  const { isAll, kind, words } = cause;
  const seen = cause.notice === '' ? '' : `; ${cause.notice}`;
  const verb = count === 1 ? 'is' : 'are';
  const only = isAll ? '' : SOME;
  const missed = kind === 'reply' ? `${verb} asked without an answer` : `${verb} not reached`;
  const told = count === 1 ? words : ofSeveral(words);
  const how = kind === 'stopped' ? `what is sent there is ${told}` : told;
  return `${whose} ${missed}${only} ${from}: ${how}${seen}. ${cureOf(cause)}`;
}

/** What the traces take for granted; null where that is nothing. */
function assumesOf(ways: readonly EndedWay[]): string | null {
  const said = [...new Set(ways.flatMap(({ cause }) => cause.assumes))].map((text) =>
    text.replace(/\.$/, ''),
  );
  if (said.length === 0) return null;
  const rest = said.length - MOST_ASSUMED;
  return [...said.slice(0, MOST_ASSUMED), ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}

const MOST_ASSUMED = 3;
