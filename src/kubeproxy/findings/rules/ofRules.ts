/** All that is found in the rules of a node, and in its files beside them. A new finding is a producer in this list. */
import type { Steps } from '../../../values/steps.ts';
import { families } from '../../rulesets.ts';
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
import { type RulesParts, RulesSubject } from './subject.ts';

/** What one finding is looked for by. It looks at few rules, or pauses. */
type Producer = (subject: RulesSubject) => readonly Finding[] | Steps<readonly Finding[]>;

/** In the order in which they are told where they stand at one place: causes before what they cause. */
const producers: readonly Producer[] = [
  mixedBackends,
  modeLeftovers,
  jumpMissing,
  dropsEverything,
  forwardDropped,
  masqueradeMissing,
  doubleMasquerade,
  duplicateRules,
];

/** Of each family whose rules are followed. */
export function* findingsOfRules(parts: RulesParts): Steps<readonly Finding[]> {
  const found: Finding[] = [];
  for (const family of families) {
    const source = parts.sources.followed(family);
    if (source === null) continue;
    const subject = new RulesSubject(source, family, parts);
    for (const produce of producers) {
      const result = produce(subject);
      append(found, 'next' in result ? yield* result : result);
      yield;
    }
  }
  return found;
}
