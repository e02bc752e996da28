/** Frontends and vantages in words. */
import { capitalized, either, plural } from '../../narrative/words.ts';
import type { FrontendKind } from '../../services/frontend.ts';
import { fromWords, vantages } from '../../ways/vantages.ts';
import { frontendKindWords, frontendPlace } from '../../words/frontendWords.ts';
import type { EndedWay } from '../../ways/endedWay.ts';

const several: Readonly<Record<FrontendKind, string>> = {
  clusterIP: 'cluster IPs',
  nodePort: 'node ports',
  externalIP: 'external IPs',
  loadBalancerIP: 'load-balancer IPs',
  external: 'external IPs',
};

/** `NodePort 30080/TCP of shop/web:http`, `Cluster IPs and node ports of 41 Services` */
export function whoseWords(ways: readonly EndedWay[]): string {
  const frontends = [...new Map(ways.map((way) => [frontendWords(way), way])).values()];
  const names = [...new Set(ways.map(({ name }) => name))];
  const [first] = frontends;
  if (first === undefined) return '';
  const whose = names.length === 1 ? (names[0] ?? '') : plural(serviceCount(names), 'Service');
  if (frontends.length === 1) return `${frontendWords(first)} of ${whose}`;
  const kinds = [...new Set(frontends.map(({ frontend }) => several[frontend.kind]))];
  return capitalized(`${either(kinds, 'and')} of ${whose}`);
}

/** `NodePort 30080/TCP` */
export function frontendWords({ frontend }: EndedWay): string {
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
export function vantageList(ways: readonly EndedWay[]): string {
  const asked = vantages.filter((each) => ways.some(({ vantage }) => vantage === each));
  return either(
    asked.map((each) => fromWords[each]),
    'and',
  );
}
