/** Facts of the node and recorded packets, dropped on the Rules view as a user drops them from outside of VS Code. */
import { Suite } from '../extension/runner.ts';
import { clusterIp, ruleLine, serviceRule } from './sample.ts';
import type { Window } from './window.ts';

const ADDRESSES =
  '$ ip addr\n1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n' +
  '2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500\n    inet 192.168.0.2/24 scope global eth0\n' +
  '3: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450\n    inet 10.244.1.1/24 scope global cni0\n' +
  '$ conntrack -L\nudp      17 29 src=10.244.1.7 dst=10.96.0.10 sport=4000 dport=53 [UNREPLIED] src=10.244.1.9 dst=10.244.1.7 sport=53 dport=4000 mark=0 use=1\n';

function logged(point: string): string {
  return `Nov 30 02:00:00 node-1 kernel: TRACE: ${point} IN=cni0 OUT= MAC= SRC=10.244.1.7 DST=${clusterIp} LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=7 DF PROTO=TCP SPT=50000 DPT=80 SEQ=7 ACK=0 WINDOW=64240 RES=0x00 SYN URGP=0`;
}

/** Of a packet that comes to the Service's rule, and by none of its own behind it. */
const kernelLog = [
  'nat:PREROUTING:rule:1',
  `nat:KUBE-SERVICES:rule:${serviceRule}`,
  'nat:PREROUTING:policy:2',
]
  .map((point) => `${logged(point)}\n`)
  .join('');

export function facts(window: Window): Suite {
  const suite = new Suite('Facts of the node');
  suite.test('the last row of the Rules view has what lies beside the rules', async () => {
    await window.command('kube-proxy: Show Rules by Service');
    await window.expand(/^Facts of the Node/);
    await window.scrollTo(/^ip-addr\.json/);
    await window.screenshot('facts');
  });
  suite.test('what is dropped says what it was taken for, or why it is not used', async () => {
    await window.drop(/^Facts of the Node/, [
      ['from ticket 4711', ADDRESSES],
      ['letter.txt', 'Dear all,\n'],
    ]);
    await window.scrollTo(/^from ticket 4711.*addresses and known connections/);
    await window.scrollTo(/^letter\.txt.*holds no facts/);
    await window.screenshot('facts-dropped');
  });
  suite.test('a trace of the kernel shows where it leaves ours', async () => {
    await window.drop(/^Facts of the Node/, [['dmesg.txt', kernelLog]]);
    const panel = window.webview();
    await panel.getByText('Here the kernel leaves the way of our trace.').waitFor();
    await window.screenshot('kernel-trace');
    await panel.locator('recorded-pane .row', { hasText: `KUBE-SERVICES rule ${serviceRule}` }).click();
    await window.page.locator('.statusbar-item', { hasText: `Ln ${ruleLine},` }).waitFor();
    await window.screenshot('kernel-trace-revealed');
  });
  suite.test('facts can be removed again', async () => {
    for (const name of [/^letter\.txt/, /^from ticket 4711/]) await window.removeRow(name, 'Remove Fact');
  });
  return suite;
}
