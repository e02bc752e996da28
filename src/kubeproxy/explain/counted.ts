/** What the rules of a Service port have counted: nat sees the first packet of each connection alone. */
import { countWords, plural } from '../narrative/words.ts';
import type { ServiceEndpoint } from '../services/endpoint.ts';
import type { Frontend } from '../services/frontend.ts';
import type { Sources } from '../sources.ts';
import { percent } from '../words/percent.ts';
import { endpointPlace } from './endpointPlace.ts';

/** How many new connections the endpoints of one family took, and which of them most and none; nothing without counters. */
export function countedSentences(endpoints: readonly ServiceEndpoint[]): readonly string[] {
  const used = endpoints.filter(({ inRules }) => inRules);
  const counts = used.flatMap(({ packets }) => packets ?? []);
  if (counts.length === 0 || counts.length < used.length) return [];
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return ['No connection to its endpoints was counted since its counters began.'];
  const verb = all === 1 ? 'was' : 'were';
  const shares = used.length === 1 ? '' : `: ${sharesWords(used, all)}`;
  return [
    `${plural(all, 'new connection')} ${verb} counted to its endpoints since its counters began${shares}.`,
  ];
}

function sharesWords(used: readonly ServiceEndpoint[], all: number): string {
  const [first, ...others] = used.toSorted((one, other) => (other.packets ?? 0) - (one.packets ?? 0));
  if (first === undefined) return '';
  const most = `most to ${endpointPlace(first)} (${percent((first.packets ?? 0) / all)})`;
  const even = others.every(({ packets }) => packets === first.packets);
  const cold = others.filter(({ packets }) => packets === 0);
  return [
    even ? 'as many to each' : most,
    ...(cold.length === 0 ? [] : [`none to ${countWords(cold.length)} of ${countWords(used.length)}`]),
  ].join(', ');
}

/**
 * ` · 12 new connections` for each frontend, as the rule that takes its traffic counted them. Empty without counters, where a rule
 * refuses it, and for all where none was used.
 */
export function countedAt(frontends: readonly Frontend[], sources: Sources): (frontend: Frontend) => string {
  const counts = new Map(
    frontends.map((frontend) => {
      const { at, fate } = frontend;
      const isCounted = at.table === 'nat' && fate === 'balanced';
      return [frontend, isCounted ? (sources.ruleAt(at)?.counters?.packets ?? null) : null] as const;
    }),
  );
  const isUsed = [...counts.values()].some((count) => count !== null && count > 0);
  return (frontend) => {
    const count = counts.get(frontend) ?? null;
    return !isUsed || count === null ? '' : ` · ${plural(count, 'new connection')}`;
  };
}
