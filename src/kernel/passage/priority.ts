/** The priority that IPv4 gives a packet by its TOS when it forwards it: rt_tos2priority of include/net/route.h. */

/** ip_tos2prio of net/ipv4/route.c: TC_PRIO_BESTEFFORT, _BULK, _INTERACTIVE and _INTERACTIVE_BULK. */
const BY_TOS = [0, 0, 0, 0, 2, 2, 2, 2, 6, 6, 6, 6, 4, 4, 4, 4];

/** IPTOS_TOS. */
const TOS_BITS = 0x1e;

export function priorityOfTos(tos: number): number {
  return BY_TOS[(tos & TOS_BITS) >> 1] ?? 0;
}
