/** The Rules tree by namespace, Service, port, frontend and endpoint. Both families stand together. */
import type { Service } from '../../kubernetes/objects.ts';
import type { Family } from '../../kernel/flow.ts';
import type { Audit } from '../findings/cluster/audit.ts';
import type { FindingsByService } from '../findings/byService.ts';
import type { Catalog, CatalogService, ServicePort } from '../services/catalog.ts';
import { chainsOf } from '../modes/iptables/iptablesServices.ts';
import { plural } from '../narrative/words.ts';
import type { ObjectReference } from '../objectReference.ts';
import type { TreeNode } from './tree.ts';
import { frontendKindWords } from '../words/frontendWords.ts';
import { endpointIds, endpointRow, frontendId, frontendRow, missingFrontendRow } from './portRows.ts';
import { joined, note, noted, noRows, rowsOf, rowWith, type RowList, type TreeParts } from './rows.ts';
import { countedProblems, problemOfPort, problemOfService } from './serviceProblems.ts';

/** Namespaces, Services … below `parent`; ids begin with `n:`, `s:`, `p:`, `f:` and `e:`. */
export class ServiceRows {
  readonly #parts: TreeParts;
  readonly #catalog: Catalog;
  readonly #audit: Audit;
  #namespaces: ReadonlyMap<string, readonly CatalogService[]> | null = null;

  constructor(parts: TreeParts) {
    this.#parts = parts;
    this.#catalog = parts.catalog;
    this.#audit = parts.audit;
  }

  children(parent: string | null, found: FindingsByService): RowList {
    if (parent === null) {
      return rowsOf([...this.#byNamespace()], ([namespace, services]) =>
        this.#namespace(namespace, services, found),
      );
    }
    const key = parent.slice(2);
    switch (parent.slice(0, 2)) {
      case 'n:':
        return rowsOf(this.#byNamespace().get(key) ?? [], (service) => this.#service(service, found));
      case 's:':
        return rowsOf(this.#catalog.serviceNamed(key)?.ports ?? [], (port) => this.#port(port, found));
      case 'p:':
        return this.#ofPort(this.#catalog.portById(key), found);
      case 'f:':
        return this.#ofFrontend(key);
      case 'e:':
        return this.#endpoints(this.#catalog.portById(key));
      default:
        return noRows;
    }
  }

  #byNamespace(): ReadonlyMap<string, readonly CatalogService[]> {
    if (this.#namespaces === null) {
      const found = new Map<string, CatalogService[]>();
      for (const service of this.#catalog.services) {
        const key = service.namespace ?? '';
        const known = found.get(key);
        if (known === undefined) found.set(key, [service]);
        else known.push(service);
      }
      this.#namespaces = found;
    }
    return this.#namespaces;
  }

  #namespace(namespace: string, services: readonly CatalogService[], found: FindingsByService): TreeNode {
    const reasons = countedProblems(
      services.flatMap((service) => problemOfService(service, this.#audit, found) ?? []),
    );
    return rowWith({
      id: `n:${namespace}`,
      kind: 'namespace',
      label: namespace === '' ? 'Services without a known name' : namespace,
      description: plural(services.length, 'Service'),
      badge: reasons.length > 0 ? 'warning' : null,
      badgeReason: reasons.length > 0 ? reasons.join(', ') : null,
      hasChildren: true,
    });
  }

  #service(service: CatalogService, found: FindingsByService): TreeNode {
    const [first] = service.ports;
    const problem = problemOfService(service, this.#audit, found);
    return rowWith({
      ...this.#placeOf(first),
      id: `s:${service.id}`,
      kind: 'service',
      label: service.name,
      description: serviceWords(service, problem),
      badge: problem?.badge ?? null,
      badgeReason: problem?.reason ?? null,
      hasChildren: service.ports.length > 0,
      object: objectOf(service.object),
    });
  }

  #port(port: ServicePort, found: FindingsByService): TreeNode {
    const problem = problemOfPort(port, this.#audit, found);
    const number = numberWords(port);
    const named = port.portName !== '';
    return rowWith({
      ...this.#placeOf(port),
      id: `p:${port.id}`,
      kind: 'port',
      label: named ? port.portName : number,
      description: noted([named ? number : '', affinityWords(port), problem?.words ?? '']),
      badge: problem?.badge ?? null,
      badgeReason: problem?.reason ?? null,
      hasChildren: true,
      object: objectOf(port.object),
    });
  }

  #ofPort(port: ServicePort | null, found: FindingsByService): RowList {
    if (port === null) return noRows;
    const lacking = this.#audit
      .ofPort(port)
      .flatMap((lack) => lack.missing.map((missing) => ({ lack, missing })));
    const endpoints = rowWith({
      id: `e:${port.id}`,
      kind: 'endpoints',
      label: 'Endpoints',
      description: port.endpoints.length === 0 ? 'none' : '',
      hasChildren: port.endpoints.length > 0,
      chain: chainOf(port),
    });
    return joined(
      rowsOf(port.frontends, (frontend) => frontendRow(port, frontend, this.#parts, found)),
      rowsOf(lacking, ({ lack, missing }) => missingFrontendRow(port, lack, missing)),
      rowsOf([endpoints], (row) => row),
    );
  }

  #ofFrontend(key: string): RowList {
    const port = this.#catalog.portById(key.slice(0, key.lastIndexOf('#')));
    const frontend = port?.frontends.find((each) => frontendId(port, each) === `f:${key}`);
    return joined(
      rowsOf(frontend?.sourceRanges ?? [], (range) => note(`f:${key}/${range}`, `from ${range}`)),
      rowsOf(frontend?.lateRanges ?? [], (range) =>
        note(`f:${key}/${range}/late`, `from ${range}: of no effect, behind the mark to drop`),
      ),
    );
  }

  #endpoints(port: ServicePort | null): RowList {
    if (port === null) return noRows;
    const ids = endpointIds(port);
    return rowsOf(port.endpoints, (endpoint, index) =>
      endpointRow(port, endpoint, ids[index] ?? '', this.#parts),
    );
  }

  /** What a trace or "reveal" from a Service or port goes to: its first frontend. */
  #placeOf(port: ServicePort | undefined): Pick<TreeNode, 'at' | 'chain' | 'address' | 'port' | 'protocol'> {
    const frontend = port?.frontends[0];
    return {
      at: frontend?.at ?? null,
      chain: port === undefined ? null : chainOf(port),
      address: frontend?.address ?? null,
      port: frontend?.port ?? null,
      protocol: port?.protocol ?? null,
    };
  }
}

/** `NodePort · external traffic policy Local · 3 endpoints`; trouble comes first, and takes the place of the number. */
export function serviceWords(service: CatalogService, problem: ReturnType<typeof problemOfService>): string {
  const kind = [typeWords(service), ...policyWords(service)];
  // A narrow view cuts the end off.
  return problem === null
    ? noted([...kind, plural(endpointCount(service.ports), 'endpoint')])
    : noted([problem.words, ...kind]);
}

/** The Service's type; without objects, the frontends that it is seen to have. */
function typeWords(service: CatalogService): string {
  const { object, type } = service;
  if (object?.clusterIPs[0] === 'None') return 'headless';
  if (type !== null) return type;
  const kinds = service.ports.flatMap((port) =>
    port.frontends.map((frontend) => frontendKindWords(frontend.kind)),
  );
  return [...new Set(kinds)].join(', ');
}

/** Of the object, else as the rules have them: `external traffic policy Local`. */
function policyWords(service: CatalogService): readonly string[] {
  const [port] = service.ports;
  const { object } = service;
  const internal = object?.internalTrafficPolicy ?? port?.internalPolicy;
  const external = object?.externalTrafficPolicy ?? port?.externalPolicy;
  return [
    internal === 'Local' ? 'internal traffic policy Local' : '',
    external === 'Local' ? 'external traffic policy Local' : '',
  ];
}

function objectOf(service: Service | null): ObjectReference | null {
  if (service === null) return null;
  return { resource: 'services', namespace: service.namespace, name: service.name };
}

/** Addresses that some port balances to, in the family that has more of them. */
function endpointCount(ports: readonly ServicePort[]): number {
  const addresses: Record<Family, Set<string>> = { 4: new Set(), 6: new Set() };
  for (const port of ports) {
    const ruled = port.families.length > 0;
    for (const endpoint of port.endpoints) {
      if (ruled ? endpoint.inRules : endpoint.ready === true)
        addresses[endpoint.family].add(endpoint.address);
    }
  }
  return Math.max(addresses[4].size, addresses[6].size);
}

function numberWords(port: ServicePort): string {
  const cluster = port.frontends.find((each) => each.kind === 'clusterIP')?.port;
  const listed = port.object?.ports.find(
    (each) => each.name === port.portName && each.protocol === port.protocol,
  )?.port;
  const number = cluster ?? listed ?? null;
  const protocol = port.protocol.toUpperCase();
  return number === null ? protocol : `${number}/${protocol}`;
}

function affinityWords(port: ServicePort): string {
  return port.affinity === null ? '' : 'ClientIP affinity';
}

function familyOf(port: ServicePort | undefined): Family | null {
  return port?.frontends[0]?.family ?? port?.families[0] ?? null;
}

function chainOf(port: ServicePort): string | null {
  const family = familyOf(port);
  if (family === null) return null;
  const { svc, svl, ext } = chainsOf(port, family);
  return svc ?? svl ?? ext;
}
