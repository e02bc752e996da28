/** Conntrack's part in the hooks: net/netfilter/nf_conntrack_proto.c. */
import { numberSysctl } from '../node/sysctls.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { trackAsGiven } from './given.ts';
import { track } from './track.ts';

/** In PREROUTING and OUTPUT: finds the packet's connection, or begins one. */
export function runConntrack(packet: Packet, run: Run): void {
  const loose = numberSysctl(run.node, 'net.netfilter.nf_conntrack_tcp_loose') !== 0;
  const before = packet.state;
  if (packet.given === null) track(packet, run.conntrack, loose);
  else trackAsGiven(run, packet, packet.given);
  if (packet.state !== null && packet.state !== before) {
    run.steps.push({ kind: 'conntrack', state: packet.state });
  }
}

/** The packet has gone all the way through INPUT or POSTROUTING, at whose end conntrack remembers its connection. */
export function confirm(packet: Packet, run: Run): void {
  if (packet.connection !== null) run.conntrack.confirm(packet.connection);
}
