/** Frontends and vantages in words. */
import { capitalized, either, plural } from '../../narrative/words.ts';
import type { FrontendKind } from '../../services/frontend.ts';
import type { Finding } from '../finding.ts';
import { fromWords, vantages } from '../../ways/vantages.ts';
import { frontendKindWords, frontendPlace } from '../../words/frontendWords.ts';
import type { AskedFrontend, EndedWay } from '../../ways/endedWay.ts';

const several: Readonly<Record<FrontendKind, string>> = {
  clusterIP: 'cluster IPs',
  nodePort: 'node ports',
  externalIP: 'external IPs',
  loadBalancerIP: 'load-balancer IPs',
  external: 'external IPs',
};

/** `NodePort 30080/TCP of shop/web:http`, `Cluster IPs and node ports of 41 Services` */
export function whoseWords(ways: readonly AskedFrontend[]): string {
  const frontends = frontendsIn(ways);
  const names = [...new Set(ways.map(({ name }) => name))];
  const [first] = frontends;
  if (first === undefined) return '';
  const whose = names.length === 1 ? (names[0] ?? '') : plural(serviceCount(names), 'Service');
  if (frontends.length === 1) return `${frontendWords(first)} of ${whose}`;
  const kinds = [...new Set(frontends.map(({ frontend }) => several[frontend.kind]))];
  return capitalized(`${either(kinds, 'and')} of ${whose}`);
}

/** Each frontend once. */
export function frontendsIn<Asked extends AskedFrontend>(ways: readonly Asked[]): readonly Asked[] {
  return [...new Map(ways.map((way) => [frontendWords(way), way])).values()];
}

/** The Service port, or the Service, that all of them are of; null where they are of several. */
export function serviceOfAll(ways: readonly AskedFrontend[]): string | null {
  const names = new Set(ways.map(({ name }) => name));
  const services = new Set([...names].map(serviceName));
  const [only = null] = names.size === 1 ? names : services.size === 1 ? services : [];
  return only;
}

/** Frontends that are led to. */
const MOST_RELATED = 8;

export function relatedTo(frontends: readonly AskedFrontend[]): Finding['related'] {
  return frontends.slice(0, MOST_RELATED).map((way) => ({
    at: way.taken(),
    message: `${frontendWords(way)} of ${way.name}`,
  }));
}

/** `NodePort 30080/TCP` */
function frontendWords({ frontend }: AskedFrontend): string {
  return `${frontendKindWords(frontend.kind)} ${frontendPlace(frontend)}`;
}

function serviceCount(names: readonly string[]): number {
  return new Set(names.map(serviceName)).size;
}

/** `shop/web:http` → `shop/web` */
export function serviceName(name: string): string {
  const colon = name.indexOf(':', name.indexOf('/'));
  return colon === -1 ? name : name.slice(0, colon);
}

/** `from a pod and from outside`, in the order in which vantages are told. */
export function vantageList(ways: readonly Pick<EndedWay, 'vantage'>[]): string {
  const asked = vantages.filter((each) => ways.some(({ vantage }) => vantage === each));
  return either(
    asked.map((each) => fromWords[each]),
    'and',
  );
}

/** What one way says, as it is so of many: without its own addresses and names. */
export function ofSeveral(words: string): string {
  return words
    .replace(/ from \S+, which(?= it never asked)/, ' from another address, which')
    .replace(/(forwarding is off) for \S+$/, '$1')
    .replace(/ once rule \d+ of \S+ had sent it to \S+:/, ' once it was sent to an endpoint:')
    .replace(/(a route of type \w+|no route) to [^\s,]+(?=$|, and)/, '$1')
    .replace(/ to \S+, which is no endpoint of the Service$/, ' to others than their endpoints')
    .replace(/ an endpoint of \S+$/, ' an endpoint');
}
