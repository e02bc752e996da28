import type { ServiceEndpoint } from '../../services/endpoint.ts';
import { endpointKey } from '../../services/objectIndex.ts';
import { type PortFinding, portFinding } from '../portFinding.ts';
import type { AuditSubject } from './subject.ts';
import { endpointWords, keysOf, keyOfEndpoint, slicesSay } from './words.ts';

/** Endpoints that kube-proxy would balance over, and the rules do not. */
export function endpointMissing(subject: AuditSubject): readonly PortFinding[] {
  const { wanted, ruled, port, family } = subject;
  if (wanted === null || wanted.endpoints === null || ruled.unclear || ruled.frontends.length === 0)
    return [];
  const { expected } = wanted.endpoints;
  const cluster = keysOf(ruled.cluster);
  const local = keysOf(ruled.local);
  return port.endpoints
    .filter((endpoint) => endpoint.family === family)
    .flatMap((endpoint) => {
      const key = keyOfEndpoint(endpoint);
      const lacksCluster = expected.cluster.must.has(key) && !cluster.has(key);
      const lacksLocal = expected.local.must.has(key) && !local.has(key);
      if (!lacksCluster && !lacksLocal) return [];
      const only =
        lacksLocal && cluster.has(key) ? 'local' : lacksCluster && local.has(key) ? 'cluster' : 'all';
      return [missing(subject, endpoint, only)];
    });
}

function missing(
  subject: AuditSubject,
  endpoint: ServiceEndpoint,
  only: 'all' | 'local' | 'cluster',
): PortFinding {
  const state = endpoint.ready === true ? 'ready' : 'still serving while none is ready';
  const whose = only === 'all' ? '' : ` for ${traffic[only]}`;
  const place = endpointKey(endpoint.address, endpoint.port ?? 0);
  return portFinding(subject.port, {
    code: 'endpoint-missing',
    at: subject.lacking(),
    because: slicesSay(endpoint, `is ${state}`),
    family: subject.family,
    endpoint,
    reason: `not in the rules${whose}`,
    message: `${endpointWords(endpoint)} is ${state}, and ${subject.rulesWords} do not balance ${subject.port.name} over it${whose}: ${place} gets no such connections through this node.`,
  });
}

const traffic = {
  local: 'traffic that stays on its node',
  cluster: 'traffic that may leave its node',
} as const;
