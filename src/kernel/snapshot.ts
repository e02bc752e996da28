/** The files of a node snapshot; every one is optional. */
export const snapshotFileNames = [
  'iptables-save.txt',
  'ip6tables-save.txt',
  'iptables-legacy-save.txt',
  'ip6tables-legacy-save.txt',
  'iptables-nft-save.txt',
  'ip6tables-nft-save.txt',
  'ipset-save.txt',
  'ip-addr.json',
  'ip-route.json',
  'ip6-route.json',
  'ip-rule.json',
  'bridge-link.txt',
  'sysctl.txt',
  'conntrack.txt',
  'sockets.txt',
  'objects.json',
  'nft.json',
  'nft.txt',
  'ipvsadm-save.txt',
  'snapshot.json',
] as const;

export type SnapshotFileName = (typeof snapshotFileNames)[number];

/** File name → its text, for the files that are there. */
export type SnapshotFiles = ReadonlyMap<SnapshotFileName, string>;
