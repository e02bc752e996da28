/** Connections of `conntrack.txt` that still lead to an endpoint which the rules have no more. */
import type { ConntrackEntry, Node } from '../../../kernel/node/node.ts';
import { groupBy } from '../../../text/groupBy.ts';
import { protocolName } from '../../../kernel/protocols.ts';
import { formatAddress } from '../../../values/address.ts';
import { joinHostPort } from '../../../values/hostPort.ts';
import type { Catalog, ServicePort } from '../../services/catalog.ts';
import type { Frontend } from '../../services/frontend.ts';
import { type PortFinding, portFinding } from '../portFinding.ts';

/** States in which a connection carries no more data. */
const OVER: ReadonlySet<string> = new Set(['TIME_WAIT', 'CLOSE', 'LAST_ACK', 'CLOSE_WAIT', 'FIN_WAIT']);

/** By the port that they were opened to. */
export function staleConntrack(
  node: Pick<Node, 'conntrack'>,
  catalog: Catalog,
): ReadonlyMap<ServicePort, readonly PortFinding[]> {
  const ports = groupBy(staleOf(node, catalog), ({ port }) => port);
  return new Map([...ports].map(([port, stale]) => [port, stale.map(findingOf)]));
}

/** One for each place that connections should not lead to any more, in the order of the table. */
function staleOf({ conntrack }: Pick<Node, 'conntrack'>, catalog: Catalog): readonly Stale[] {
  const found = new Map<string, Stale>();
  for (const entry of conntrack ?? []) {
    const frontend = OVER.has(entry.state ?? '') ? null : frontendOf(entry, catalog);
    if (frontend === null || isEndpoint(entry, frontend.port)) continue;
    const to = joinHostPort(formatAddress(entry.reply.source), entry.reply.sourcePort ?? 0);
    const key = `${frontend.port.id} ${to}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { ...frontend, to, entries: [entry] });
    else known.entries.push(entry);
  }
  return [...found.values()];
}

interface Reached {
  readonly port: ServicePort;
  readonly frontend: Frontend;
}

interface Stale extends Reached {
  /** `10.244.1.4:53` */
  readonly to: string;
  readonly entries: ConntrackEntry[];
}

/** The address of a Service that the connection was opened to, and that something translated. */
function frontendOf({ original, reply, protocol }: ConntrackEntry, catalog: Catalog): Reached | null {
  const { destination, destinationPort } = original;
  if (destinationPort === null || reply.source.value === destination.value) return null;
  return catalog.frontendsAt(formatAddress(destination), destinationPort, protocolName(protocol))[0] ?? null;
}

function isEndpoint({ reply }: ConntrackEntry, { endpoints }: ServicePort): boolean {
  const address = formatAddress(reply.source);
  return endpoints.some((each) => each.inRules && each.address === address && each.port === reply.sourcePort);
}

function findingOf({ port, frontend, to, entries }: Stale): PortFinding {
  const [first] = entries;
  const client = first === undefined ? '' : formatAddress(first.original.source);
  const many = entries.length === 1 ? 'A connection' : `${entries.length} connections`;
  const from = entries.length === 1 ? ` of ${client}` : `, one of ${client},`;
  const silent = entries.every(({ status }) => status.includes('UNREPLIED')) ? ', and got no reply' : '';
  const place = joinHostPort(frontend.address ?? '', frontend.port);
  return portFinding(port, {
    code: 'conntrack-stale',
    family: frontend.family,
    at: frontend.at,
    reason: 'known connections lead to an endpoint that is gone',
    message: `${many}${from} to ${port.name} (${place}) in conntrack.txt ${entries.length === 1 ? 'leads' : 'lead'} to ${to}, no endpoint of it any more${silent}: these rules are not asked for their packets. ${removal(frontend)} ends them.`,
  });
}

/** `conntrack -D -p udp -d 10.96.0.10 --dport 53` */
function removal({ protocol, address, port }: Frontend): string {
  return `"conntrack -D -p ${protocol} -d ${address ?? ''} --dport ${port}"`;
}
