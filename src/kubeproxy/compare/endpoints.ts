/** What changed of the endpoints of one Service port. */
import type { Family } from '../../kernel/flow.ts';
import { joinHostPort } from '../../values/hostPort.ts';
import { percent } from '../words/percent.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { ServiceEndpoint } from '../services/endpoint.ts';
import { type Change, placesOn, type Side } from './change.ts';
import { type Pairs, pairsOf, placesOfPairs } from './pairs.ts';

/** Of the endpoints that the rules hold. */
export function endpointPairs(
  before: ServicePort,
  after: ServicePort,
  families: readonly Family[],
): Pairs<ServiceEndpoint> {
  return pairsOf(ruledEndpoints(before, families), ruledEndpoints(after, families), endpointKey);
}

/** In the order of the rules. */
function ruledEndpoints({ endpoints }: ServicePort, families: readonly Family[]): readonly ServiceEndpoint[] {
  return endpoints.filter(({ family, inRules }) => inRules && families.includes(family));
}

function endpointKey(endpoint: ServiceEndpoint): string {
  return `${endpoint.family} ${endpointName(endpoint)}`;
}

/** `10.244.2.9:8080`; the chain's name where the rules do not tell the address. */
export function endpointName({ address, port, label }: ServiceEndpoint): string {
  if (address === '') return label;
  return port === null ? address : joinHostPort(address, port);
}

/** Those that came, those that went, and shares that other endpoints do not explain. */
export function changesOfEndpoints(service: string, pairs: Pairs<ServiceEndpoint>): readonly Change[] {
  return [
    ...pairs.added.map((endpoint) => endpointChange(service, 'after', endpoint)),
    ...pairs.removed.map((endpoint) => endpointChange(service, 'before', endpoint)),
    ...sharesChanged(service, pairs),
  ];
}

function endpointChange(service: string, side: Side, endpoint: ServiceEndpoint): Change {
  const share = shareWords(endpoint);
  const words = `${endpointName(endpoint)}${share === '' ? '' : `, ${share}`}`;
  return {
    kind: side === 'after' ? 'endpoint-added' : 'endpoint-removed',
    service,
    what: 'endpoint',
    before: side === 'before' ? words : null,
    after: side === 'after' ? words : null,
    places: placesOn(side, [endpoint.at]),
  };
}

/** `33.3 %`, `50 % by local policy`; empty where the rules leave it open. */
function shareWords({ share, localShare }: ServiceEndpoint): string {
  const parts = [
    share === null ? '' : percent(share),
    localShare === null ? '' : `${percent(localShare)} by local policy`,
  ];
  return parts.filter((each) => each !== '').join(', ');
}

function sharesChanged(service: string, pairs: Pairs<ServiceEndpoint>): readonly Change[] {
  const { both, added } = pairs;
  const changed = both.filter(
    ({ before, after }) =>
      !isSameShare(before.share, after.share) || !isSameShare(before.localShare, after.localShare),
  );
  const isExplained =
    added.length + pairs.removed.length > 0 &&
    areEven([...both.map(({ after }) => after), ...added], ({ share }) => share) &&
    areEven([...both.map(({ after }) => after), ...added], ({ localShare }) => localShare);
  if (isExplained) return [];
  return changed.map((pair) => ({
    kind: 'port-changed',
    service,
    what: `share of endpoint ${endpointName(pair.after)}`,
    before: shareWords(pair.before) || 'not known',
    after: shareWords(pair.after) || 'not known',
    places: placesOfPairs([pair]),
  }));
}

/** Probabilities are printed with so many digits that shares differ in the ninth by the order of endpoints alone. */
const LEAST_DIFFERENCE = 1e-6;

function isSameShare(a: number | null, b: number | null): boolean {
  return a === null || b === null ? a === b : Math.abs(a - b) < LEAST_DIFFERENCE;
}

/** Whether all that get connections get as many, as kube-proxy spreads them: then their number alone decides. */
function areEven(
  endpoints: readonly ServiceEndpoint[],
  shareOf: (endpoint: ServiceEndpoint) => number | null,
): boolean {
  const shares = endpoints.map(shareOf).filter((share) => share !== null && share > 0);
  return shares.every((share) => isSameShare(share, shares[0] ?? null));
}
