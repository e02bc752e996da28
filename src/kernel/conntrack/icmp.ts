import type { Family } from '../flow.ts';

/** Query type → reply type, and back. nf_conntrack_proto_icmp.c and …_icmpv6.c, `invmap`. */
const inverse: Readonly<Record<Family, ReadonlyMap<number, number>>> = {
  4: new Map([
    [8, 0],
    [0, 8],
    [13, 14],
    [14, 13],
    [15, 16],
    [16, 15],
    [17, 18],
    [18, 17],
  ]),
  6: new Map([
    [128, 129],
    [129, 128],
    [139, 140],
    [140, 139],
  ]),
};

const opening: Readonly<Record<Family, ReadonlySet<number>>> = {
  4: new Set([8, 13, 15, 17]),
  6: new Set([128, 139]),
};

/** Neighbour discovery, multicast listener and multicast router discovery messages: never tracked. nf_conntrack_proto_icmpv6.c, `noct_valid_new`. */
const untracked = new Set([130, 131, 132, 133, 134, 135, 136, 143, 151, 152]);

/** The type that answers `type`; null for one that conntrack does not know. */
export function inverseIcmpType(family: Family, type: number): number | null {
  return inverse[family].get(type) ?? null;
}

/** Whether a first packet of this type opens a connection (is NEW); any other is INVALID. */
export function opensConnection(family: Family, type: number): boolean {
  return opening[family].has(type);
}

/** Whether ICMPv6 of this type passes untracked. */
export function isNeverTracked(family: Family, type: number): boolean {
  return family === 6 && untracked.has(type);
}
