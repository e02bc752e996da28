import { type PortFinding, portFinding } from '../portFinding.ts';
import { surplusEndpoints } from './surplus.ts';
import type { AuditSubject } from './subject.ts';
import { capitalized, endpointWords } from './words.ts';

/** Endpoints that the rules balance over, and no slice lists. */
export function endpointStale(subject: AuditSubject): readonly PortFinding[] {
  return surplusEndpoints(subject)
    .filter(({ listed }) => listed === null)
    .map(({ endpoint }) =>
      portFinding(subject.port, {
        code: 'endpoint-stale',
        family: subject.family,
        endpoint,
        at: endpoint.at ?? subject.lacking(),
        reason: 'in the rules, and no endpoint any more',
        message: `${capitalized(subject.rulesWords)} balance ${subject.port.name} over ${endpointWords(endpoint)}, which is none of its endpoints now: connections that are sent there fail, or reach somebody else.`,
      }),
    );
}
