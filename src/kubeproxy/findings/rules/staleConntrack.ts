/** Connections of `conntrack.txt` that still lead to an endpoint which the rules have no more. */
import type { ConntrackEntry, Node } from '../../../kernel/node/node.ts';
import { groupBy } from '../../../text/groupBy.ts';
import { IPVS } from '../../../kernel/ruleAt.ts';
import { protocolName } from '../../../kernel/protocols.ts';
import { formatAddress } from '../../../values/address.ts';
import { joinHostPort } from '../../../values/hostPort.ts';
import type { Catalog, ServicePort } from '../../services/catalog.ts';
import type { Frontend } from '../../services/frontend.ts';
import { type PortFinding, portFinding } from '../portFinding.ts';

type Connections = Pick<Node, 'conntrack' | 'interfaces'>;

/** UDP has no end; of the others the state says whether data still goes that way. */
function isAlive({ protocol, state }: ConntrackEntry): boolean {
  return protocolName(protocol) === 'udp' || state === 'ESTABLISHED';
}

/** By the port that they were opened to. */
export function staleConntrack(
  node: Connections,
  catalog: Catalog,
): ReadonlyMap<ServicePort, readonly PortFinding[]> {
  const ports = groupBy(staleOf(node, catalog), ({ port }) => port);
  return new Map([...ports].map(([port, stale]) => [port, stale.map(findingOf)]));
}

/** One for each place that connections should not lead to any more, in the order of the table. */
function staleOf({ conntrack, interfaces }: Connections, catalog: Catalog): readonly Stale[] {
  const addresses = [...(interfaces?.values() ?? [])].flatMap((each) => each.addresses);
  const own = new Set(addresses.map(({ address }) => formatAddress(address)));
  const found = new Map<string, Stale>();
  for (const entry of conntrack ?? []) {
    const frontend = isAlive(entry) ? frontendOf(entry, catalog) : null;
    // IPVS itself sees that a server has gone, and takes another one (expire_nodest_conn).
    if (frontend === null || frontend.frontend.at.source === IPVS || isRight(entry, frontend, own)) continue;
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

/** The address of a Service that the connection was opened to. */
function frontendOf({ original, protocol }: ConntrackEntry, catalog: Catalog): Reached | null {
  const { destination, destinationPort } = original;
  if (destinationPort === null) return null;
  return catalog.frontendsAt(formatAddress(destination), destinationPort, protocolName(protocol))[0] ?? null;
}

/** `own`: the addresses of this node. NodeLocal DNSCache gives it the cluster IP of DNS, which is then not to be translated. */
function isRight(entry: ConntrackEntry, { port, frontend }: Reached, own: ReadonlySet<string>): boolean {
  const address = formatAddress(entry.reply.source);
  if (isTranslated(entry))
    return port.endpoints.some(
      (each) => each.inRules && each.address === address && each.port === entry.reply.sourcePort,
    );
  return frontend.kind !== 'clusterIP' || frontend.fate !== 'balanced' || own.has(address);
}

function isTranslated({ original, reply }: ConntrackEntry): boolean {
  return reply.source.value !== original.destination.value;
}

function findingOf({ port, frontend, to, entries }: Stale): PortFinding {
  const [first] = entries;
  const client = first === undefined ? '' : formatAddress(first.original.source);
  const many = entries.length === 1 ? 'A connection' : `${entries.length} connections`;
  const from = entries.length === 1 ? ` of ${client}` : `, one of ${client},`;
  const silent = entries.every(({ status }) => status.includes('UNREPLIED')) ? ', and got no reply' : '';
  const place = joinHostPort(frontend.address ?? '', frontend.port);
  const leads = entries.length === 1 ? 'leads' : 'lead';
  const isGone = first !== undefined && isTranslated(first);
  const what = isGone
    ? `${leads} to ${to}, no endpoint of it any more`
    : `${leads} to the cluster IP itself, which nobody has: it began before there were rules for it`;
  return portFinding(port, {
    code: 'conntrack-stale',
    // A TCP client notices by itself, and opens another connection.
    severity: frontend.protocol === 'udp' ? 'warning' : 'information',
    family: frontend.family,
    at: frontend.at,
    reason: 'known connections lead to an endpoint that is gone',
    message: `${many}${from} to ${port.name} (${place}) in conntrack.txt ${what}${silent}: these rules are not asked for their packets. ${removal(frontend)} ends them.`,
  });
}

/** `conntrack -D -p udp -d 10.96.0.10 --dport 53` */
function removal({ protocol, address, port }: Frontend): string {
  return `"conntrack -D -p ${protocol} -d ${address ?? ''} --dport ${port}"`;
}
