/** What the lines of a text of ipvsadm hold. */
import { ipvsPlace } from '../../kernel/ruleAt.ts';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import type { ServiceEndpoint } from '../../kubeproxy/services/endpoint.ts';
import type { ServicePort } from '../../kubeproxy/services/catalog.ts';
import { endText, virtualName } from '../../rules/ipvs/names.ts';
import type { IpvsConnection, RealServer, VirtualServer } from '../../rules/ipvs/nodes.ts';
import { type Span, touches } from '../../text/span.ts';
import type { IpvsDocument } from './ipvsDocument.ts';

/** `server` null: the line of the virtual server itself. */
export type IpvsLinePlace =
  | { readonly service: VirtualServer; readonly server: RealServer | null }
  | { readonly connection: IpvsConnection };

/** Null on a line of nothing. */
export function placeAt({ ipvs }: IpvsDocument, offset: number): IpvsLinePlace | null {
  for (const service of ipvs.services) {
    if (touches(service, offset)) return { service, server: null };
    const server = service.servers.find((each) => touches(each, offset));
    if (server !== undefined) return { service, server };
  }
  const connection = ipvs.connections?.find((each) => touches(each, offset));
  return connection === undefined ? null : { connection };
}

/** The Service port of a virtual server; null where the catalog has none. */
export function portOf({ catalog }: Analysis, service: VirtualServer): ServicePort | null {
  return catalog.ofRule(ipvsPlace('ipvs', virtualName(service.virtual), service));
}

/** What it is called where objects tell; null where they do not. */
export function nameOf(port: ServicePort | null): string | null {
  return port === null || port.nameSource === 'structure' ? null : port.name;
}

/** A server as the catalog has it. */
export function endpointOf(port: ServicePort | null, server: RealServer): ServiceEndpoint | null {
  const label = endText(server);
  return port?.endpoints.find((each) => each.inRules && each.label === label) ?? null;
}

/** A virtual server with those of its servers that stand below it, up to the next one: `lines` have them in their order. */
export function blocksOf({ ipvs }: IpvsDocument): readonly (Span & { readonly service: VirtualServer })[] {
  return ipvs.services.map((service, index) => {
    const limit = ipvs.services[index + 1]?.start ?? Number.POSITIVE_INFINITY;
    const ends = service.servers.flatMap(({ start, end }) =>
      start > service.start && end < limit ? [end] : [],
    );
    return { service, start: service.start, end: ends.at(-1) ?? service.end };
  });
}
