/** All that is found in the rules of a node, and in its files beside them. A new finding is a producer in this list. */
import type { Steps } from '../../../values/steps.ts';
import { families } from '../../rulesets.ts';
import { prepareRegularChains } from '../../modes/iptables/regular.ts';
import { append } from '../../../text/lists.ts';
import type { Finding } from '../finding.ts';
import { doubleMasquerade } from './doubleMasquerade.ts';
import { dropsEverything } from './dropsEverything.ts';
import { duplicateRules } from './duplicateRules.ts';
import { forwardDropped } from './forwardDropped.ts';
import { jumpMissing } from './jumpMissing.ts';
import { masqueradeMissing } from './masqueradeMissing.ts';
import { mixedBackends } from './mixedBackends.ts';
import { modeLeftovers } from './modeLeftovers.ts';
import { rulesFrozen } from './rulesFrozen.ts';
import { serviceMasquerade } from './serviceMasquerade.ts';
import { clusterCidrMismatch } from './clusterCidrMismatch.ts';
import { hairpinUnmasked } from './hairpinUnmasked.ts';
import { hairpinOff } from './hairpinOff.ts';
import { frontendConflict } from './frontendConflict.ts';
import { unevenShares } from './unevenShares.ts';
import { affinityDeadEndpoint } from './affinityDeadEndpoint.ts';
import { serviceUnreached } from './serviceUnreached.ts';
import { sourceRangesShut } from './sourceRangesShut.ts';
import { nodePortLocalhost } from './nodePortLocalhost.ts';
import { markConflict } from './markConflict.ts';
import { nodeLocalDnsMissing } from './nodeLocalDnsMissing.ts';
import { replyUntracked } from './replyUntracked.ts';
import { publishedPortBypass } from './publishedPortBypass.ts';
import { hashMismatch } from './hashMismatch.ts';
import { neverMatches } from './neverMatches.ts';
import { unreferencedChain } from './unreferencedChain.ts';
import { type RulesParts, RulesSubject } from './subject.ts';

/** What one finding is looked for by. It looks at few rules, or pauses. `before`: what was found of the same rules, by who stands before it in the list. */
type Producer = (
  subject: RulesSubject,
  before: readonly Finding[],
) => readonly Finding[] | Steps<readonly Finding[]>;

/** In the order in which they are told where they stand at one place: causes before what they cause. */
const producers: readonly Producer[] = [
  mixedBackends,
  modeLeftovers,
  rulesFrozen,
  jumpMissing,
  serviceUnreached,
  dropsEverything,
  forwardDropped,
  masqueradeMissing,
  serviceMasquerade,
  clusterCidrMismatch,
  doubleMasquerade,
  hashMismatch,
  hairpinUnmasked,
  hairpinOff,
  frontendConflict,
  unevenShares,
  affinityDeadEndpoint,
  sourceRangesShut,
  nodePortLocalhost,
  markConflict,
  replyUntracked,
  nodeLocalDnsMissing,
  publishedPortBypass,
  duplicateRules,
  neverMatches,
  unreferencedChain,
];

/** Of each family whose rules are followed. */
export function* findingsOfRules(parts: RulesParts): Steps<readonly Finding[]> {
  const found: Finding[] = [];
  for (const family of families) {
    const source = parts.sources.followed(family);
    if (source === null) continue;
    const subject = new RulesSubject(source, family, parts);
    const own: Finding[] = [];
    yield* prepareRegularChains(source.ruleset, subject.table('nat'));
    for (const produce of producers) {
      const result = produce(subject, own);
      append(own, 'next' in result ? yield* result : result);
      yield;
    }
    append(found, own);
  }
  return found;
}
