/**
 * What a client's socket notices of a packet that does not get through, on Linux. Sources: net/ipv4/icmp.c (icmp_err_convert),
 * net/ipv6/icmp.c (tab_unreach, icmpv6_err_convert); a connecting TCP socket takes every one of them (tcp_v4_err, tcp_v6_err),
 * a connected UDP socket those that are fatal (__udp4_lib_err, __udpv6_err), SCTP none (sctp_v4_err keeps it as a soft error).
 */

interface IcmpError {
  readonly words: string;
  readonly fatal: boolean;
}

const refused: IcmpError = { words: 'connection refused', fatal: true };

/** By `--reject-with`. */
const errors: ReadonlyMap<string, IcmpError> = new Map([
  ['icmp-net-unreachable', { words: 'network is unreachable', fatal: false }],
  ['icmp-host-unreachable', { words: 'no route to host', fatal: false }],
  ['icmp-proto-unreachable', { words: 'protocol not available', fatal: true }],
  ['icmp-port-unreachable', refused],
  ['icmp-net-prohibited', { words: 'network is unreachable', fatal: true }],
  ['icmp-host-prohibited', { words: 'no route to host', fatal: true }],
  ['icmp-admin-prohibited', { words: 'no route to host', fatal: true }],
  ['tcp-reset', refused],
  ['icmp6-no-route', { words: 'network is unreachable', fatal: false }],
  ['icmp6-adm-prohibited', { words: 'permission denied', fatal: true }],
  ['icmp6-addr-unreachable', { words: 'no route to host', fatal: false }],
  ['icmp6-port-unreachable', refused],
  ['icmp6-policy-fail', { words: 'permission denied', fatal: true }],
  ['icmp6-reject-route', { words: 'permission denied', fatal: true }],
]);

/** What a client sees of an answer to its first packet; null for nothing: it waits. */
export function noticedOf(rejectWith: string, protocol: string): string | null {
  const error = errors.get(rejectWith);
  if (error === undefined) return null;
  if (protocol === 'tcp') return error.words;
  return protocol === 'udp' && error.fatal ? error.words : null;
}
