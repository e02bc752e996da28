/** Which sockets take packets, as ss (iproute2 6.1) and netstat (net-tools 2.10) list the same ones. */
import { describe, expect, it, test } from 'vitest';
import { readSockets } from '../../../src/kernel/node/readSockets.ts';
import { listensOn } from '../../../src/kernel/sockets.ts';
import { contentsOf } from '../../../src/kubeproxy/facts/contents.ts';
import { parseAddress } from '../../../src/values/address.ts';

const SS = `root@node-1:~# ss -tulpn
Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess
udp   UNCONN 0      0            0.0.0.0:30053      0.0.0.0:*    users:(("dnsmasq",pid=3342,fd=8))
udp   UNCONN 0      0       127.0.0.1%lo:53         0.0.0.0:*    users:(("dnsmasq",pid=3342,fd=7))
udp   UNCONN 0      0              [::1]:323           [::]:*    users:(("chronyd",pid=3342,fd=11))
tcp   LISTEN 0      8            0.0.0.0:30080      0.0.0.0:*    users:(("nginx",pid=3342,fd=9))
tcp   LISTEN 1      8          127.0.0.1:10248      0.0.0.0:*    users:(("kubelet",pid=3342,fd=6))
tcp   LISTEN 0      8            0.0.0.0:22         0.0.0.0:*    users:(("sshd",pid=3342,fd=3))
tcp   LISTEN 0      8                  *:10250            *:*    users:(("kubelet",pid=3342,fd=5))
tcp   LISTEN 0      8               [::]:22            [::]:*    users:(("sshd",pid=3342,fd=4))
`;

const NETSTAT = `Active Internet connections (servers and established)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
tcp        0      0 0.0.0.0:30080           0.0.0.0:*               LISTEN      3342/nginx: master
tcp        1      0 127.0.0.1:10248         0.0.0.0:*               LISTEN      3342/kubelet
tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      3342/sshd: /usr/sbi
tcp        0      0 127.0.0.1:10248         127.0.0.1:49714         ESTABLISHED 3342/kubelet
tcp6       0      0 :::10250                :::*                    LISTEN      3342/kubelet
tcp6       0      0 :::22                   :::*                    LISTEN      3342/sshd: /usr/sbi
udp        0      0 0.0.0.0:30053           0.0.0.0:*                           3342/dnsmasq
udp6       0      0 ::1:323                 :::*                                3342/chronyd
Active UNIX domain sockets (servers and established)
Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path
unix  2      [ ACC ]     STREAM     LISTENING     12345    1/systemd            /run/systemd/private
`;

const SS_TCP = SS.split('\n')
  .filter((line) => !line.startsWith('udp'))
  .map((line) => line.replace(/^(?:Netid|tcp {2}) /, ''))
  .join('\n');

function listens(text: string, protocol: 'tcp' | 'udp', to: string, port: number): boolean | undefined {
  const { value } = readSockets(text);
  const address = parseAddress(to);
  if (value === null || address === null) throw new Error('nothing is read');
  return listensOn(value, { family: address.family, protocol, address: address.value, port });
}

describe.each([
  ['ss', SS],
  ['netstat', NETSTAT],
])('of %s', (_, text) => {
  it.each([
    ['tcp', '192.168.0.2', 30080, true],
    ['tcp', '192.168.0.2', 10248, false],
    ['tcp', '127.0.0.1', 10248, true],
    ['tcp', '192.168.0.2', 10250, true],
    ['tcp', 'fd00::2', 10250, true],
    ['tcp', 'fd00::2', 22, true],
    ['tcp', 'fd00::2', 30080, false],
    ['tcp', '192.168.0.2', 443, false],
    ['udp', '192.168.0.2', 30053, true],
    ['udp', '192.168.0.2', 30080, false],
    ['udp', '::1', 323, true],
  ] as const)('%s to %s port %i: %s', (protocol, to, port, is) => {
    expect(listens(text, protocol, to, port)).toBe(is);
  });

  it('who listens is read', () => {
    const { value } = readSockets(text);
    expect(value?.sockets.find(({ port }) => port === 30_080)?.process).toBe('nginx');
    expect(value?.sockets.find(({ port }) => port === 22)?.process).toBe('sshd');
  });

  it('it is told by its content, with lines before and behind', () => {
    const { parts, others } = contentsOf(
      `${text}root@node-1:~# ip -4 route\ndefault via 192.0.2.1 dev eth0\n`,
    );
    expect(parts.map(({ kind }) => kind)).toEqual(['sockets', 'routes']);
    expect(others).toBeLessThanOrEqual(2);
  });
});

test('a socket that is bound to an interface leaves it open whether it takes a packet', () => {
  expect(listens(SS, 'udp', '127.0.0.1', 53)).toBe(undefined);
});

test('a list of one protocol tells nothing of the other', () => {
  expect(listens(SS_TCP, 'tcp', '192.168.0.2', 443)).toBe(false);
  expect(listens(SS_TCP, 'udp', '192.168.0.2', 443)).toBe(undefined);
});

test('of lines without their header, and of ports by name, what is not there may be', () => {
  const grepped = 'tcp   LISTEN 0      8            0.0.0.0:30080      0.0.0.0:*\n';
  expect(listens(grepped, 'tcp', '192.168.0.2', 30_080)).toBe(true);
  expect(listens(grepped, 'tcp', '192.168.0.2', 443)).toBe(undefined);
  const named = readSockets(SS_TCP.replace(':22 ', ':ssh'));
  expect(named.problems).toEqual([
    '1 socket has a port without a number (ss and netstat print numbers with -n)',
  ]);
  expect(named.value?.whole.has('tcp')).toBe(false);
});

test('connections alone are no list of who listens', () => {
  const connected =
    'State Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\nESTAB 0      0          127.0.0.1:10248    127.0.0.1:49714\n';
  expect(readSockets(connected).value).toBe(null);
});

test('in old releases of ss a star is 0.0.0.0', () => {
  const old =
    'State      Recv-Q Send-Q Local Address:Port               Peer Address:Port\nLISTEN     0      128          *:80                       *:*\nLISTEN     0      128         :::22                      :::*\n';
  expect(listens(old, 'tcp', '192.168.0.2', 80)).toBe(true);
  expect(listens(old, 'tcp', 'fd00::2', 80)).toBe(false);
  expect(listens(old, 'tcp', 'fd00::2', 22)).toBe(true);
});
