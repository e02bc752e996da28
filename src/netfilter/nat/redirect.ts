import type { InterfaceAddress } from '../node/node.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import type { HookName } from '../trace.ts';

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

/** IPv6 wants an address of the scope of the packet's destination. */
function isUsable(at: InterfaceAddress, packet: Packet): boolean {
  if (packet.family === 4) return true;
  return isLinkLocal(at.address.value) === isLinkLocal(packet.destination);
}

function isLinkLocal(value: bigint): boolean {
  return value >> 118n === 0x3fan;
}

/** Without the interface's addresses the packet still ends up here: its loopback address stands for it. */
function assumeOwn(run: Run, packet: Packet): bigint {
  run.assume(
    'redirect-address',
    'redirect-address-unknown',
    'REDIRECT sends the packet to an address of this node; which one is not known (no ip-addr.json). Its loopback address is shown.',
  );
  return LOOPBACK[packet.family];
}
