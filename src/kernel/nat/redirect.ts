import { type Address, type Family, formatAddress } from '../../values/address.ts';
import type { InterfaceAddress, Node, NodeInterface } from '../node/node.ts';
import { addressType } from '../node/routing.ts';
import { ipv6Scope } from '../node/sourceAddressIPv6.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import type { HookName } from '../trace.ts';
import { whyMissing } from '../node/whyMissing.ts';

const LOOPBACK = { 4: 0x7f000001n, 6: 1n } as const;

/**
 * Where REDIRECT sends a packet: in OUTPUT the loopback address, in PREROUTING the first address of the interface that
 * it came in by (net/netfilter/nf_nat_redirect.c). Null when the interface has none.
 */
export function redirectAddress(run: Run, packet: Packet, hook: HookName): bigint | null {
  if (hook === 'OUTPUT') return LOOPBACK[packet.family];
  const name = packet.input ?? run.knowledge.interfaceName('input', run.scope);
  const of = name === undefined ? undefined : run.node.interfaces?.get(name);
  if (of !== undefined) return firstAddress(of, packet);
  const only = name === undefined ? null : onlyLocalRoute(run.node, packet.family, name);
  return only ?? standIn(run, packet, name);
}

function firstAddress(of: NodeInterface, packet: Packet): bigint | null {
  const usable = of.addresses.filter((at) => at.address.family === packet.family && isUsable(at, packet));
  return usable[0]?.address.value ?? null;
}

/** Without the addresses the table local tells them, though not their order: it takes one that is the only one. */
function onlyLocalRoute(node: Node, family: Family, name: string): bigint | null {
  if (family === 6 || node.localTable[family] !== 'routes') return null;
  const own = (node.routes[family] ?? []).filter(
    (route) =>
      route.type === 'LOCAL' && route.table === 'local' && route.interface === name && !route.partial,
  );
  const [first] = own;
  return own.length === 1 && first?.prefixLength === 32 ? first.destination.value : null;
}

/** For a destination of narrow scope IPv6 wants an address of the same scope (nf_nat_redirect_ipv6_usable). */
function isUsable(at: InterfaceAddress, packet: Packet): boolean {
  if (packet.family === 4) return true;
  if (at.flags.includes('tentative')) return false;
  const scope = narrowScope({ family: 6, value: packet.destination });
  return scope === null || narrowScope(at.address) === scope;
}

/** Loopback, link or site (include/net/ipv6.h: IPV6_ADDR_SCOPE_MASK); null for every wider scope. */
function narrowScope(address: Address): number | null {
  if (address.value === LOOPBACK[6]) return 1;
  const scope = ipv6Scope(address);
  return scope === 1 || scope === 2 || scope === 5 ? scope : null;
}

/**
 * The packet ends up here in any case; which address it then has is an open question to the rules. One is shown in its place:
 * where the packet was sent to, if that is the node's or nothing better is known, else the first one of another interface.
 */
function standIn(run: Run, packet: Packet, name: string | undefined): bigint {
  packet.destinationUnknown = true;
  const { node } = run;
  const asked: Address = { family: packet.family, value: packet.destination };
  const others = [...(node.interfaces ?? node.glimpsed ?? new Map<string, NodeInterface>()).values()]
    .filter((of) => !of.loopback)
    .flatMap((of) => firstAddress(of, packet) ?? []);
  const value = addressType(node, asked) === 'LOCAL' ? asked.value : (others[0] ?? asked.value);
  const why =
    name === undefined
      ? 'by which interface the packet comes in is not known'
      : whyMissing(node, 'ip-addr.json', 'no ip-addr.json');
  run.assume(
    'redirect-address',
    'redirect-address-unknown',
    `REDIRECT sends the packet to the first address of the interface that it came in by, which is not known (${why}). ${formatAddress({ family: packet.family, value })} is shown in its place.`,
  );
  return value;
}
