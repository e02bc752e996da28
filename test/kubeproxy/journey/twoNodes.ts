/** Three nodes of one cluster with rules as kube-proxy writes them, small enough to read. */
import { analysisOfFiles, type Analysis } from '../../../src/kubeproxy/analysis.ts';
import { readForm, type FlowForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { type Leg, traceJourney } from '../../../src/kubeproxy/journey/journey.ts';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import type { Decision } from '../../../src/kernel/trace.ts';
import { emptyForm } from '../../../src/protocol/requests.ts';
import { type Json, objectsText, pod, service, slice, threeNodes } from '../choices/objects.ts';

const svc = 'KUBE-SVC-AAAAAAAAAAAAAAAA';
const [sepA, sepB] = ['KUBE-SEP-AAAAAAAAAAAAAAAA', 'KUBE-SEP-BBBBBBBBBBBBBBBB'];

export const clusterObjects: readonly Json[] = [
  ...threeNodes,
  pod('client', '10.244.1.7', 'node-1'),
  pod('web-a', '10.244.2.9', 'node-2'),
  pod('web-b', '10.244.3.4', 'node-3'),
  pod('agent', '192.168.0.3', 'node-3', { hostNetwork: true }),
  service('web', {
    type: 'NodePort',
    clusterIPs: ['10.96.12.3'],
    ports: [{ name: 'http', port: 80, targetPort: 8080, nodePort: 30080 }],
  }),
  slice('web', [
    { ip: '10.244.2.9', node: 'node-2', pod: 'web-a' },
    { ip: '10.244.3.4', node: 'node-3', pod: 'web-b' },
  ]),
];

export interface RulesGiven {
  /** Rules of chain FORWARD, without `-A FORWARD`. */
  readonly forward?: readonly string[];
  readonly input?: readonly string[];
  readonly postrouting?: readonly string[];
}

/** What kube-proxy writes on every node for the Service `default/web`. */
export function rulesText({ forward = [], input = [], postrouting = [] }: RulesGiven = {}): string {
  const lines = [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':INPUT ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ...['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-MARK-MASQ', 'KUBE-POSTROUTING', svc, sepA, sepB].map(
      (name) => `:${name} - [0:0]`,
    ),
    '-A PREROUTING -j KUBE-SERVICES',
    '-A OUTPUT -j KUBE-SERVICES',
    '-A POSTROUTING -j KUBE-POSTROUTING',
    ...postrouting.map((rule) => `-A POSTROUTING ${rule}`),
    `-A KUBE-SERVICES -d 10.96.12.3/32 -p tcp -m comment --comment "default/web:http cluster IP" -m tcp --dport 80 -j ${svc}`,
    '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    '-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web:http" -m tcp --dport 30080 -j KUBE-MARK-MASQ',
    `-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web:http" -m tcp --dport 30080 -j ${svc}`,
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MASQUERADE',
    `-A ${svc} -m comment --comment "default/web:http -> 10.244.2.9:8080" -m statistic --mode random --probability 0.50000000000 -j ${sepA}`,
    `-A ${svc} -m comment --comment "default/web:http -> 10.244.3.4:8080" -j ${sepB}`,
    `-A ${sepA} -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination 10.244.2.9:8080`,
    `-A ${sepB} -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination 10.244.3.4:8080`,
    'COMMIT',
    '*filter',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ...forward.map((rule) => `-A FORWARD ${rule}`),
    ...input.map((rule) => `-A INPUT ${rule}`),
    'COMMIT',
    '',
  ];
  return lines.join('\n');
}

export type Leaving = readonly SnapshotFileName[];

/** Node 1, 2 or 3 with its network; `leaving` leaves out files. */
export function nodeOf(number: 1 | 2 | 3, rules: RulesGiven = {}, leaving: Leaving = []): Analysis {
  const files = new Map(nodeFiles(number, rules));
  for (const name of leaving) files.delete(name);
  return analysisOfFiles(files);
}

/** The snapshot of node 1, 2 or 3. */
export function nodeFiles(number: 1 | 2 | 3, rules: RulesGiven = {}): ReadonlyMap<SnapshotFileName, string> {
  const others = [1, 2, 3].filter((each) => each !== number);
  const routes = [
    { dst: 'default', gateway: '192.168.0.254', dev: 'eth0' },
    { dst: '192.168.0.0/24', dev: 'eth0', scope: 'link', prefsrc: `192.168.0.${number}` },
    { dst: `10.244.${number}.0/24`, dev: 'cni0', scope: 'link', prefsrc: `10.244.${number}.1` },
    ...others.map((each) => ({ dst: `10.244.${each}.0/24`, gateway: `192.168.0.${each}`, dev: 'eth0' })),
    ...[`192.168.0.${number}`, `10.244.${number}.1`, '127.0.0.1'].map((dst) => ({
      type: 'local',
      dst,
      dev: dst.startsWith('127') ? 'lo' : dst.startsWith('192') ? 'eth0' : 'cni0',
      table: 'local',
      scope: 'host',
      prefsrc: dst,
    })),
  ];
  const addresses = [
    link(1, 'lo', '127.0.0.1', 8, ['LOOPBACK']),
    link(2, 'eth0', `192.168.0.${number}`, 24, []),
    link(3, 'cni0', `10.244.${number}.1`, 24, []),
  ];
  return new Map<SnapshotFileName, string>([
    ['iptables-save.txt', rulesText(rules)],
    ['ip-addr.json', JSON.stringify(addresses)],
    ['ip-route.json', JSON.stringify(routes)],
    ['objects.json', objectsText(clusterObjects)],
    ['sysctl.txt', 'net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 0\n'],
    ['snapshot.json', JSON.stringify({ node: `node-${number}` })],
  ]);
}

function link(
  index: number,
  ifname: string,
  local: string,
  prefixlen: number,
  flags: readonly string[],
): Json {
  const scope = flags.includes('LOOPBACK') ? 'host' : 'global';
  return {
    ifindex: index,
    ifname,
    flags: ['UP', ...flags],
    addr_info: [{ family: 'inet', local, prefixlen, scope }],
  };
}

/** The way of a packet that begins on `first`; `others` are the nodes whose rules are had. */
export function journey(
  first: Analysis,
  form: Partial<FlowForm>,
  others: Readonly<Record<string, Analysis>> = {},
  decisions: readonly Decision[] = [],
): Leg {
  const reading = readForm({ ...emptyForm, ...form }, first);
  if (reading.kind === 'errors') throw new Error(JSON.stringify(reading.errors));
  const rulesOf = (node: string): Analysis | null => others[node] ?? null;
  const leg = traceJourney({ flow: reading.flow, analysis: first, decisions, rulesOf });
  if (leg === null) throw new Error('no rules of this family');
  return leg;
}
