import type { Address } from '../../values/address.ts';
import type { InterfaceAddress } from '../node/node.ts';
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
  const of = typeof packet.input === 'string' ? run.node.interfaces?.get(packet.input) : undefined;
  if (of === undefined) return assumeOwn(run, packet);
  const usable = of.addresses.filter((at) => at.address.family === packet.family && isUsable(at, packet));
  return usable[0]?.address.value ?? null;
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

/** Without the interface's addresses the packet still ends up here: its loopback address stands for it. */
function assumeOwn(run: Run, packet: Packet): bigint {
  run.assume(
    'redirect-address',
    'redirect-address-unknown',
    `REDIRECT sends the packet to an address of this node; which one is not known (${whyMissing(run.node, 'ip-addr.json', 'no ip-addr.json')}). Its loopback address is shown.`,
  );
  return LOOPBACK[packet.family];
}
