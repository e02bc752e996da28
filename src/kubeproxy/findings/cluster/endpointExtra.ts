import { type Finding, finding } from './finding.ts';
import type { ListedEndpoint } from './listedEndpoints.ts';
import { surplusEndpoints } from './surplus.ts';
import type { AuditSubject } from './subject.ts';
import { capitalized, endpointWords } from './words.ts';

/** Endpoints that the rules balance over, and that a slice lists as none to be used here. */
export function endpointExtra(subject: AuditSubject): readonly Finding[] {
  return surplusEndpoints(subject).flatMap(({ endpoint, listed, localOnly }) => {
    if (listed === null) return [];
    const why = whyNot(listed, localOnly);
    return [
      finding({
        kind: 'endpointExtra',
        family: subject.family,
        endpoint,
        at: endpoint.at,
        reason: listed.ready ? `in the rules, though ${why}` : 'in the rules all the same',
        message: `${capitalized(subject.rulesWords)} balance ${subject.port.name} over ${endpointWords(endpoint)}, which is ${why}.`,
      }),
    ];
  });
}

function whyNot({ ready, terminating, hintZones, hintNodes }: ListedEndpoint, localOnly: boolean): string {
  if (!ready) return terminating ? 'terminating' : 'not ready';
  if (localOnly) return 'on another node, while the traffic policy is Local';
  return hintZones.length + hintNodes.length > 0
    ? 'not meant for this node by its topology hints'
    : 'on another node, while the traffic policy is Local';
}
