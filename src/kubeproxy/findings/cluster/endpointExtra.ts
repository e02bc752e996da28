import { type PortFinding, portFinding } from '../portFinding.ts';
import type { ListedEndpoint } from './listedEndpoints.ts';
import { surplusEndpoints } from './surplus.ts';
import type { AuditSubject } from './subject.ts';
import { capitalized, endpointWords, slicesSay } from './words.ts';

/** Endpoints that the rules balance over, and that a slice lists as none to be used here. */
export function endpointExtra(subject: AuditSubject): readonly PortFinding[] {
  return surplusEndpoints(subject).flatMap(({ endpoint, listed, localOnly }) => {
    if (listed === null) return [];
    const why = whyNot(listed, localOnly);
    return [
      portFinding(subject.port, {
        code: 'endpoint-extra',
        family: subject.family,
        endpoint,
        at: endpoint.at ?? subject.lacking(),
        because: slicesSay(endpoint, `is ${why}`),
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
