/** Where Services do not see who asks from outside: one finding for each rule that changes the source. */
import { placeText } from '../../../kernel/ruleAt.ts';
import { groupBy } from '../../../text/groupBy.ts';
import type { HiddenWay } from '../../ways/endedWay.ts';
import type { Finding } from '../finding.ts';
import { findingTable } from '../table.ts';
import { frontendsIn, relatedTo, serviceOfAll, whoseWords } from './words.ts';

export function findingsOfHidden(ways: readonly HiddenWay[]): readonly Finding[] {
  return [...groupBy(ways, ({ by }) => `${by.source} ${placeText(by)}`).values()].flatMap(findingOf);
}

function findingOf(ways: readonly HiddenWay[]): readonly Finding[] {
  const [first] = ways;
  if (first === undefined) return [];
  const { by } = first;
  const frontends = frontendsIn(ways);
  const verb = frontends.length === 1 ? 'hides' : 'hide';
  return [
    {
      code: 'client-address-lost',
      severity: findingTable['client-address-lost'].severity,
      message: `${whoseWords(ways)} ${verb} who asks from outside: rule ${by.index + 1} of ${by.chain} gives the packets an address of this node, which endpoints see in place of the client’s. Where the client’s address matters, set externalTrafficPolicy to Local.`,
      assumes: null,
      at: by,
      about: null,
      service: serviceOfAll(ways),
      related: relatedTo(frontends),
      fixes: [],
      because: [],
    },
  ];
}
