/** In which of the files that a command was given a place stands. */
import type { FileOf, PlaceInFile } from '../agents/json/placeJson.ts';
import type { FindingPlace } from '../kubeproxy/findings/finding.ts';
import { linesOf } from '../rules/iptables/linesOf.ts';
import { IPVS } from '../kernel/ruleAt.ts';
import { linesOfSource } from '../kubeproxy/linesOfSource.ts';
import { NFT } from '../kubeproxy/nftSource.ts';
import { placeInFile, placeInLines } from './filePlace.ts';
import type { Rules } from './readRules.ts';

export function filesOf({
  named,
  nft,
  ipvs,
  analysis,
}: Pick<Rules, 'named' | 'nft' | 'ipvs' | 'analysis'>): FileOf {
  return (at: FindingPlace): PlaceInFile => {
    if (at.source === NFT || at.source === IPVS) {
      const lines = linesOfSource(analysis, at.source);
      const path = at.source === IPVS ? ipvs : (nft?.path ?? null);
      return { path, place: lines === null ? null : placeInLines(at.span, lines) };
    }
    const file = named.find(({ source }) => source === at.source);
    const whole = file?.whole ?? analysis.sources.get(at.source)?.text.ruleset;
    return {
      path: file?.path ?? null,
      place: whole === undefined ? null : placeInFile(at.span, linesOf(whole), whole),
    };
  };
}
