/** The Rules tree by namespace, Service, port, frontend and endpoint. Both families stand together. */
import type { Family } from '../../netfilter/flow.ts';
import type { Catalog, CatalogService, Frontend, ServiceEndpoint, ServicePort } from '../catalog/catalog.ts';
import { percent } from '../chance.ts';
import { endpointNote, endpointPlace } from '../explainServiceChain.ts';
import { joinHostPort } from '../hashes.ts';
import { plural } from '../narrative/words.ts';
import type { Badge, TreeNode } from '../tree.ts';
import { fateWords, frontendKindWords, frontendPlace, masqueradeWords } from '../words/frontendWords.ts';
import { joined, noRows, note, rowsOf, rowWith, type RowList } from './rows.ts';

/** Namespaces, Services … below `parent`; ids begin with `n:`, `s:`, `p:`, `f:` and `e:`. */
export class ServiceRows {
  readonly #catalog: Catalog;
  readonly #family: Family;
  #namespaces: ReadonlyMap<string, readonly CatalogService[]> | null = null;

  /** `family` is that of rows which belong to both. */
  constructor(catalog: Catalog, family: Family) {
    this.#catalog = catalog;
    this.#family = family;
  }

  children(parent: string | null): RowList {
    if (parent === null) {
      return rowsOf([...this.#byNamespace()], ([namespace, services]) =>
        this.#namespace(namespace, services),
      );
    }
    const key = parent.slice(2);
    switch (parent.slice(0, 2)) {
      case 'n:':
        return rowsOf(this.#byNamespace().get(key) ?? [], (service) => this.#service(service));
      case 's:':
        return rowsOf(this.#catalog.serviceNamed(key)?.ports ?? [], (port) => this.#port(port));
      case 'p:':
        return this.#ofPort(this.#catalog.portById(key));
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

  #namespace(namespace: string, services: readonly CatalogService[]): TreeNode {
    const without = services.filter((service) => problemOf(service)?.badge === 'warning').length;
    return rowWith({
      id: `n:${namespace}`,
      kind: 'namespace',
      label: namespace === '' ? 'Services without a known name' : namespace,
      description: plural(services.length, 'Service'),
      badge: without > 0 ? 'warning' : null,
      badgeReason: without > 0 ? `${plural(without, 'Service')} without endpoints` : null,
      hasChildren: true,
      family: this.#family,
    });
  }

  #service(service: CatalogService): TreeNode {
    const [first] = service.ports;
    const problem = problemOf(service);
    const state = problem?.reason ?? plural(endpointCount(service.ports), 'endpoint');
    return rowWith({
      ...placeOf(first),
      id: `s:${service.id}`,
      kind: 'service',
      label: service.name,
      description: [typeWords(service), state].filter((each) => each !== '').join(' · '),
      badge: problem?.badge ?? null,
      badgeReason: problem?.reason ?? null,
      hasChildren: service.ports.length > 0,
      family: familyOf(first) ?? this.#family,
    });
  }

  #port(port: ServicePort): TreeNode {
    const problem = problemOfPort(port);
    const number = numberWords(port);
    const named = port.portName !== '';
    return rowWith({
      ...placeOf(port),
      id: `p:${port.id}`,
      kind: 'port',
      label: named ? port.portName : number,
      description: [named ? number : '', affinityWords(port), problem?.reason ?? '']
        .filter((each) => each !== '')
        .join(' · '),
      badge: problem?.badge ?? null,
      badgeReason: problem?.reason ?? null,
      hasChildren: true,
      family: familyOf(port) ?? this.#family,
    });
  }

  #ofPort(port: ServicePort | null): RowList {
    if (port === null) return noRows;
    const both = port.families.length > 1;
    const frontends = rowsOf(port.frontends, (frontend, index) => frontendRow(port, frontend, index, both));
    const endpoints = rowWith({
      id: `e:${port.id}`,
      kind: 'endpoints',
      label: 'Endpoints',
      description: port.endpoints.length === 0 ? 'none' : '',
      hasChildren: port.endpoints.length > 0,
      chain: chainOf(port),
      family: familyOf(port) ?? this.#family,
    });
    return joined(
      frontends,
      rowsOf([endpoints], (row) => row),
    );
  }

  #ofFrontend(key: string): RowList {
    const hash = key.lastIndexOf('#');
    const port = this.#catalog.portById(key.slice(0, hash));
    const frontend = port?.frontends[Number(key.slice(hash + 1))];
    const ranges = frontend?.sourceRanges ?? [];
    return rowsOf(ranges, (range, index) => note(`f:${key}/${index}`, `from ${range}`, this.#family));
  }

  #endpoints(port: ServicePort | null): RowList {
    if (port === null) return noRows;
    return rowsOf(port.endpoints, (endpoint, index) => endpointRow(port, endpoint, index));
  }
}

interface Problem {
  readonly badge: Badge;
  readonly reason: string;
}

function problemOfPort(port: ServicePort): Problem | null {
  const [first] = port.problems;
  if (port.problems.some((each) => each.kind === 'no-endpoints')) {
    return { badge: 'warning', reason: 'no endpoints, traffic is rejected' };
  }
  if (first !== undefined) return { badge: 'info', reason: localWords(port) };
  if (port.leftOver) return { badge: 'info', reason: 'left over, no rule leads to it' };
  if (port.families.length > 0) return null;
  return isHeadless(port) ? null : { badge: 'info', reason: 'not in these rules' };
}

/** Which traffic is dropped for want of a local endpoint. */
function localWords(port: ServicePort): string {
  const inside = port.internalPolicy === 'Local' && port.externalPolicy !== 'Local';
  return inside
    ? 'no endpoints on this node, traffic is dropped'
    : 'no endpoints on this node, traffic from outside is dropped';
}

function isHeadless(port: ServicePort): boolean {
  const { object } = port;
  return object !== null && (object.type === 'ExternalName' || object.clusterIPs[0] === 'None');
}

/** The worst of a Service's ports. */
function problemOf(service: CatalogService): Problem | null {
  const problems = service.ports.flatMap((port) => problemOfPort(port) ?? []);
  return problems.find((problem) => problem.badge === 'warning') ?? problems[0] ?? null;
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

/** Addresses that some port balances to, in the family that has more of them. */
function endpointCount(ports: readonly ServicePort[]): number {
  const addresses: Record<Family, Set<string>> = { 4: new Set(), 6: new Set() };
  for (const port of ports) {
    const ruled = port.families.length > 0;
    for (const endpoint of port.endpoints) {
      if (ruled ? endpoint.chain !== null : endpoint.ready === true)
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
  const { svc, svl, ext } = port.chains(family);
  return svc ?? svl ?? ext;
}

/** What a trace or "reveal" from a Service or port goes to: its first frontend. */
function placeOf(
  port: ServicePort | undefined,
): Pick<TreeNode, 'span' | 'chain' | 'address' | 'port' | 'protocol'> {
  const frontend = port?.frontends[0];
  return {
    span: frontend?.ref.rule ?? null,
    chain: port === undefined ? null : chainOf(port),
    address: frontend?.address ?? null,
    port: frontend?.port ?? null,
    protocol: port?.protocol ?? null,
  };
}

function frontendRow(port: ServicePort, frontend: Frontend, index: number, both: boolean): TreeNode {
  const bad = frontend.fate !== 'balanced';
  const { kind, address, family, sourceRanges } = frontend;
  const place =
    address === null
      ? `${frontend.port} on ${frontend.scope === '' ? 'no address' : frontend.scope}`
      : joinHostPort(address, frontend.port);
  const words = [
    place,
    both && address === null ? `IPv${family}` : '',
    kind === 'clusterIP' && frontend.masquerade.kind === 'unless' ? '' : masqueradeWords(frontend),
    frontend.policy === 'Local' ? 'endpoints on this node only' : '',
    sourceRanges === null ? '' : plural(sourceRanges.length, 'source range'),
    fateWords(frontend),
  ];
  return rowWith({
    id: `f:${port.id}#${index}`,
    kind: 'frontend',
    label: frontendKindWords(kind),
    description: words.filter((each) => each !== '').join(' · '),
    badge: bad ? (frontend.fate === 'dropped' ? 'info' : 'warning') : null,
    badgeReason: bad ? `${frontendPlace(frontend)}: ${fateWords(frontend)}` : null,
    hasChildren: sourceRanges !== null && sourceRanges.length > 0,
    span: frontend.ref.rule,
    family,
    chain: frontend.chain,
    address,
    port: frontend.port,
    protocol: frontend.protocol,
  });
}

/** A usable endpoint of another node, where the internal policy is Local and nothing needs it here. */
function isPassedOver(port: ServicePort, endpoint: ServiceEndpoint): boolean {
  return (
    endpoint.chain === null &&
    endpoint.ready === true &&
    port.internalPolicy === 'Local' &&
    port.families.includes(endpoint.family)
  );
}

function endpointRow(port: ServicePort, endpoint: ServiceEndpoint, index: number): TreeNode {
  const pod = endpoint.pod === null ? '' : endpoint.pod.name;
  const where =
    pod !== '' && endpoint.node !== null ? `${pod} on ${endpoint.node}` : pod || (endpoint.node ?? '');
  const shares = [
    endpoint.share === null ? '' : percent(endpoint.share),
    endpoint.localShare === null ? '' : `${percent(endpoint.localShare)} of local`,
  ];
  const notes = isPassedOver(port, endpoint) ? 'not used on this node' : endpointNote(endpoint);
  const quiet = notes === '' || isPassedOver(port, endpoint) || isHeadless(port);
  const told = isHeadless(port) && endpoint.ready !== false ? '' : notes;
  const words = [where, ...shares, told].filter((each) => each !== '');
  return rowWith({
    id: `e:${port.id}#${index}`,
    kind: 'endpoint',
    label: endpointPlace(endpoint),
    description: words.join(' · '),
    badge: quiet ? null : 'info',
    badgeReason: quiet ? null : notes,
    span: endpoint.dnat?.rule ?? null,
    family: endpoint.family,
    chain: endpoint.chain,
    address: endpoint.address === '' ? null : endpoint.address,
    port: endpoint.port,
    protocol: port.protocol,
  });
}
