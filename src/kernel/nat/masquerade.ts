/** The source becomes the address of the interface that the packet leaves by: nf_nat_masquerade.c. */
import { type Address, formatAddress } from '../../values/address.ts';
import { likelyMasqueradeSource, masqueradeSource } from '../node/sourceAddress.ts';
import { whyMissing } from '../node/whyMissing.ts';
import { addressOf, type Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { bindNat, type NatEffect } from './binding.ts';
import type { NatRange } from './range.ts';

export type Masqueraded =
  | { readonly kind: 'translated'; readonly effect: NatEffect | null }
  /** Nothing happens to the packet, which is accepted. */
  | { readonly kind: 'left' }
  /** It is dropped: "finds no address on eth0". */
  | { readonly kind: 'none'; readonly reason: string };

export function masqueradePacket(packet: Packet, run: Run, wanted: Omit<NatRange, 'address'>): Masqueraded {
  // "Source address is 0.0.0.0 - locally generated packet that is probably not supposed to be masqueraded."
  // The function for IPv6 has no such check.
  if (packet.family === 4 && packet.connection?.original.source === 0n && !packet.sourceUnknown)
    return { kind: 'left' };
  packet.masqueraded = true;
  packet.sourceUnknown = false;
  const source = masqueradeAddress(packet, run);
  if (source === null && packet.sourceUnknown) {
    return { kind: 'translated', effect: unknownSource(packet, run, wanted) };
  }
  if (source === null) {
    return { kind: 'none', reason: `finds no address on ${packet.output ?? 'the interface'}` };
  }
  const range: NatRange = { ...wanted, address: { first: source, last: source } };
  const effect = bindNat('masquerade', packet, run, range, 'source');
  if (packet.connection !== null) packet.connection.masqueradedBy = packet.output ?? null;
  return { kind: 'translated', effect };
}

/** Null where there is none; `sourceUnknown` is then set when that is only not known. */
function masqueradeAddress(packet: Packet, run: Run): bigint | null {
  const { output } = packet;
  const { interfaces, glimpsed } = run.node;
  if ((interfaces === null && glimpsed === null) || typeof output !== 'string') {
    packet.sourceUnknown = true;
    return null;
  }
  const destination = addressOf(packet, 'destination');
  // Of IPv6 the kernel asks for the destination itself (nf_nat_masquerade_ipv6), of IPv4 for the next hop.
  const hop = packet.family === 4 ? (packet.gateway ?? destination) : destination;
  const near = hop.family === packet.family ? hop : destination;
  if (interfaces !== null) return masqueradeSource(run.node, output, near)?.value ?? null;
  return likelyAddress(packet, run, output, near);
}

/** Of a node whose addresses are known in part. */
function likelyAddress(packet: Packet, run: Run, output: string, nextHop: Address): bigint | null {
  const likely = output === 'lo' ? null : likelyMasqueradeSource(run.node, output, nextHop);
  if (likely === null) {
    packet.sourceUnknown = true;
    return null;
  }
  const text = formatAddress(likely.address);
  run.assume(
    `masquerade-source:${output}`,
    'masquerade-source-assumed',
    `The packet is taken to get ${text} as its source when it leaves by ${output}: ${likely.because}.`,
  );
  return likely.address.value;
}

/** The node's address is not known; what is known is that the source becomes it. */
function unknownSource(packet: Packet, run: Run, wanted: Omit<NatRange, 'address'>): NatEffect | null {
  run.assume(
    'masquerade-source',
    'masquerade-source-unknown',
    `The packet takes an address of the node as its source; which one is not known (${whyMissing(run.node, 'ip-addr.json', 'no ip-addr.json')}).`,
  );
  const effect = bindNat('masquerade', packet, run, { ...wanted, address: null }, 'source');
  if (packet.connection !== null) packet.connection.sourceNat = true;
  return effect?.kind === 'masquerade' ? { ...effect, is: { ...effect.is, address: '?' } } : effect;
}
