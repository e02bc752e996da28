/** What changed of one Service port that both states have. */
import type { Family } from '../../kernel/flow.ts';
import { durationWords } from '../words/clauses.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { ServiceEndpoint } from '../services/endpoint.ts';
import type { Frontend } from '../services/frontend.ts';
import { type Change, type ChangePlace, placesOn } from './change.ts';
import { changesOfEndpoints, endpointName, endpointPairs } from './endpoints.ts';
import {
  changesOfFrontends,
  fatesChanged,
  scopesChanged,
  frontendMasquerade,
  frontendPairs,
  rangesChanged,
} from './frontends.ts';
import { type Pair, placesOfPairs } from './pairs.ts';

/** Of the families that both states have rules of; in the order of the kinds of change. */
export function changesOfPort(
  before: ServicePort,
  after: ServicePort,
  families: readonly Family[],
): readonly Change[] {
  const service = after.name;
  const frontends = frontendPairs(before, after, families);
  const endpoints = endpointPairs(before, after, families);
  const kept = [...frontends.both, ...frontends.moved];
  const isExplained = endpoints.added.length + endpoints.removed.length > 0;
  return [
    ...changesOfFrontends(service, frontends),
    ...(isExplained ? [] : fatesChanged(service, kept)),
    ...scopesChanged(service, kept),
    ...changesOfEndpoints(service, endpoints),
    ...policiesChanged(before, after, kept),
    ...affinityChanged(before, after),
    ...rangesChanged(service, kept),
    ...frontendMasquerade(service, kept),
    ...hairpinChanged(service, endpoints.both),
  ];
}

/** Rules that refuse everything show no policy. */
function isShown({ evidence }: ServicePort): boolean {
  return evidence?.policies().shown === true;
}

function policiesChanged(
  before: ServicePort,
  after: ServicePort,
  frontends: readonly Pair<Frontend>[],
): readonly Change[] {
  if (!isShown(before) || !isShown(after)) return [];
  const places = placesOfPairs(frontends);
  const changed = (what: string, old: string, now: string): readonly Change[] =>
    old === now
      ? []
      : [{ kind: 'policy-changed', service: after.name, what, before: old, after: now, places }];
  const isOutside = frontends.some((pair) => pair.after.kind !== 'clusterIP');
  return [
    ...changed('internalTrafficPolicy', before.internalPolicy, after.internalPolicy),
    ...(isOutside ? changed('externalTrafficPolicy', before.externalPolicy, after.externalPolicy) : []),
  ];
}

/** Where there are no endpoints there is no affinity to see. */
function affinityChanged(before: ServicePort, after: ServicePort): readonly Change[] {
  const [old, now] = [affinityWords(before), affinityWords(after)];
  if (old === null || now === null || old === now) return [];
  const places: readonly ChangePlace[] = [
    ...placesOn(
      'before',
      before.frontends.map(({ at }) => at),
    ),
    ...placesOn(
      'after',
      after.frontends.map(({ at }) => at),
    ),
  ];
  return [
    {
      kind: 'affinity-changed',
      service: after.name,
      what: 'session affinity',
      before: old,
      after: now,
      places,
    },
  ];
}

function affinityWords({ affinity, endpoints }: ServicePort): string | null {
  if (!endpoints.some(({ inRules }) => inRules)) return null;
  return affinity === null ? 'none' : `${affinity.kind}, ${durationWords(affinity.seconds)}`;
}

/** Whether an endpoint's own connections to its Service come back to it. */
function hairpinChanged(service: string, endpoints: readonly Pair<ServiceEndpoint>[]): readonly Change[] {
  return endpoints.flatMap((pair) => {
    const [before, after] = [hairpinWords(pair.before), hairpinWords(pair.after)];
    if (before === after || before === null || after === null) return [];
    const what = `endpoint ${endpointName(pair.after)} to itself`;
    return {
      kind: 'masquerade-changed' as const,
      service,
      what,
      before,
      after,
      places: placesOfPairs([pair]),
    };
  });
}

function hairpinWords({ hairpin }: ServiceEndpoint): string | null {
  return hairpin === null ? null : hairpin ? 'masqueraded' : 'not masqueraded';
}
