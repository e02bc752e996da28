/** The ports of a catalog, their order, and the Services that they belong to. */
import type { EndpointSlice, Service } from '../../kubernetes/objects.ts';
import type { CatalogService, ServicePort } from './catalog.ts';
import type { NodeEvidence, PortEvidence } from './evidence.ts';
import { identify, identityOf, type PortIdentity } from './identity.ts';
import type { ObjectIndex } from './objectIndex.ts';
import { portsByKey } from './portKeys.ts';
import { PortView } from './portView.ts';

/** What ports are found in. */
export interface PortContext {
  /** What each mode says of the node. */
  readonly node: readonly NodeEvidence[];
  /** Null without objects. */
  readonly index: ObjectIndex | null;
}

/** Where a port was made before. */
export interface Known {
  ofEvidence(evidence: PortEvidence): PortView | undefined;
  /** Of a port that only the objects have. */
  withId(id: string): PortView | undefined;
}

/**
 * A port of all evidence, then of every Service port that only the objects have, in no order. Those of `before` that are
 * still the same are taken over with all that was worked out of them.
 */
export function portsOf(context: PortContext, before: Known): readonly PortView[] {
  const found: Found[] = [];
  const known = new Set<string>();
  for (const mode of context.node) {
    const objects = context.index === null ? null : portsByKey(context.index.services, mode.keysOf);
    for (const evidence of mode.ports.values()) {
      const identity = identify(evidence, objects?.get(evidence.key) ?? null);
      known.add(`${identity.name}/${identity.protocol}`);
      found.push({ identity, evidence, mode });
    }
  }
  for (const identity of objectsOnly(context, known)) found.push({ identity, evidence: null, mode: null });
  const owners = ownersOfIds(found);
  return found.map((each) => {
    const { identity, evidence } = each;
    const plain = plainId(identity);
    const id = owners.get(plain) === each ? plain : `${plain}/${evidence?.key ?? ''}`;
    const sources = { evidence, node: context.node, slices: slicesOf(identity, context) };
    const same = evidence === null ? before.withId(id) : before.ofEvidence(evidence);
    return same?.isStill(id, identity, sources) === true ? same : new PortView(id, identity, sources);
  });
}

interface Found {
  readonly identity: PortIdentity;
  readonly evidence: PortEvidence | null;
  readonly mode: NodeEvidence | null;
}

/** Of ports that are called alike the plain id is that of the port whose own name it is, else of the first. */
function ownersOfIds(found: readonly Found[]): ReadonlyMap<string, Found> {
  const owners = new Map<string, Found>();
  for (const each of found) {
    const id = plainId(each.identity);
    const other = owners.get(id);
    if (other === undefined || (isOwnName(each) && !isOwnName(other))) owners.set(id, each);
  }
  return owners;
}

function isOwnName({ identity, evidence, mode }: Found): boolean {
  return evidence !== null && mode !== null && isNameOf(identity, evidence, mode);
}

/** Whether a mode that is told this name calls the port so: no other port of the mode can have the name then. */
export function isNameOf(
  { name, protocol }: Pick<ServicePort, 'name' | 'protocol'>,
  { key }: PortEvidence,
  { keysOf }: NodeEvidence,
): boolean {
  return keysOf(name, protocol)[0] === key;
}

const NO_SLICES: readonly EndpointSlice[] = [];

function slicesOf({ object }: PortIdentity, { index }: PortContext): readonly EndpointSlice[] | null {
  if (index?.hasSlices !== true) return null;
  if (object === null) return NO_SLICES;
  const slices = index.slicesOf(object.service);
  // A table cuts long lists, and those that cannot be told apart are left out.
  return slices.length === 0 && object.service.table !== undefined ? null : slices;
}

/** The id of a port that nobody else has a right to; it is not unique where several are called alike. */
export function plainId({
  service,
  name,
  protocol,
}: Pick<ServicePort, 'service' | 'name' | 'protocol'>): string {
  return service === null ? name : `${name}/${protocol}`;
}

function* objectsOnly(context: PortContext, known: ReadonlySet<string>): Generator<PortIdentity> {
  for (const service of context.index?.services ?? []) {
    for (const port of service.ports) {
      const identity = identityOf({ service, port });
      if (!known.has(`${identity.name}/${port.protocol}`)) yield identity;
    }
  }
}

/** By name, those without one last. */
export function comparePorts(a: ServicePort, b: ServicePort): number {
  if ((a.service === null) !== (b.service === null)) return a.service === null ? 1 : -1;
  return (
    compareText(a.namespace ?? '', b.namespace ?? '') ||
    compareText(a.service ?? a.name, b.service ?? b.name) ||
    compareText(a.portName, b.portName) ||
    compareText(a.protocol, b.protocol) ||
    compareText(a.id, b.id)
  );
}

/** By code unit: the order must not hang on the machine's language. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Groups ports that are in order; a port without a name is a Service of its own. */
export function servicesOf(ports: readonly ServicePort[]): readonly CatalogService[] {
  const services: CatalogService[] = [];
  let group: ServicePort[] = [];
  let current: string | null = null;
  for (const port of ports) {
    const id = serviceId(port);
    if (id !== current) {
      group = [];
      current = id;
      services.push(new ServiceView(id, group));
    }
    group.push(port);
  }
  return services;
}

/** `default/web`, or what the rules call the port. */
function serviceId(port: ServicePort): string {
  return port.service === null ? port.id : `${port.namespace ?? ''}/${port.service}`;
}

class ServiceView implements CatalogService {
  readonly id: string;
  readonly ports: readonly ServicePort[];

  constructor(id: string, ports: readonly ServicePort[]) {
    this.id = id;
    this.ports = ports;
  }

  get namespace(): string | null {
    return this.ports[0]?.namespace ?? null;
  }

  get name(): string {
    return this.ports[0]?.service ?? this.id;
  }

  get type(): string | null {
    return this.object?.type ?? null;
  }

  get object(): Service | null {
    return this.ports.find((port) => port.object !== null)?.object ?? null;
  }
}
