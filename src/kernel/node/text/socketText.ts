/**
 * What `ss` and `netstat` print of the sockets of a node, as rows. Sources: iproute2 misc/ss.c (releases before 4.15 print
 * `*` for 0.0.0.0 and `:::22` for `[::]:22`), net-tools netstat.c, busybox netstat.c.
 */

/** `tcp   LISTEN 0      128    [::]:22    [::]:*    users:(("sshd",pid=1,fd=4))`; without the first word where one kind was asked for. */
const SS =
  /^(?:([a-z][\w-]*)\s+)?(LISTEN|UNCONN|ESTAB|SYN-SENT|SYN-RECV|FIN-WAIT-[12]|TIME-WAIT|CLOSE-WAIT|LAST-ACK|CLOSING|UNKNOWN)\s+\d+\s+\d+\s+(\S+:[\w*-]+)\s+\S+:[\w*-]+(.*)$/;
/** `tcp6       0      0 :::22    :::*    LISTEN      733/sshd: /usr/sbin` */
const NETSTAT = /^(tcp|udp)6?\s+\d+\s+\d+\s+(\S+:[\w*-]+)\s+\S+:[\w*-]+(.*)$/;
const SS_HEADER = /^(Netid\s+)?State\s+Recv-Q\s+Send-Q\s+Local Address:Port\s+Peer/;
const NETSTAT_HEADER = /^Proto\s+Recv-Q\s+Send-Q\s+Local Address\s+Foreign Address/;
/** Of `netstat -a` and `ss -a`: sockets of the file system, and what stands above lists. */
const OTHER =
  /^(Active (Internet connections|UNIX domain sockets) |Proto RefCnt |unix\s+\d|(u_str|u_dgr|u_seq|nl|p_raw|p_dgr|v_str|v_dgr)\s)/;

export interface SocketRow {
  readonly protocol: 'tcp' | 'udp';
  /** `0.0.0.0:22`, `[::]:22`, `127.0.0.53%lo:53` */
  readonly local: string;
  /** It takes packets of anybody: it listens (TCP) or is not connected (UDP). */
  readonly isOpen: boolean;
  /** What the line says behind the addresses. */
  readonly rest: string;
}

export function isSocketHeader(line: string): boolean {
  return SS_HEADER.test(line) || NETSTAT_HEADER.test(line) || OTHER.test(line);
}

/** Whether a line is of such a list, whatever kind of socket it tells of. */
export function isSocketLine(line: string): boolean {
  return isSocketHeader(line) || NETSTAT.test(line) || SS.test(line);
}

/** Null for a line that tells of no socket of TCP or UDP. */
export function socketRow(line: string): SocketRow | null {
  const [, name, end = '', after = ''] = NETSTAT.exec(line) ?? [];
  if (name === 'tcp' || name === 'udp') {
    const isOpen = name === 'tcp' ? /^\s+LISTEN\b/.test(after) : !/^\s+ESTABLISHED\b/.test(after);
    return { protocol: name, local: end, isOpen, rest: after };
  }
  const [, netid, state = '', local = '', behind = ''] = SS.exec(line) ?? [];
  if (local === '') return null;
  const protocol = netid ?? (state === 'LISTEN' ? 'tcp' : state === 'UNCONN' ? 'udp' : '');
  if (protocol !== 'tcp' && protocol !== 'udp') return null;
  return { protocol, local, isOpen: state === 'LISTEN' || state === 'UNCONN', rest: behind };
}
