/** Words and keys that several findings share. Plain text. */
import type { ServiceEndpoint } from '../../services/endpoint.ts';
import { endpointKey } from '../../services/objectIndex.ts';
import type { Evidence } from '../finding.ts';

export function keyOfEndpoint(endpoint: ServiceEndpoint): string {
  return endpointKey(endpoint.address, endpoint.port ?? 0);
}

export function keysOf(endpoints: readonly ServiceEndpoint[]): ReadonlySet<string> {
  return new Set(endpoints.map(keyOfEndpoint));
}

/** `10.244.1.5:8080 (pod shop/web-0 on node-1)` */
export function endpointWords(endpoint: ServiceEndpoint): string {
  const { pod, node } = endpoint;
  const words = [pod === null ? '' : `pod ${pod.namespace}/${pod.name}`, node === null ? '' : `on ${node}`];
  const who = words.filter((each) => each !== '').join(' ');
  return who === '' ? keyOfEndpoint(endpoint) : `${keyOfEndpoint(endpoint)} (${who})`;
}

/** What the EndpointSlices say of an endpoint's Pod; nothing where none is named. */
export function slicesSay({ pod }: ServiceEndpoint, says: string): readonly Evidence[] {
  return pod === null ? [] : [{ about: { resource: 'pods', ...pod }, says }];
}

/** `the rules`, `the rules of 10:31:02 UTC`: they and the objects were not read in one moment. */
export function rulesWords(taken: number | null): string {
  if (taken === null) return 'the rules';
  return `the rules of ${new Date(taken).toISOString().slice(11, 19)} UTC`;
}

export function capitalized(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
