/** Endpoints that the rules balance over, and kube-proxy would not. */
import type { ServiceEndpoint } from '../../services/endpoint.ts';
import type { ListedEndpoint } from './listedEndpoints.ts';
import type { AuditSubject } from './subject.ts';
import { keyOfEndpoint, keysOf } from './words.ts';

interface SurplusEndpoint {
  readonly endpoint: ServiceEndpoint;
  /** What the objects say of it; null where they do not know it. */
  readonly listed: ListedEndpoint | null;
  /** Whether it is too much only where traffic stays on its node. */
  readonly localOnly: boolean;
}

/** Empty where the objects are not all known. */
export function surplusEndpoints({ wanted, ruled }: AuditSubject): readonly SurplusEndpoint[] {
  if (wanted === null || wanted.endpoints === null) return [];
  const { listed, expected } = wanted.endpoints;
  const byKey = new Map(listed.map((each) => [each.key, each]));
  const cluster = keysOf(ruled.cluster);
  const all = new Map([...ruled.cluster, ...ruled.local].map((each) => [keyOfEndpoint(each), each]));
  const local = keysOf(ruled.local);
  return [...all].flatMap(([key, endpoint]) => {
    if (endpoint.address === '' || endpoint.port === null) return [];
    const inCluster = cluster.has(key) && !expected.cluster.may.has(key);
    const inLocal = local.has(key) && !expected.local.may.has(key);
    if (!inCluster && !inLocal) return [];
    return [{ endpoint, listed: byKey.get(key) ?? null, localOnly: !inCluster }];
  });
}
