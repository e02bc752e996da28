/** Zones keep connections apart whose addresses are alike: include/net/netfilter/nf_conntrack_zones.h. */

export type Direction = 'original' | 'reply';

/** In a direction that it does not count for, a connection is in zone 0. */
export interface Zone {
  readonly id: number;
  readonly counts: Direction | 'both';
}

/** Where connections are that no rule puts into a zone. */
export const NO_ZONE: Zone = { id: 0, counts: 'both' };

/** The number by which connections of this direction are told apart. */
export function zoneIn(zone: Zone, direction: Direction): number {
  return zone.counts === 'both' || zone.counts === direction ? zone.id : 0;
}

/** The zone that a rule asks for; `mark`: the one whose number is the packet's mark when conntrack looks at it. */
export interface WantedZone {
  readonly id: number | 'mark';
  readonly counts: Zone['counts'];
}
