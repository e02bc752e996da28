/** Packets that never leave who sends them: to an address that the sender itself has. */
import type { Flow } from '../../kernel/flow.ts';
import { isIPv4Loopback } from '../../kernel/node/addressTypes.ts';
import { normalAddress, parseAddress } from '../../values/address.ts';

/**
 * Why a machine other than this node keeps what it sends there: to 127.0.0.0/8 or ::1, which each has for itself, or to the
 * address that it sends from. Null for any other packet, and for those of this node, which are traced through `lo`.
 */
export function keptBySender({ from, to }: Flow): 'loopback' | 'own' | null {
  if (from.kind === 'node') return null;
  const address = parseAddress(to.address);
  if (address === null) return null;
  if (address.family === 4 ? isIPv4Loopback(address.value) : address.value === 1n) return 'loopback';
  return from.address !== null && normalAddress(from.address) === normalAddress(to.address) ? 'own' : null;
}
