/** All that is found of Services: from the rules alone, and beside the cluster's objects. */
import type { Coverage } from '../../kubernetes/coverage.ts';
import type { KubernetesObjects } from '../../kubernetes/objects.ts';
import type { Steps } from '../../values/steps.ts';
import type { Family } from '../../kernel/flow.ts';
import { IpvsPort } from '../modes/ipvs/ipvsPort.ts';
import type { NodeModes } from '../modes/nodeModes.ts';
import type { Catalog, ServicePort } from '../services/catalog.ts';
import { type Audit, NO_AUDIT } from './cluster/audit.ts';
import type { PortFinding } from './portFinding.ts';
import { noEndpoints } from './rules/noEndpoints.ts';
import { append } from '../../text/lists.ts';

export function findingsOfPort(port: ServicePort, audit: Audit): readonly PortFinding[] {
  return withoutEmptyServers(port, noEndpoints(port), audit.ofPort(port));
}

/**
 * A virtual server without real servers is one cause: either it is all that there is of the port, whose endpoints are then not told one by
 * one, or the others have what it lacks, and that says more than that it refuses.
 */
function withoutEmptyServers(
  port: ServicePort,
  refused: readonly PortFinding[],
  compared: readonly PortFinding[],
): readonly PortFinding[] {
  if (!(port.evidence instanceof IpvsPort)) return [...refused, ...compared];
  const serves = (family: Family): boolean =>
    port.frontends.some((frontend) => frontend.family === family && frontend.fate === 'balanced');
  const lacks = (family: Family): boolean =>
    compared.some((each) => each.code === 'endpoint-missing' && each.family === family);
  return [
    ...refused.filter(({ family }) => !(serves(family) && lacks(family))),
    ...compared.filter(
      ({ code, family }) =>
        code !== 'endpoint-missing' || serves(family) || !refused.some((each) => each.family === family),
    ),
  ];
}

/** What findings of Services are worked out from, each part when it is first asked for. */
export interface ServiceParts {
  readonly modes: NodeModes;
  readonly objects: KubernetesObjects | null;
  readonly coverage: Coverage;
  readonly catalog: Catalog;
  readonly audit: Audit;
}

/** Makes every port of the catalog, with pauses. */
export function* makePorts(parts: Pick<ServiceParts, 'modes' | 'catalog'>): Steps<void> {
  for (const mode of parts.modes.all) {
    void mode.ports;
    yield;
  }
  void parts.catalog.ports;
  yield;
}

/** Of the Service ports, in the order of the catalog; pauses while that is made, and then every few ports. */
export function* findingsOfServices(parts: ServiceParts): Steps<readonly PortFinding[]> {
  // Objects are compared with every port: without them most are never made.
  if (parts.objects !== null) yield* makePorts(parts);
  const { audit, catalog } = parts;
  if (audit !== NO_AUDIT) yield* makePorts(parts);
  const found: PortFinding[] = [];
  // Where nothing is compared the rules tell of a port that it is refused, and no more.
  const ports = audit === NO_AUDIT ? catalog.refused : catalog.ports;
  for (const [index, port] of ports.entries()) {
    append(found, findingsOfPort(port, audit));
    if (index % PORTS_PER_STEP === PORTS_PER_STEP - 1) yield;
  }
  return found;
}

/** Looked at between two pauses: a millisecond of work. */
const PORTS_PER_STEP = 16;
