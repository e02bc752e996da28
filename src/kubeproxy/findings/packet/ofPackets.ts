/** What traced packets show of all Services of a node. */
import type { Steps } from '../../../values/steps.ts';
import { countWords } from '../../narrative/words.ts';
import type { Analysis } from '../../analysis.ts';
import { type EveryWay, everyWay } from '../../ways/everyWay.ts';
import type { Finding } from '../finding.ts';
import { findingsOfHidden } from './ofHidden.ts';
import { findingsOfWays } from './ofWays.ts';

/** `known`: what was found of the node without them; what that explains is no finding of its own. */
export function* findingsOfPackets(analysis: Analysis, known: readonly Finding[]): Steps<readonly Finding[]> {
  const every = yield* everyWay(analysis);
  return [
    ...findingsOfWays(every.ended, known, analysis.sources),
    ...findingsOfHidden(every.hidden),
    ...notLookedAt(every),
  ];
}

function notLookedAt({ looked, left }: EveryWay): readonly Finding[] {
  if (left === 0) return [];
  return [
    {
      code: 'unreachable-from',
      severity: 'information',
      message: `From where ${countWords(left)} of ${countWords(looked + left)} frontends of Services are reached was not looked at: there are too many of too many kinds for one check. Ask for one Service: "kube-proxy-explorer diagnose RULES --service NAMESPACE/NAME".`,
      assumes: null,
      at: null,
      about: null,
      service: null,
      related: [],
      fixes: [],
      because: [],
    },
  ];
}
