/** Frontends in words. */
import type { Frontend, FrontendKind } from '../catalog/catalog.ts';
import { joinHostPort } from '../hashes.ts';

const kindWords: Readonly<Record<FrontendKind, string>> = {
  clusterIP: 'ClusterIP',
  nodePort: 'NodePort',
  externalIP: 'external IP',
  loadBalancerIP: 'load-balancer IP',
  external: 'external address',
};

/** `ClusterIP`, `NodePort`, `load-balancer IP`. */
export function frontendKindWords(kind: FrontendKind): string {
  return kindWords[kind];
}

/** `10.96.12.3:80/TCP`; a node port alone: `30080/TCP`. */
export function frontendPlace(frontend: Frontend): string {
  const { address, port, protocol } = frontend;
  const place = address === null ? String(port) : joinHostPort(address, port);
  return `${place}/${protocol.toUpperCase()}`;
}

/** `masqueraded`, `masqueraded unless from 10.244.0.0/16`; empty where nobody is. */
export function masqueradeWords(frontend: Frontend): string {
  const { masquerade } = frontend;
  switch (masquerade.kind) {
    case 'never':
      return '';
    case 'always':
      return 'masqueraded';
    case 'node':
      return 'masqueraded if from this node';
    case 'unless':
      return `masqueraded unless ${masquerade.unless}`;
    case 'when':
      return `masqueraded if ${masquerade.when}`;
  }
}

/** What becomes of traffic that is not balanced; empty where it is. */
export function fateWords(frontend: Frontend): string {
  switch (frontend.fate) {
    case 'balanced':
      return '';
    case 'rejected':
      return 'rejected: no endpoints';
    case 'dropped':
      return frontend.chain === null
        ? 'dropped: no endpoints on this node'
        : 'dropped, unless from pods or this node: no endpoints on this node';
    case 'none':
      return 'leads to no endpoint';
  }
}

/** `ClusterIP 10.96.12.3:80/TCP`, `NodePort 30080/TCP (through KUBE-EXT-…, masqueraded)`. */
export function frontendWords(frontend: Frontend, to: string | null): string {
  const through = frontend.chain !== null && frontend.chain !== to ? `through ${frontend.chain}` : '';
  const marked = frontend.kind === 'clusterIP' ? '' : masqueradeWords(frontend);
  const details = [through, marked, fateWords(frontend)].filter((each) => each !== '');
  const words = `${frontendKindWords(frontend.kind)} ${frontendPlace(frontend)}`;
  return details.length === 0 ? words : `${words} (${details.join(', ')})`;
}
