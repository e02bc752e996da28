/** Text, JSON, Markdown and panel say the same verdicts and the same unknowns, on nodes of every kind. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import { bundleServer } from '../../server/client.ts';
import { EveryForm, folderOf } from '../../support/everyForm.ts';
import { nodeFiles, rulesText } from '../journey/twoNodes.ts';

function dump(path: string): string {
  return readFileSync(new URL(`../../dumps/${path}`, import.meta.url), 'utf8');
}

const kubelet = dump('1.36.3-mixed-backends/iptables-nft-save.txt');
const nft = dump('1.36.3-nftables/nft.txt');
const empty = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
const ipvs = [
  '*nat',
  ...['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map((chain) => `:${chain} ACCEPT [0:0]`),
  ...['KUBE-SERVICES', 'KUBE-NODE-PORT', 'KUBE-LOAD-BALANCER', 'KUBE-MARK-MASQ'].map(
    (chain) => `:${chain} - [0:0]`,
  ),
  '-A PREROUTING -j KUBE-SERVICES',
  '-A OUTPUT -j KUBE-SERVICES',
  '-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT',
  'COMMIT',
  '',
].join('\n');
const userspace = [
  '*nat',
  ...['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map((chain) => `:${chain} ACCEPT [0:0]`),
  ':KUBE-PORTALS-CONTAINER - [0:0]',
  '-A PREROUTING -j KUBE-PORTALS-CONTAINER',
  '-A KUBE-PORTALS-CONTAINER -d 10.96.12.3/32 -p tcp -m comment --comment "default/web:http" -m tcp --dport 80 -j REDIRECT --to-ports 41234',
  'COMMIT',
  '',
].join('\n');
const cilium = empty.replace(
  'COMMIT',
  ':CILIUM_FORWARD - [0:0]\n-A FORWARD -j CILIUM_FORWARD\n-A CILIUM_FORWARD -o cilium_host -j ACCEPT\nCOMMIT',
);
const firewalld =
  'table inet firewalld {\n\tchain in {\n\t\ttype filter hook input priority filter + 10; policy accept;\n\t\treject\n\t}\n}\n';
const sets =
  'create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\nadd KUBE-CLUSTER-IP 10.96.12.3,tcp:80\n';

const nodes: readonly (readonly [string, Readonly<Partial<Record<SnapshotFileName, string>>>])[] = [
  ['iptables', { 'iptables-save.txt': rulesText() }],
  [
    'iptables that drops',
    {
      'iptables-save.txt': rulesText({ forward: ['-d 10.244.2.9/32 -j DROP'], input: ['-p udp -j REJECT'] }),
    },
  ],
  ['nftables', { 'iptables-save.txt': kubelet, 'nft.txt': nft }],
  [
    'nftables beside an empty dump',
    { 'iptables-save.txt': empty, 'nft.json': dump('1.36.3-nftables/nft.json') },
  ],
  ['nftables over iptables', { 'iptables-save.txt': rulesText(), 'nft.txt': nft }],
  ['both backends', { 'iptables-save.txt': kubelet, 'iptables-legacy-save.txt': rulesText() }],
  [
    'IPVS',
    { 'iptables-save.txt': ipvs, 'ipset-save.txt': sets, 'ipvsadm-save.txt': '-A -t 10.96.12.3:80 -s rr\n' },
  ],
  ['nothing of kube-proxy', { 'iptables-save.txt': kubelet }],
  ['userspace', { 'iptables-save.txt': userspace }],
  ['iptables and a firewall in nftables', { 'iptables-save.txt': rulesText(), 'nft.txt': firewalld }],
  ['Cilium', { 'iptables-save.txt': cilium }],
  [
    'iptables without any other file',
    { 'iptables-save.txt': rulesText(), 'objects.json': '', 'ip-addr.json': '', 'ip-route.json': '' },
  ],
];

const packets = [
  { from: 'pod:10.244.1.7:5000', to: '10.96.12.3:80' },
  { from: 'node', to: '10.96.12.3:80' },
  { from: 'external:203.0.113.9', to: '192.168.0.1:30080' },
  { from: 'pod:10.244.1.7:5000', to: '10.244.2.9:8080' },
  { from: 'pod:10.244.1.7', to: '8.8.8.8:53', protocol: 'udp' },
  { from: 'pod:10.244.1.7:5000', to: '10.244.2.9:8080', state: 'established' },
];

let server: Awaited<ReturnType<typeof bundleServer>>;
beforeAll(async () => {
  server = await bundleServer();
});
afterAll(() => {
  server.remove();
});

describe.each(nodes)('a node with %s', (_, given) => {
  let forms: EveryForm;
  beforeAll(async () => {
    const files = new Map<string, string>([...nodeFiles(1), ...Object.entries(given)]);
    // A file that is empty here takes that of the node away.
    const present = new Map([...files].filter(([, text]) => text !== ''));
    forms = await EveryForm.open(folderOf(present), server.path);
  });
  afterAll(() => {
    forms.close();
  });

  it.each(packets)('$from to $to is answered alike in every form', async (packet) => {
    expect(await forms.differences(packet)).toEqual([]);
  });
});
