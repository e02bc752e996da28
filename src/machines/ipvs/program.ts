/** The virtual servers of one family, as IPVS looks them up: net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_service_find. */
import type { Family } from '../../kernel/flow.ts';
import type { Node } from '../../kernel/node/node.ts';
import { SCTP, TCP, UDP } from '../../kernel/packet.ts';
import type { Port } from '../../kernel/port.ts';
import { virtualName } from '../../rules/ipvs/names.ts';
import type { IpvsProtocol, IpvsRules, VirtualServer } from '../../rules/ipvs/nodes.ts';

const numbers: Readonly<Record<IpvsProtocol, number>> = { tcp: TCP, udp: UDP, sctp: SCTP };

/** A virtual server with its name, `TCP 10.96.0.1:443`. */
export interface Service {
  readonly name: string;
  readonly server: VirtualServer;
  readonly family: Family;
}

export interface IpvsSettings {
  /**
   * The kernel has the servers in the order in which they are listed, the last of them first: so it is where the list was
   * loaded by `ipvsadm -R`. kube-proxy adds them in any order. Default false.
   */
  readonly orderKnown?: boolean;
}

export class IpvsProgram {
  readonly family: Family;
  readonly node: Node;
  readonly orderKnown: boolean;
  readonly rules: IpvsRules;
  readonly services: readonly Service[];
  readonly #byEnd = new Map<string, Service>();
  readonly #byMark = new Map<number, Service>();

  constructor(rules: IpvsRules, family: Family, node: Node, { orderKnown = false }: IpvsSettings) {
    this.family = family;
    this.node = node;
    this.rules = rules;
    this.orderKnown = orderKnown;
    this.services = rules.services.flatMap((server) => {
      const { virtual } = server;
      const own = virtual.kind === 'mark' ? virtual.family : virtual.address.family;
      return own === family ? [{ name: virtualName(virtual), server, family }] : [];
    });
    for (const service of this.services) {
      const { virtual } = service.server;
      if (virtual.kind === 'mark') this.#byMark.set(virtual.mark, service);
      else this.#byEnd.set(keyOf(numbers[virtual.protocol], virtual.address.value, virtual.port), service);
    }
  }

  /** The one with the packet's mark, else that of its address and port, else that of all ports of the address. */
  find(mark: number, protocol: number, address: bigint, port: number): Service | null {
    return (
      (mark === 0 ? undefined : this.#byMark.get(mark)) ??
      this.#byEnd.get(keyOf(protocol, address, port)) ??
      this.#byEnd.get(keyOf(protocol, address, 0)) ??
      null
    );
  }

  /** The first that translates to this address and port: ip_vs_has_real_service. */
  ofServer(protocol: number, address: bigint, port: Port): Service | null {
    const isIt = ({ server: { servers } }: Service): boolean =>
      servers.some(
        (each) => each.forwarding === 'masq' && each.address.value === address && each.port === port,
      );
    return this.services.find((service) => mayBeOf(service, protocol) && isIt(service)) ?? null;
  }
}

/** Whether packets of the protocol may be of a service. */
function mayBeOf({ server: { virtual } }: Service, protocol: number): boolean {
  return virtual.kind === 'mark' || numbers[virtual.protocol] === protocol;
}

/** The number of a protocol that IPVS balances. */
export function protocolOf(protocol: IpvsProtocol): number {
  return numbers[protocol];
}

const [ESP, AH] = [50, 51];

/** Whether IPVS looks at packets of a protocol at all; of AH and ESP nothing lists what it knows. */
export function isKnown(protocol: number): boolean {
  return isBalanced(protocol) || protocol === ESP || protocol === AH;
}

/** Whether IPVS balances packets of a protocol. */
export function isBalanced(protocol: number): boolean {
  return protocol === TCP || protocol === UDP || protocol === SCTP;
}

function keyOf(protocol: number, address: bigint, port: number): string {
  return `${protocol} ${address} ${port}`;
}
