/** Processes of the node whose port a node port or a host port takes. */
import { expect, it } from 'vitest';
import { analysisOfFiles } from '../../../../src/kubeproxy/analysis.ts';
import { portShadowed } from '../../../../src/kubeproxy/findings/rules/portShadowed.ts';
import { dumpText } from '../../dumps.ts';

const HEADER = 'Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n';

function found(dump: string, ...rows: readonly string[]): readonly string[] {
  const analysis = analysisOfFiles(
    new Map([
      ['iptables-save.txt', dumpText(dump, 'iptables-save.txt') ?? ''],
      ['sockets.txt', `${HEADER}${rows.join('\n')}\n`],
    ]),
  );
  return portShadowed(analysis).map(({ service, message }) => `${service ?? ''}: ${message}`);
}

const at = (local: string, process: string, netid = 'tcp   LISTEN'): string =>
  `${netid} 0      8            ${local}      0.0.0.0:*    ${process === '' ? '' : `users:(("${process}",pid=7,fd=9))`}`;

it('a node port', () => {
  expect(found('1.36.3', at('0.0.0.0:30080', 'nginx'), at('0.0.0.0:22', 'sshd'))).toEqual([
    'edge/np-cluster:http: Process nginx of this node listens at port 30080/TCP, and so does node port 30080 of edge/np-cluster:http: what is sent there goes to the endpoints of that Service, and the process gets nothing from other machines. Give one of the two another port.',
  ]);
});

it('a host port of a Pod', () => {
  expect(found('1.36.3-cni-plugins', at('*:8081', 'java'))).toEqual([
    expect.stringMatching(
      /^: Process java .* and so does a host port of a Pod \(rule 3 of CNI-DN-3f1e0596e56286ad51186\)/u,
    ),
  ]);
});

it.each([
  ['who asks itself alone', '1.36.3', [at('127.0.0.1:30080', 'nginx')]],
  ['another protocol', '1.36.3', [at('0.0.0.0:30080', 'dnsmasq', 'udp   UNCONN')]],
  ['the other family', '1.36.3', [at('[::1]:30080', 'nginx')]],
  ['kube-proxy, which keeps the port', '1.23.4', [at('0.0.0.0:30080', 'kube-proxy')]],
  ['whoever it is, where kube-proxy may be it', '1.23.4', [at('0.0.0.0:30080', '')]],
  ['a host port at another address', '1.36.3-cni-plugins', [at('0.0.0.0:8443', 'java')]],
] as const)('not %s', (_, dump, rows) => {
  expect(found(dump, ...rows)).toEqual([]);
});

it('a process without a name, where kube-proxy opens no ports', () => {
  expect(found('1.36.3', at('0.0.0.0:30080', ''))).toEqual([
    expect.stringMatching(/: A process of this node listens/u),
  ]);
});
