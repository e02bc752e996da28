/** What changed of the frontends of one Service port. */
import type { Family } from '../../kernel/flow.ts';
import { groupBy } from '../../text/groupBy.ts';
import { fateWords, frontendKindWords, frontendPlace, masqueradeWords } from '../words/frontendWords.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Frontend } from '../services/frontend.ts';
import { type Change, type ChangeKind, placesOn, type Side } from './change.ts';
import { type Pair, type Pairs, pairsOf, placesOfPairs } from './pairs.ts';

/** Frontends that both states have, those of which only the port is another one, and the rest. */
export interface FrontendPairs extends Pairs<Frontend> {
  readonly moved: readonly Pair<Frontend>[];
}

export function frontendPairs(
  before: ServicePort,
  after: ServicePort,
  families: readonly Family[],
): FrontendPairs {
  const of = (port: ServicePort): readonly Frontend[] =>
    port.frontends.filter(({ family }) => families.includes(family));
  const pairs = pairsOf(of(before), of(after), (frontend) => `${slotOf(frontend)} ${frontend.port}`);
  const rest = pairsOf(alone(pairs.removed), alone(pairs.added), slotOf);
  const isMoved = new Set(rest.both.flatMap((pair) => [pair.before, pair.after]));
  return {
    both: pairs.both,
    moved: rest.both,
    added: pairs.added.filter((frontend) => !isMoved.has(frontend)),
    removed: pairs.removed.filter((frontend) => !isMoved.has(frontend)),
  };
}

/** A frontend but for its port. Which kind of external address it is, the objects of one state may not tell. */
function slotOf({ kind, family, address, protocol }: Frontend): string {
  return [kind === 'nodePort' ? kind : '', family, address ?? '', protocol].join(' ');
}

/** Those whose place no other shares: of two ports of one address it cannot be said which became which. */
function alone(frontends: readonly Frontend[]): readonly Frontend[] {
  return [...groupBy(frontends, slotOf).values()].filter(({ length }) => length === 1).flat();
}

export function changesOfFrontends(service: string, pairs: FrontendPairs): readonly Change[] {
  const moves = groupBy(
    pairs.moved,
    ({ before, after }) => `${before.kind === 'nodePort'} ${before.port} ${after.port}`,
  );
  return [
    ...[...moves.values()].map((moved) => portMoved(service, moved)),
    ...pairs.added.map((frontend) => frontendChange(service, 'after', frontend)),
    ...pairs.removed.map((frontend) => frontendChange(service, 'before', frontend)),
  ];
}

/** `moved`: frontends that went from one port to one other. */
function portMoved(service: string, moved: readonly Pair<Frontend>[]): Change {
  const names = moved.map(({ after }) =>
    [frontendKindWords(after.kind), after.address ?? ''].join(' ').trim(),
  );
  const [first] = moved;
  return {
    kind: 'port-changed',
    service,
    what: first?.after.kind === 'nodePort' ? 'node port' : `port of ${[...new Set(names)].join(', ')}`,
    before: String(first?.before.port ?? ''),
    after: String(first?.after.port ?? ''),
    places: placesOfPairs(moved),
  };
}

function frontendChange(service: string, side: Side, frontend: Frontend): Change {
  const words = [frontendPlace(frontend), ownFate(frontend)].filter((each) => each !== '').join(', ');
  return {
    kind: side === 'after' ? 'frontend-added' : 'frontend-removed',
    service,
    what: frontendKindWords(frontend.kind),
    before: side === 'before' ? words : null,
    after: side === 'after' ? words : null,
    places: placesOn(side, [frontend.at]),
  };
}

/** A rule of somebody's that comes before is told of for itself. */
function ownFate(frontend: Frontend): string {
  return fateWords({ ...frontend, overtaking: null });
}

/** Frontends that are refused, or are not any more, where the same endpoints are there. */
export function fatesChanged(service: string, pairs: readonly Pair<Frontend>[]): readonly Change[] {
  return differing(pairs, 'port-changed', service, {
    what: (frontend) => `${frontendKindWords(frontend.kind)} ${frontendPlace(frontend)}`,
    words: (frontend) => ownFate(frontend) || 'balanced',
  });
}

/** Node ports that are taken at other addresses of the node than before. */
export function scopesChanged(service: string, pairs: readonly Pair<Frontend>[]): readonly Change[] {
  const known = pairs.filter(({ before, after }) => before.scope !== '' && after.scope !== '');
  return differing(known, 'port-changed', service, {
    what: (frontend) => `where node port ${frontendPlace(frontend)} is taken`,
    words: ({ scope }) => scope,
  });
}

export function rangesChanged(service: string, pairs: readonly Pair<Frontend>[]): readonly Change[] {
  return differing(pairs.filter(arePassed), 'source-ranges-changed', service, {
    what: (frontend) => `source ranges of ${frontendPlace(frontend)}`,
    words: rangesWords,
  });
}

function rangesWords({ sourceRanges, lateRanges }: Frontend): string {
  const late = lateRanges.length === 0 ? '' : `; of no effect: ${[...lateRanges].sort().join(', ')}`;
  const ranges = sourceRanges === null ? 'every source' : [...sourceRanges].sort().join(', ') || 'no source';
  return `${ranges}${late}`;
}

export function frontendMasquerade(service: string, pairs: readonly Pair<Frontend>[]): readonly Change[] {
  return differing(pairs.filter(arePassed), 'masquerade-changed', service, {
    what: (frontend) => `${frontendKindWords(frontend.kind)} ${frontendPlace(frontend)}`,
    words: (frontend) => masqueradeWords(frontend) || 'not masqueraded',
  });
}

/** What is refused shows neither source ranges nor a masquerade. */
function arePassed({ before, after }: Pair<Frontend>): boolean {
  return [before, after].every(({ fate }) => fate === 'balanced' || fate === 'dropped');
}

interface Words {
  readonly what: (frontend: Frontend) => string;
  readonly words: (frontend: Frontend) => string;
}

/** A change for each pair whose words differ. */
function differing(
  pairs: readonly Pair<Frontend>[],
  kind: ChangeKind,
  service: string,
  { what, words }: Words,
): readonly Change[] {
  return pairs.flatMap((pair) => {
    const [before, after] = [words(pair.before), words(pair.after)];
    if (before === after) return [];
    return { kind, service, what: what(pair.after), before, after, places: placesOfPairs([pair]) };
  });
}
