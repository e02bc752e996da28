/** What two catalogs say of the same Services: from the rules alone, since it is the rules that are compared. */
import type { Family } from '../../kernel/flow.ts';
import { groupBy } from '../../text/groupBy.ts';
import { append } from '../../text/lists.ts';
import type { Catalog, ServicePort } from '../services/catalog.ts';
import { plural } from '../narrative/words.ts';
import { frontendKindWords, frontendPlace } from '../words/frontendWords.ts';
import { type Change, type ChangeKind, placesOn, type Side } from './change.ts';
import { changesOfPort } from './port.ts';

export interface ServicesCompared {
  readonly changes: readonly Change[];
  /** Services of which nothing changed. */
  readonly same: number;
  /** By id: the ports that have rules in both states, and of which nothing changed. */
  readonly samePorts: ReadonlySet<string>;
}

interface Extent {
  /** Those of which both states have rules. */
  readonly families: readonly Family[];
  /** Whether a port that one state lacks may be there all the same: that state is a part. */
  readonly onlyShared: boolean;
  /** By id: the ports about which the states differ in words; of all others nothing changed. */
  readonly touched: ReadonlySet<string>;
}

export function compareServices(before: Catalog, after: Catalog, extent: Extent): ServicesCompared {
  const { families, onlyShared } = extent;
  const old = groupBy(ruledPorts(before, families), serviceName);
  const now = groupBy(ruledPorts(after, families), serviceName);
  const changes: Change[] = [];
  const samePorts = new Set<string>();
  let same = 0;
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort(byName)) {
    const found = changesOfService(name, old.get(name) ?? [], now.get(name) ?? [], extent, samePorts);
    if (found.length === 0) same++;
    append(changes, onlyShared ? found.filter(({ kind }) => !isOfWhole(kind)) : found);
  }
  return { changes, same, samePorts };
}

/** Ports that the rules hold and something leads to. */
function ruledPorts(catalog: Catalog, families: readonly Family[]): readonly ServicePort[] {
  return catalog.ports.filter(
    (port) =>
      port.evidence !== null && !port.leftOver && families.some((each) => port.families.includes(each)),
  );
}

/** `default/web`; of a port without a name what its rules call it. */
function serviceName({ namespace, service, name }: ServicePort): string {
  return namespace === null || service === null ? name : `${namespace}/${service}`;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function changesOfService(
  name: string,
  old: readonly ServicePort[],
  now: readonly ServicePort[],
  { families, touched }: Extent,
  samePorts: Set<string>,
): readonly Change[] {
  if (old.length === 0) return [wholeService('service-added', name, now, families)];
  if (now.length === 0) return [wholeService('service-removed', name, old, families)];
  const byId = new Map(now.map((port) => [port.id, port]));
  const changes: Change[] = [];
  for (const port of old) {
    const later = byId.get(port.id);
    byId.delete(port.id);
    if (later === undefined) {
      changes.push(wholePort('port-removed', port, families));
      continue;
    }
    const found = touched.has(port.id) ? changesOfPort(port, later, families) : [];
    if (found.length === 0) samePorts.add(port.id);
    append(changes, found);
  }
  for (const port of byId.values()) changes.push(wholePort('port-added', port, families));
  return changes;
}

function wholeService(
  kind: 'service-added' | 'service-removed',
  name: string,
  ports: readonly ServicePort[],
  families: readonly Family[],
): Change {
  const words = ports.map((port) => {
    const label = ports.length > 1 && port.portName !== '' ? `${port.portName}: ` : '';
    return `${label}${portSummary(port, families)}`;
  });
  return whole(kind, name, `Service ${name}`, words.join('; '), ports, families);
}

function wholePort(
  kind: 'port-added' | 'port-removed',
  port: ServicePort,
  families: readonly Family[],
): Change {
  return whole(kind, port.name, `Service port ${port.name}`, portSummary(port, families), [port], families);
}

function isOfWhole(kind: ChangeKind): kind is WholeKind {
  return /^(?:service|port)-(?:added|removed)$/u.test(kind);
}

type WholeKind = 'service-added' | 'service-removed' | 'port-added' | 'port-removed';

function whole(
  kind: WholeKind,
  service: string,
  what: string,
  words: string,
  ports: readonly ServicePort[],
  families: readonly Family[],
): Change {
  const isAdded = kind.endsWith('-added');
  const side: Side = isAdded ? 'after' : 'before';
  const places = ports.flatMap((port) => [
    ...port.frontends.filter(({ family }) => families.includes(family)).map(({ at }) => at),
    ...port.endpoints
      .filter(({ family, inRules }) => inRules && families.includes(family))
      .map(({ at }) => at),
  ]);
  return {
    kind,
    service,
    what,
    before: isAdded ? null : words,
    after: isAdded ? words : null,
    places: placesOn(side, places),
  };
}

/** `ClusterIP 10.102.69.101:80/TCP, 2 endpoints` */
function portSummary({ frontends, endpoints }: ServicePort, families: readonly Family[]): string {
  const shown = frontends
    .filter(({ family }) => families.includes(family))
    .map((frontend) => `${frontendKindWords(frontend.kind)} ${frontendPlace(frontend)}`);
  const count = endpoints.filter(({ family, inRules }) => inRules && families.includes(family)).length;
  return [...new Set(shown), count === 0 ? 'no endpoints' : plural(count, 'endpoint')].join(', ');
}
