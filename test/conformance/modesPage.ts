/** docs/modes.md: where the three modes differ, in the words of what the kernel was recorded to do. */
import { join } from 'node:path';
import { linesOf } from './snapshots.ts';

type Mode = 'iptables' | 'nftables' | 'ipvs';

interface Recorded {
  readonly id: string;
  readonly family: 4 | 6;
  readonly from: { readonly kind: string; readonly address: string; readonly interface: string | null };
  readonly to: { readonly address: string; readonly port: number | null };
  readonly protocol: string;
  readonly outcomes: readonly {
    readonly verdict: string;
    readonly rejectWith?: string;
    readonly source: string | null;
    readonly destination: string | null;
  }[];
}

/** A packet, and its record in each mode: one id where it is the same in all. */
type Row = readonly [packet: string, ...ids: readonly [string] | readonly [string, string, string]];

const rows: readonly Row[] = [
  ['A node port at 127.0.0.1, from the node', 'f0053'],
  [
    'A node port at an address of the node that is not its primary one, from outside',
    'f1018',
    'f1028',
    'f1286',
  ],
  ['externalTrafficPolicy Local: an external IP, from a pod', 'f0040'],
  ['externalTrafficPolicy Local: an external IP, from an endpoint', 'f0041'],
  ['externalTrafficPolicy Local: an external IP, from the node (its address as source)', 'f0045'],
  [
    'externalTrafficPolicy Local: an external IP, from the node (source left to Linux)',
    'f0045',
    'f0045',
    'f1648',
  ],
  ['externalTrafficPolicy Local without an endpoint here: an external IP, from outside', 'f0059'],
  [
    'externalTrafficPolicy Local without an endpoint here: an external IP, from the node (source left to Linux)',
    'f0062',
    'f0062',
    'f1659',
  ],
  ['internalTrafficPolicy Local without an endpoint here: a cluster IP, from a pod', 'f0568'],
  ['Without endpoints: a load-balancer IP, from the node', 'f0255'],
  [
    'loadBalancerSourceRanges without the node: a load-balancer IP, from the node (its address as source)',
    'f0299',
  ],
  ['Ping to a cluster IP, from a pod', 'f1023', 'f1039', 'f1330'],
  ['Ping to a load-balancer IP, from a pod', 'f1068', 'f1034', 'f1276'],
  ['Another port of a cluster IP, from a pod', 'f1353', 'f1328', 'f1303'],
  ['Another port of an external IP, from a pod', 'f1037', 'f1013', 'f1313'],
  ['SYN+ACK without a connection, from a pod to a pod', 'f1450', 'f1480', 'f1487'],
  ['127.0.0.1, from another address of the node', 'f1428', 'f1401', 'f1403'],
];

/** `folder` has the records of each mode at `folders`. Throws where records of a row are not of one kind of packet, or do not differ. */
export function modesPage(folder: string, folders: Readonly<Record<Mode, string>>): string {
  const records = {
    iptables: recordsIn(join(folder, folders.iptables)),
    nftables: recordsIn(join(folder, folders.nftables)),
    ipvs: recordsIn(join(folder, folders.ipvs)),
  };
  const lines = rows.map(([packet, ...ids]) => {
    const [one, two = one, three = one] = ids;
    const found = [
      recordOf(records.iptables, one),
      recordOf(records.nftables, two),
      recordOf(records.ipvs, three),
    ];
    const cells = found.map(wordsOf);
    if (new Set(found.map(packetKind)).size > 1 || new Set(cells).size === 1) throw new Error(packet);
    return `| ${[packet, ...cells, [...new Set(ids)].map((id) => `\`${id}\``).join(' ')].join(' | ')} |`;
  });
  return `${HEAD}\n${lines.join('\n')}\n${FOOT}`;
}

const HEAD = `# Where the modes of kube-proxy differ

kube-proxy 1.36.3 wrote the rules of one cluster (96 Service ports, dual stack) in iptables, nftables and IPVS mode, and Linux was sent the same packets in each.
Every Service port has the same frontends, endpoints and session affinity in all three. Packets to every frontend, from a pod, from an endpoint to itself, from the
node, from another node and from outside, end alike, but for the lines below. "Here" is the node of the rules. The last column names the records, of one packet in all modes or of one in each.

| packet | iptables | nftables | IPVS | records |
|---|---|---|---|---|`;

const FOOT = `
- In IPVS mode addresses of Services are addresses of the node (on kube-ipvs0), so that Linux takes one of them as the source of what the node itself sends there.
- A Service port whose internal and external traffic policies are both Local has in IPVS mode no servers but those here; the rules of the other modes know all of its endpoints, for clients here.

\`test/conformance/modes.test.ts\` holds this page to the records, and the traces of all frontends to each other.
Of two Services (infra/topo-annotation, infra/topo-hints) nothing is said: kube-proxy of the records in IPVS mode did not know the zone of its node.
`;

function recordsIn(folder: string): ReadonlyMap<string, Recorded> {
  const read = linesOf(join(folder, 'flows.jsonl')).map((line): Recorded => JSON.parse(line));
  return new Map(read.map((record) => [record.id, record]));
}

function recordOf(records: ReadonlyMap<string, Recorded>, id: string): Recorded {
  const found = records.get(id);
  if (found === undefined) throw new Error(id);
  return found;
}

function packetKind({ family, from, protocol }: Recorded): string {
  return [family, from.kind, protocol, from.interface].join(' ');
}

/** `refused (icmp-port-unreachable)`, `to endpoints here, as the client` */
function wordsOf({ from, to, outcomes }: Recorded): string {
  const [first] = outcomes;
  const verdicts = new Set(outcomes.map(({ verdict }) => verdict));
  if (first === undefined || verdicts.size !== 1) throw new Error('several verdicts');
  if (first.verdict === 'drop') return 'dropped';
  if (first.verdict === 'reject') return `refused (${first.rejectWith ?? ''})`;
  if (first.verdict === 'local') return 'the node’s own port';
  const ends = outcomes.map(({ destination }) => withoutPort(destination ?? ''));
  if (ends.every((end) => end === to.address)) return 'forwarded as it is';
  const isHere = new Set(ends.map((end) => end.startsWith('10.244.1.')));
  const where = isHere.size === 2 ? 'here and elsewhere' : isHere.has(true) ? 'here' : 'elsewhere';
  const sources = new Set(outcomes.map(({ source }) => withoutPort(source ?? '')));
  const seen = [...sources].map((source) => (source === from.address ? whoIs(from) : source));
  return `to endpoints ${where}, as ${seen.toSorted().join(' or ')}`;
}

function whoIs({ kind, address }: Recorded['from']): string {
  return kind === 'node' ? address : 'the client';
}

/** `10.244.1.5:8080`, `[fd00::1]:80`, `10.96.0.1` */
function withoutPort(end: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([\d.]+))(?::.+)?$/.exec(end) ?? [];
  return bracketed ?? plain ?? end;
}
