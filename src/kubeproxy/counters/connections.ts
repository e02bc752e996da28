/** New connections to Services, as the rules counted them: nat sees the first packet of each alone. */
import type { Catalog, ServicePort } from '../services/catalog.ts';

/**
 * By id of the Service port, since its counters began; null where the rules have no counters. kube-proxy begins those of a
 * chain anew when it writes it.
 */
export function connectionsOf({ ports }: Catalog): ReadonlyMap<string, CountedPort> | null {
  const first = ports.find(({ endpoints }) => endpoints.some(({ inRules }) => inRules));
  if (first === undefined || connectionsTo(first) === null) return null;
  const counted = new Map<string, CountedPort>();
  for (const port of ports) {
    const connections = connectionsTo(port);
    if (connections !== null) counted.set(port.id, { service: serviceOf(port), connections });
  }
  return counted;
}

export interface CountedPort {
  /** `shop/web`; what its rules call the port where they tell no Service. */
  readonly service: string;
  readonly connections: number;
}

/** Null without endpoints, and without counters. */
function connectionsTo({ endpoints }: ServicePort): number | null {
  const counts = endpoints.filter(({ inRules }) => inRules).map(({ packets }) => packets);
  if (counts.length === 0 || counts.includes(null)) return null;
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function serviceOf({ namespace, service, name }: ServicePort): string {
  return namespace === null || service === null ? name : `${namespace}/${service}`;
}

/** Of all ports of a Service. */
export function byService(ports: Iterable<CountedPort>): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { service, connections } of ports) sums.set(service, (sums.get(service) ?? 0) + connections);
  return sums;
}
