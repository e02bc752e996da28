/** Words for what texts hold, for notices. */
import type { SnapshotFileName } from '../../kernel/snapshot.ts';
import type { ContentKind } from './contentKind.ts';
import type { Contents } from './contents.ts';
import { kindOfFile } from './factFiles.ts';

const words: Readonly<Record<ContentKind, string>> = {
  rules: 'rules of iptables',
  nft: 'rules of nftables',
  ipvs: 'virtual servers of IPVS',
  addresses: 'addresses',
  routes: 'routes',
  'route-answers': 'answers of "ip route get", which do not tell all routes',
  'policy-rules': 'policy rules',
  'bridge-ports': 'ports of bridges',
  ipsets: 'ipsets',
  sysctls: 'sysctls',
  connections: 'known connections',
  sockets: 'sockets that listen',
  'old-ipv6-routes': 'routes of IPv6 that do not tell their tables',
  'connection-events': 'events of connections, which do not tell all that are known',
  objects: 'objects of the cluster',
  snapshot: 'what a snapshot is of',
  'kernel-trace': 'a trace of the kernel',
  packets: 'packets that were captured',
};

/** `addresses, routes and ipsets`; empty where nothing is recognized. */
export function whatIsIn({ parts }: Pick<Contents, 'parts'>): string {
  const all = [...new Set(parts.map(({ kind }) => words[kind]))];
  const last = all.pop() ?? '';
  return all.length === 0 ? last : `${all.join(', ')} and ${last}`;
}

/** What a snapshot's file of that name holds. */
export function fileWords(name: SnapshotFileName): string {
  return words[kindOfFile[name]];
}
