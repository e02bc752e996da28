/** Frontends in words. */
import { placeWords } from '../narrative/words.ts';
import type { Frontend, FrontendFate, FrontendKind, Overtaking } from '../services/frontend.ts';
import { joinHostPort } from '../../values/hostPort.ts';

const kindWords: Readonly<Record<FrontendKind, string>> = {
  clusterIP: 'ClusterIP',
  nodePort: 'node port',
  externalIP: 'external IP',
  loadBalancerIP: 'load-balancer IP',
  external: 'external address',
};

/** What a kind of frontend is called, everywhere: `ClusterIP`, `node port`, `load-balancer IP`. */
export function frontendKindWords(kind: FrontendKind): string {
  return kindWords[kind];
}

/** `10.96.12.3:80/TCP`; a node port alone: `30080/TCP`. */
export function frontendPlace(frontend: Pick<Frontend, 'address' | 'port' | 'protocol'>): string {
  const { address, port, protocol } = frontend;
  const place = address === null ? String(port) : joinHostPort(address, port);
  return `${place}/${protocol.toUpperCase()}`;
}

/** `masqueraded`, `masqueraded unless from 10.244.0.0/16`; empty where nobody is. */
export function masqueradeWords(frontend: Frontend): string {
  const { masquerade } = frontend;
  if (masquerade.kind === 'never') return '';
  if (masquerade.kind === 'unless') return `masqueraded unless ${masquerade.unless}`;
  if (masquerade.kind === 'when') return `masqueraded if ${masquerade.when}`;
  return masquerade.kind === 'node' ? 'masqueraded if from this node' : 'masqueraded';
}

const fates: Readonly<Record<FrontendFate, string>> = {
  balanced: '',
  rejected: 'rejected: no endpoints',
  dropped: 'dropped: no endpoints on this node',
  none: 'leads to no endpoint',
  unknown: 'its rules are not in this part',
};

const sparedWords = { pods: 'pods', node: 'this node' } as const;

/** What becomes of traffic that is not balanced; empty where it is. */
export function fateWords({ fate, spared, overtaking }: Frontend): string {
  const unless = overtaking === null ? '' : `, unless ${overtakingWords(overtaking)}`;
  if (fate !== 'dropped' || spared.length === 0) return `${fates[fate]}${unless}`;
  const whom = spared.map((each) => sparedWords[each]).join(' or ');
  return `dropped, unless from ${whom}: no endpoints on this node${unless}`;
}

/** `rule 1 of FLANNEL-FWD accepts it before` */
export function overtakingWords({ at, verdict }: Overtaking): string {
  return `${placeWords(at)} ${verdict} it before`;
}

/** `ClusterIP 10.96.12.3:80/TCP`, `node port 30080/TCP (through KUBE-EXT-…, masqueraded)`; `by`: what it leads through, or null. */
export function frontendWords(frontend: Frontend, by: string | null): string {
  const through = by === null ? '' : `through ${by}`;
  const marked = frontend.kind === 'clusterIP' ? '' : masqueradeWords(frontend);
  const details = [through, marked, fateWords(frontend)].filter((each) => each !== '');
  const words = `${frontendKindWords(frontend.kind)} ${frontendPlace(frontend)}`;
  return details.length === 0 ? words : `${words} (${details.join(', ')})`;
}
