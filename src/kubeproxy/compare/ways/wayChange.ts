/** What becomes of packets now, and what did: plain data for whoever tells it. */
import type { FlowForm } from '../../form/flowForm.ts';
import { frontendsIn, ofSeveral, vantageList, whoseWords } from '../../findings/packet/words.ts';
import type { AskedFrontend } from '../../ways/endedWay.ts';
import { vantages } from '../../ways/vantages.ts';
import type { Vantage } from '../../ways/way.ts';
import { frontendKindWords, frontendPlace } from '../../words/frontendWords.ts';
import { placesOn, type WayChange } from '../change.ts';
import type { End } from './end.ts';

/** One way that ends otherwise. */
export interface Difference {
  readonly asked: AskedFrontend;
  readonly vantage: Vantage;
  /** Null for a frontend that was not there. */
  readonly was: End | null;
  readonly is: End;
  readonly packet: () => FlowForm | null;
}

/** Of ways that ended for one reason, and now end for another; null for none. */
export function wayChangeOf(ways: readonly Difference[]): WayChange | null {
  const [first] = ways;
  if (first === undefined) return null;
  const { was, is } = first;
  const asked = ways.map((way) => ({ ...way.asked, vantage: way.vantage }));
  const frontends = frontendsIn(asked);
  const words = (end: End): string => (frontends.length === 1 ? end.words : ofSeveral(end.words));
  return {
    kind: kindOf(was, is),
    whose: whoseWords(asked),
    from: vantageList(asked),
    services: [...new Set(asked.map(({ name }) => name))],
    frontends: frontends.map(
      ({ frontend }) => `${frontendKindWords(frontend.kind)} ${frontendPlace(frontend)}`,
    ),
    vantages: vantages.filter((each) => ways.some(({ vantage }) => vantage === each)),
    before: was === null ? null : words(was),
    after: words(is),
    packet: first.packet(),
    places: [...placesOn('before', [was?.at ?? null]), ...placesOn('after', [is.at])],
  };
}

function kindOf(was: End | null, is: End): WayChange['kind'] {
  if (is.kind === 'open') return 'doubted';
  if (is.kind === 'ends' && was?.kind !== 'ends' && was?.kind !== 'open') return 'lost';
  return is.kind === 'arrives' && was?.kind === 'ends' ? 'mended' : 'changed';
}
