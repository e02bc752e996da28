/**
 * Ports of the node at which a process listens (`ss`, `netstat`), and which a node port or a Pod's host port takes: packets
 * are translated before anybody looks for a socket.
 */
import type { Node, NodeSocket } from '../../../kernel/node/node.ts';
import { formatAddress } from '../../../values/address.ts';
import { families } from '../../rulesets.ts';
import { destinationAddressOf, destinationPortOf, protocolOf, targetNameOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import { type RulesParts, RulesSubject } from './subject.ts';

/**
 * Who opens a port only to keep others from it: kube-proxy up to 1.23, by itself or within k3s and RKE2, the kubelet for
 * host ports, Docker for ports that it publishes.
 */
const HOLDERS = /^(?:kube-proxy|kubelet|hyperkube|k3s|rke2|dockerd|docker-proxy|rootlessport)/;
/** From this minor release on kube-proxy opens none. */
const OPENS_NONE = 24;

/** One for each port that is taken; nothing without a list of sockets. */
export function portShadowed(parts: RulesParts): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const socket of socketsAsked(parts)) {
    for (const taker of [...ofServices(socket, parts), ...ofHostPorts(socket, parts)]) {
      const key = `${socket.protocol} ${socket.port} ${taker.what}`;
      if (!found.has(key)) found.set(key, tell(socket, taker));
    }
  }
  return [...found.values()];
}

/** Those that somebody outside may be meant to reach. What asks from a port of its own choice is not connected either (UDP). */
function socketsAsked(parts: RulesParts): readonly NodeSocket[] {
  const { node } = parts;
  const sockets = node.sockets?.sockets ?? [];
  // The release is worked out of all chains: only for who has a socket.
  if (sockets.length === 0) return [];
  const mayHold = (parts.dump.sinceMinor ?? 0) < OPENS_NONE;
  return sockets.filter(
    ({ process, address, device, protocol, port }) =>
      device === null &&
      (address === null || !isLoopback(formatAddress(address))) &&
      (process === null ? !mayHold : !HOLDERS.test(process)) &&
      (protocol === 'tcp' || port < firstChosen(node)),
  );
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** The kernel's default is 32768. */
function firstChosen({ sysctls }: Node): number {
  return Number(sysctls?.get('net.ipv4.ip_local_port_range')?.split(/\s+/)[0] ?? 32_768);
}

interface Taker {
  /** `node port 30080 of edge/web:http` */
  readonly what: string;
  /** `the endpoints of that Service` */
  readonly whom: string;
  readonly at: Finding['at'];
  readonly service: string | null;
}

function ofServices(
  { port, protocol, families: own }: NodeSocket,
  { catalog }: RulesParts,
): readonly Taker[] {
  return catalog
    .frontendsAt(null, port, protocol)
    .filter(
      ({ frontend: { kind, family, scope } }) =>
        kind === 'nodePort' && own.includes(family) && (scope === '' || scope === 'every address'),
    )
    .map(({ port: { name }, frontend: { at } }) => ({
      what: `node port ${port} of ${name}`,
      whom: 'the endpoints of that Service',
      at,
      service: name,
    }));
}

/** Of the CNI plugin portmap. */
function ofHostPorts({ port, protocol, families: own }: NodeSocket, parts: RulesParts): readonly Taker[] {
  return families.flatMap((family): readonly Taker[] => {
    const source = own.includes(family) ? parts.sources.followed(family) : null;
    if (source === null) return [];
    const subject = new RulesSubject(source, family, parts);
    const chains = [...(subject.table('nat')?.chains.values() ?? [])].filter(({ name }) =>
      name.startsWith('CNI-DN-'),
    );
    return chains.flatMap((chain) =>
      chain.rules
        .filter(
          (rule) =>
            targetNameOf(rule) === 'DNAT' &&
            destinationPortOf(rule) === port &&
            protocolOf(rule) === protocol &&
            destinationAddressOf(rule) === null,
        )
        .map((rule) => ({
          what: `a host port of a Pod (rule ${rule.index + 1} of ${chain.name})`,
          whom: 'that Pod',
          at: subject.at(chain, rule),
          service: null,
        })),
    );
  });
}

function tell({ process, port, protocol }: NodeSocket, { what, whom, at, service }: Taker): Finding {
  const who = process === null ? 'A process' : `Process ${process}`;
  return ruleFinding({
    code: 'port-shadowed',
    at,
    service,
    message: `${who} of this node listens at port ${port}/${protocol.toUpperCase()}, and so does ${what}: what is sent there goes to ${whom}, and the process gets nothing from other machines. Give one of the two another port.`,
  });
}
