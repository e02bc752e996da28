/** Conntrack's part in the hooks: net/netfilter/nf_conntrack_proto.c. */
import type { End } from '../end.ts';
import { kernelDrop } from '../end.ts';
import { numberSysctl } from '../node/sysctls.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { trackAsGiven } from './given.ts';
import { takeTemplate } from './template.ts';
import { track } from './track.ts';
import { TrafficCounts } from './traffic.ts';

/** In PREROUTING and OUTPUT: finds the packet's connection, or begins one. */
export function runConntrack(packet: Packet, run: Run): void {
  const loose = numberSysctl(run.node, 'net.netfilter.nf_conntrack_tcp_loose') !== 0;
  const zone = takeTemplate(packet);
  const before = packet.state;
  const had = packet.connection;
  if (packet.given === null) track(packet, run.conntrack, zone, loose);
  else trackAsGiven(run, packet, packet.given, zone);
  if (packet.connection !== had) run.state(TrafficCounts).count(packet);
  if (packet.state !== null && packet.state !== before) {
    run.steps.push({ kind: 'conntrack', state: packet.state });
  }
}

/** Why a packet is lost behind the last rule, in plain text. */
export const CLASH = 'conntrack cannot tell its answers from those of another connection';

/**
 * The packet has gone all the way through INPUT or POSTROUTING, at whose end conntrack remembers its connection. Where another
 * connection has its tuples already, the packet is lost: __nf_conntrack_confirm, nf_ct_resolve_clash.
 */
export function confirm(packet: Packet, run: Run): End | null {
  const { connection } = packet;
  if (connection === null || connection.confirmed) return null;
  if (run.conntrack.clashes(connection)) {
    return kernelDrop(CLASH);
  }
  run.conntrack.confirm(connection);
  return null;
}
