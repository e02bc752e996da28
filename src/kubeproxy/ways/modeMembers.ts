/** The frontends of Services in nftables and IPVS mode: elements of maps and virtual servers, as the catalog has them. */
import type { Family } from '../../kernel/flow.ts';
import { IPVS, type SourceId } from '../../kernel/ruleAt.ts';
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import { NFT } from '../nftSource.ts';
import { makePorts } from '../findings/ofServices.ts';
import { frontendKey } from '../services/frontendPlace.ts';
import type { Member } from './classes/members.ts';

const sources: Readonly<Record<'nftables' | 'ipvs', SourceId>> = { nftables: NFT, ipvs: IPVS };

/** Each place once; of one family. */
export function* membersOfMode(
  analysis: Analysis,
  family: Family,
  mode: 'nftables' | 'ipvs',
): Steps<readonly Member[]> {
  yield* makePorts(analysis);
  const found = new Map<string, Member>();
  for (const port of analysis.catalog.ports) {
    for (const frontend of port.frontends) {
      if (frontend.family !== family || frontend.at.source !== sources[mode]) continue;
      const key = frontendKey(frontend);
      if (found.has(key)) continue;
      const { address, protocol } = frontend;
      const taken = (): typeof frontend.at => frontend.at;
      const own = { address, port: frontend.port, protocol, name: port.name };
      const { kind, fate, sourceRanges } = frontend;
      const template = `${kind} ${fate} ${sourceRanges?.join() ?? ''}`;
      found.set(key, { ...own, family, taken, target: null, template });
    }
  }
  return [...found.values()];
}
