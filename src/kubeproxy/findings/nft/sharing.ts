/** Endpoints that do not get equal parts, connections that reach none, and clients that are kept at an endpoint that is gone. */
import { largest } from '../../../text/lists.ts';
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import { type Balanced, labelOf } from '../../modes/nftables/balance.ts';
import type { ProxyTable } from '../../modes/nftables/proxyTable.ts';
import { percent } from '../../words/percent.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { type NftSubject, serviceOfChain } from './subject.ts';

/** Of fractions that were added. */
const TOLERANCE = 1e-9;

/** Of chains that packets come to. */
export function sharing(subject: NftSubject): readonly Finding[] {
  return subject.tables.flatMap((table) =>
    [...table.portChains].flatMap(([chain, { kind }]) => {
      if ((kind !== 'service' && kind !== 'local') || !table.isReached(chain)) return [];
      const { endpoints, affinity } = table.balance(chain);
      const shared = [...endpoints.values()];
      return [...uneven(subject, chain, shared), ...dead(subject, table, chain, shared, affinity)];
    }),
  );
}

function uneven(subject: NftSubject, chain: PlacedChain, all: readonly Balanced[]): readonly Finding[] {
  const shares = all.flatMap(({ share }) => (share === null || share === 0 ? [] : [share]));
  if (shares.length === 0 || all.some(({ share }) => share === null)) return [];
  const most = largest(shares, 0);
  const least = shares.reduce((one, other) => (other < one ? other : one), 1);
  const rest = 1 - shares.reduce((sum, share) => sum + share, 0);
  if (most - least <= TOLERANCE && rest <= TOLERANCE) return [];
  const service = serviceOfChain(chain);
  const title = service ?? chain.name;
  const what =
    rest > TOLERANCE
      ? `${percent(rest)} of the new connections to ${title} reach no endpoint: ${chain.name} draws a number for which its map has no element`
      : `The endpoints of ${title} do not share evenly: one gets ${percent(most)} of the new connections, another one ${percent(least)}`;
  const at = all.find(({ share }) => share === most)?.at ?? null;
  return [
    ruleFinding({
      code: 'uneven-shares',
      at: at === null ? subject.declarationOf(chain) : inChain(subject, chain, at.index),
      service,
      message: `${what}. kube-proxy draws one of n numbers, and has one element for each of n endpoints. Somebody has edited the rules; restart kube-proxy on the node, which writes them anew.`,
    }),
  ];
}

function inChain(subject: NftSubject, chain: PlacedChain, index: number): Finding['at'] {
  const last = Math.max(0, chain.rules.length - 1);
  return chain.rules.length === 0
    ? subject.declarationOf(chain)
    : subject.atRule(chain, Math.min(index, last));
}

/** An endpoint that only remembered clients get to. */
function dead(
  subject: NftSubject,
  table: ProxyTable,
  chain: PlacedChain,
  all: readonly Balanced[],
  affinity: number | null,
): readonly Finding[] {
  const gone = affinity === null ? [] : all.filter(({ share }) => share === 0);
  const [first] = gone;
  if (first === undefined || gone.length === all.length) return [];
  const index = chain.rules.findIndex(({ statements }) =>
    statements.some((each) => each.kind === 'verdict' && each.target?.text === first.label),
  );
  const service = serviceOfChain(chain);
  const set = first.label.replace(/^endpoint-/, 'affinity-');
  return [
    ruleFinding({
      code: 'affinity-dead-endpoint',
      at: index === -1 ? subject.declarationOf(chain) : subject.atRule(chain, index),
      service,
      message: `${service ?? chain.name} keeps clients at ${labelOf(first)}${gone.length === 1 ? '' : ` and ${gone.length - 1} more`}, to which it balances no new ones: those clients are sent to an endpoint that is gone, and wait in vain. Restart kube-proxy on the node; the set of clients is emptied with "nft flush set ${table.name} ${set}".`,
    }),
  ];
}
