/** States of the panel beside recorded packets: what the language server answers about a log and a capture, through rules of its own. */
import { analysisOfFiles, type Analysis } from '../../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../../src/kubeproxy/answer/answer.ts';
import { readForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { narrate } from '../../../src/kubeproxy/narrative/narrate.ts';
import { recordingOf } from '../../../src/server/handlers/recording.ts';
import type { Recording } from '../../../src/protocol/recording.ts';
import type { FlowForm, TraceAnswer } from '../../../src/protocol/requests.ts';
import { finish } from '../../../src/values/steps.ts';
import { noPicture } from './narratives.ts';
import { stateOf, TraceHost } from './traceHost.ts';
import type { PanelStateShown } from './panelStates.ts';

const RULES = `*nat
:PREROUTING ACCEPT [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-CARTCARTCARTCART - [0:0]
:KUBE-SEP-AONEAONEAONEAONE - [0:0]
:KUBE-SEP-BTWOBTWOBTWOBTWO - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-NODEPORTS -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 31080 -j KUBE-SVC-CARTCARTCARTCART
-A KUBE-SVC-CARTCARTCARTCART -m comment --comment "shop/cart:http -> 10.244.1.5:8080" -m statistic --mode random --probability 0.5 -j KUBE-SEP-AONEAONEAONEAONE
-A KUBE-SVC-CARTCARTCARTCART -m comment --comment "shop/cart:http -> 10.244.1.6:8080" -j KUBE-SEP-BTWOBTWOBTWOBTWO
-A KUBE-SEP-AONEAONEAONEAONE -p tcp -m comment --comment "shop/cart:http" -m tcp -j DNAT --to-destination 10.244.1.5:8080
-A KUBE-SEP-BTWOBTWOBTWOBTWO -p tcp -m comment --comment "shop/cart:http" -m tcp -j DNAT --to-destination 10.244.1.6:8080
COMMIT
*filter
:FORWARD DROP [0:0]
:CORP-FW - [0:0]
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -j CORP-FW
-A FORWARD -d 10.244.0.0/16 -j ACCEPT
-A CORP-FW -p udp -m comment --comment "corp-fw: no datagrams" -j DROP
COMMIT
`;

const FACTS = [
  [
    'ip-addr.json',
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500\n    inet 192.0.2.10/24 scope global eth0\n3: cni0: <BROADCAST,UP,LOWER_UP> mtu 1500\n    inet 10.244.1.1/24 scope global cni0\n',
  ],
  [
    'ip-route.json',
    'default via 192.0.2.1 dev eth0\n10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1\n192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.10\n',
  ],
] as const;

const analysis: Analysis = analysisOfFiles(new Map([['iptables-save.txt', RULES], ...FACTS]));

function logged(point: string, id: number, to = '192.0.2.10:31080', ways = 'IN=eth0 OUT='): string {
  const [address = '', port = ''] = to.split(':');
  return `Nov 30 02:00:00 node-1 kernel: TRACE: ${point} ${ways} MAC= SRC=203.0.113.9 DST=${address} LEN=60 TOS=0x00 PREC=0x00 TTL=61 ID=${id} DF PROTO=TCP SPT=5000${id} DPT=${port} SEQ=${id} ACK=0 WINDOW=64240 RES=0x00 SYN URGP=0`;
}

const WAY = 'IN=eth0 OUT=cni0';

function way(id: number, endpoint: number, last: readonly string[]): readonly string[] {
  const to = `10.244.1.${4 + endpoint}:8080`;
  const sep = endpoint === 1 ? 'AONEAONEAONEAONE' : 'BTWOBTWOBTWOBTWO';
  return [
    logged('nat:PREROUTING:rule:1', id),
    logged('nat:KUBE-SERVICES:rule:1', id),
    logged('nat:KUBE-NODEPORTS:rule:1', id),
    logged(`nat:KUBE-SVC-CARTCARTCARTCART:rule:${endpoint}`, id),
    logged(`nat:KUBE-SEP-${sep}:rule:1`, id),
    ...last.map((point) => logged(point, id, to, WAY)),
  ];
}

const ALIKE = ['filter:FORWARD:rule:2', 'filter:CORP-FW:return:2', 'filter:FORWARD:rule:3'];

export const KERNEL_LOG = [
  ...way(1, 2, ALIKE),
  ...way(2, 1, ['filter:FORWARD:rule:2', 'filter:CORP-FW:return:2', 'filter:FORWARD:policy:4']),
  logged('nat:CNI-HOSTPORT-DNAT:rule:4', 3),
].join('\n');

const CAPTURE = `12:00:01.000000 eth0  In  IP 203.0.113.9.50001 > 192.0.2.10.31080: Flags [S], seq 1, win 64240, length 0
12:00:01.000041 cni0  Out IP 203.0.113.9.50001 > 10.244.1.5.8080: Flags [S], seq 1, win 64240, length 0
12:00:01.000120 cni0  In  IP 10.244.1.5.8080 > 203.0.113.9.50001: Flags [S.], seq 9, ack 2, win 64240, length 0
12:00:01.000155 eth0  Out IP 192.0.2.10.31080 > 203.0.113.9.50001: Flags [S.], seq 9, ack 2, win 64240, length 0
12:00:02.000000 eth0  In  IP 203.0.113.9.50002 > 192.0.2.10.31080: Flags [S], seq 5, win 64240, length 0
12:00:02.000038 cni0  Out IP 203.0.113.9.50002 > 10.244.1.6.8080: Flags [S], seq 5, win 64240, length 0
12:00:03.010000 eth0  In  IP 203.0.113.9.50002 > 192.0.2.10.31080: Flags [S], seq 5, win 64240, length 0
12:00:03.010029 cni0  Out IP 203.0.113.9.50002 > 10.244.1.6.8080: Flags [S], seq 5, win 64240, length 0
`;

const uri = 'file:///node-1.iptables-save';
const locate = ({ span }: { readonly span: { readonly start: number; readonly end: number } }) => {
  const before = RULES.slice(0, span.start).split('\n');
  return { uri, line: before.length - 1, startCharacter: 0, endCharacter: span.end - span.start };
};

export function recordingIn(text: string): Recording {
  return finish(recordingOf(analysis, locate, new TextEncoder().encode(text)));
}

function traceAnswer(form: FlowForm): TraceAnswer {
  const reading = readForm(form, analysis);
  if (reading.kind === 'errors') return { kind: 'invalid', errors: reading.errors };
  const answer = answerOf(analysis, reading.flow);
  if (answer === null) return { kind: 'unavailable', message: 'no rules' };
  return {
    kind: 'answer',
    narrative: narrate(answer, reading.flow, analysis, []),
    uris: { iptables: uri },
    fromNote: reading.fromNote,
    toNote: reading.toNote,
    copies: { command: '', json: '{}', markdown: '', mermaid: '', svg: '' },
    picture: noPicture,
    continuations: [],
    nodeUris: {},
    wanted: [],
  };
}

function firstForm(recording: Recording): FlowForm {
  const first =
    recording.kind === 'kernel-trace'
      ? recording.packets[0]?.form
      : recording.kind === 'capture'
        ? recording.connections[0]?.form
        : null;
  if (first === null || first === undefined) throw new Error('nothing was recorded');
  return first;
}

/** The panel opened with what `text` records. */
export function recordedHost(text: string, name: string): TraceHost {
  const recording = recordingIn(text);
  const opened = {
    ...stateOf(firstForm(recording), true),
    recording: { uri: `file:///${name}`, name, packet: 0 },
  };
  return new TraceHost(opened, {
    trace: async ({ form }) => Promise.resolve(traceAnswer(form)),
    recording: async () => Promise.resolve(recording),
  });
}

/** What a rule wrote to the log of two packets to the node port, and of one from another client. */
const LOGGED = ['50001 203.0.113.9', '50001 203.0.113.9', '50002 203.0.113.10']
  .map((packet, at) => {
    const [port, client] = packet.split(' ');
    return `[ 4711.${100_000 + at}] [UFW BLOCK] IN=eth0 OUT= SRC=${client} DST=192.0.2.10 LEN=60 TTL=63 ID=${at} DF PROTO=TCP SPT=${port} DPT=31080 WINDOW=64240 RES=0x00 SYN URGP=0`;
  })
  .join('\n');

/** The last packet came in by an interface that the node does not have. */
const STRANGE_LOG = `${KERNEL_LOG}\n${way(4, 1, ALIKE).join('\n').replaceAll('IN=eth0', 'IN=vmbr7')}`;

export const recordedStates: readonly PanelStateShown[] = [
  {
    name: 'kernel-trace',
    host: () => recordedHost(KERNEL_LOG, 'dmesg.txt'),
    settled: /The kernel went as our own trace/,
  },
  {
    name: 'kernel-trace-parts',
    host: () => recordedHost(KERNEL_LOG, 'dmesg.txt'),
    arrange: (page) => page.getByRole('button', { name: /went otherwise/ }).click(),
    settled: 'Here the kernel leaves the way of our trace.',
  },
  {
    name: 'kernel-trace-unlaid',
    host: () => recordedHost(KERNEL_LOG, 'dmesg.txt'),
    arrange: (page) => page.getByRole('button', { name: /cannot be compared/ }).click(),
    settled: /None of its lines can be compared/,
  },
  {
    name: 'kernel-trace-untraced',
    host: () => recordedHost(STRANGE_LOG, 'dmesg.txt'),
    arrange: async (page) => {
      await page.getByText(/The kernel went as our own trace/).waitFor();
      await page.getByRole('button', { name: /50004.*cannot be compared/ }).click();
      await page.getByText('KUBE-SEP-AONEAONEAONEAONE').first().waitFor();
    },
    settled: /Our own trace of it could not be made: .*vmbr7/,
  },
  {
    name: 'capture',
    host: () => recordedHost(CAPTURE, 'capture.txt'),
    arrange: (page) => page.getByRole('button', { name: /never answered/ }).click(),
    settled: /Never answered: sent 2 times/,
  },
  {
    name: 'logged',
    host: () => recordedHost(LOGGED, 'kern.log'),
    settled: /A rule has logged it/,
  },
];
