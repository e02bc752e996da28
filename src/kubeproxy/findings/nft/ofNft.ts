/** All that is found in the native tables of a node. A new finding is a producer in this list. */
import { append } from '../../../text/lists.ts';
import type { Steps } from '../../../values/steps.ts';
import type { Finding } from '../finding.ts';
import { baseChains } from './baseChains.ts';
import { clusterCidr } from './clusterCidr.ts';
import { deadRules } from './deadRules.ts';
import { dropsEverything } from './dropsEverything.ts';
import { markConflict } from './markConflict.ts';
import { masquerading } from './masquerading.ts';
import { serviceChains } from './serviceChains.ts';
import { sharing } from './sharing.ts';
import { sourceRanges } from './sourceRanges.ts';
import { strangeNodePortIps } from './strangeNodePortIps.ts';
import { type NftParts, NftSubject } from './subject.ts';
import { unlistedClusterIps } from './unlistedClusterIps.ts';
import { unreferencedChain } from './unreferencedChain.ts';

/** As in `rules/ofRules.ts`; `before`: what was found of the same tables. */
type Producer = (
  subject: NftSubject,
  before: readonly Finding[],
) => readonly Finding[] | Steps<readonly Finding[]>;

/** Causes before what they cause. */
const producers: readonly Producer[] = [
  baseChains,
  serviceChains,
  dropsEverything,
  masquerading,
  unlistedClusterIps,
  strangeNodePortIps,
  clusterCidr,
  sourceRanges,
  sharing,
  markConflict,
  deadRules,
  unreferencedChain,
];

/** None where the node has no native tables. */
export function* findingsOfNativeTables(parts: NftParts): Steps<readonly Finding[]> {
  const { nft } = parts.sources;
  if (nft === null) return [];
  const subject = new NftSubject(nft, parts);
  const found: Finding[] = [];
  for (const produce of producers) {
    const result = produce(subject, found);
    append(found, 'next' in result ? yield* result : result);
    yield;
  }
  return found;
}
