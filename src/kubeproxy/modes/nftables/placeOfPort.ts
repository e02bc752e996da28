import type { Family } from '../../../kernel/flow.ts';
import { setNamed } from '../../../rules/nftables/sets.ts';
import { nftChainAt, NFT } from '../../nftSource.ts';
import type { ServicePort } from '../../services/catalog.ts';
import type { Sources, SourceSpan } from '../../sources.ts';
import { NftablesPort } from './nftablesPort.ts';
import { tableOf } from './proxyTable.ts';

/** Where a rule that a Service port lacks would be: a chain of its own, else the chain that looks Services up; null where there is neither. */
export function placeOfPort(
  { evidence }: ServicePort,
  family: Family,
  { nft }: Pick<Sources, 'nft'>,
): SourceSpan | null {
  const table = tableOf(family);
  const own =
    evidence instanceof NftablesPort
      ? (['service', 'local', 'external'] as const).map((kind) => evidence.chainOf(family, kind))
      : [];
  for (const chain of [...own, 'services']) {
    const found = chain === null ? null : nftChainAt(nft, { table, chain });
    if (found !== null) return { source: NFT, span: { start: found.span.start, end: found.span.end } };
  }
  return null;
}

/** Whether a family's table has the maps of all releases: a part of a listing tells nothing of what is missing. */
export function hasMaps({ nft }: Pick<Sources, 'nft'>, family: Family): boolean {
  const table = tableOf(family);
  return (
    nft !== null &&
    setNamed(nft.ruleset, table, 'service-ips') !== null &&
    setNamed(nft.ruleset, table, 'no-endpoint-services') !== null &&
    nftChainAt(nft, { table, chain: 'services' }) !== null
  );
}
