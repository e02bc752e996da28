/** Conntrack's part in the hooks: net/netfilter/nf_conntrack_proto.c. */
import type { End } from '../end.ts';
import { kernelDrop } from '../end.ts';
import { numberSysctl } from '../node/sysctls.ts';
import { DCCP, type Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { trackAsGiven } from './given.ts';
import { takeTemplate } from './template.ts';
import { isTakenForDamaged, track } from './track.ts';
import { countTraffic } from './traffic.ts';

/** In PREROUTING and OUTPUT: finds the packet's connection, or begins one. */
export function runConntrack(packet: Packet, run: Run): void {
  const loose = numberSysctl(run.node, 'net.netfilter.nf_conntrack_tcp_loose') !== 0;
  const liberal = (numberSysctl(run.node, 'net.netfilter.nf_conntrack_tcp_be_liberal') ?? 0) !== 0;
  const zone = takeTemplate(packet);
  const before = packet.state;
  const had = packet.connection;
  const checksums = numberSysctl(run.node, 'net.netfilter.nf_conntrack_checksum') !== 0;
  let counts = true;
  if (packet.given === null) counts = track(packet, run.conntrack, zone, { loose, liberal, checksums });
  else trackAsGiven(run, packet, packet.given, zone);
  noteOfRelease(packet, run);
  if (counts && packet.connection !== had) countTraffic(packet);
  if (packet.state !== null && packet.state !== before) {
    run.steps.push({ kind: 'conntrack', state: packet.state });
  }
}

/** What conntrack makes of two protocols is by the kernel's release, or surprises. */
function noteOfRelease(packet: Packet, run: Run): void {
  if (packet.protocol === DCCP) run.assume('dccp-release', 'release-assumed', DCCP_PORTS);
  if (packet.state === 'INVALID' && isTakenForDamaged(packet))
    run.assume('udplite-checksum', 'checksum-assumed', UDPLITE_SUM);
}

const DCCP_PORTS =
  'DCCP is followed as Linux 6.17 and later do it: conntrack and nat do not know its ports any more, and REJECT does not answer it.';
const UDPLITE_SUM =
  'Linux checks the checksum of UDP-Lite as if it were that of UDP, so that conntrack takes what comes in for INVALID (nf_conntrack_checksum).';

/** Why a packet is lost behind the last rule, in plain text. */
export const CLASH = 'conntrack cannot tell its answers from those of another connection';

/**
 * The packet has gone all the way through INPUT or POSTROUTING, at whose end conntrack remembers its connection. Where another
 * connection has its tuples already, the packet is lost: __nf_conntrack_confirm, nf_ct_resolve_clash.
 */
export function confirm(packet: Packet, run: Run): End | null {
  const { connection } = packet;
  // "This packet is in the reply direction": what answers a packet that was stopped leaves nothing behind.
  if (connection === null || connection.confirmed || packet.direction === 'reply') return null;
  if (run.conntrack.clashes(connection)) {
    return kernelDrop(CLASH);
  }
  run.conntrack.confirm(connection);
  return null;
}
