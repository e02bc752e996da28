/** The facts of texts of any name as files of a snapshot. */
import { addressForms } from '../../kernel/node/readAddresses.ts';
import { routeForms } from '../../kernel/node/readRoutes.ts';
import { ruleLists } from '../../kernel/node/text/ruleText.ts';
import { type TextForm, readRows } from '../../kernel/node/json.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../kernel/snapshot.ts';
import type { ContentKind } from './contentKind.ts';
import type { Contents, Part } from './contents.ts';
import { joinedInterfaces, joinedRoutes } from './joinedRows.ts';

/** What each file of a snapshot holds. */
export const kindOfFile: Readonly<Record<SnapshotFileName, ContentKind>> = {
  'iptables-save.txt': 'rules',
  'ip6tables-save.txt': 'rules',
  'iptables-legacy-save.txt': 'rules',
  'ip6tables-legacy-save.txt': 'rules',
  'iptables-nft-save.txt': 'rules',
  'ip6tables-nft-save.txt': 'rules',
  'ipset-save.txt': 'ipsets',
  'ip-addr.json': 'addresses',
  'ip-route.json': 'routes',
  'ip6-route.json': 'routes',
  'ip-rule.json': 'policy-rules',
  'bridge-link.txt': 'bridge-ports',
  'sysctl.txt': 'sysctls',
  'conntrack.txt': 'connections',
  'sockets.txt': 'sockets',
  'objects.json': 'objects',
  'nft.json': 'nft',
  'nft.txt': 'nft',
  'ipvsadm-save.txt': 'ipvs',
  'snapshot.json': 'snapshot',
};

/** The file of a snapshot that a part belongs to; null where there is none. Rules are no fact. */
function fileOfPart({ kind, text }: Part): SnapshotFileName | null {
  if (kind === 'rules') return null;
  if (kind === 'nft') return /^\s*[[{]/.test(text) ? 'nft.json' : 'nft.txt';
  if (kind === 'routes') return isIPv6Only(text) ? 'ip6-route.json' : 'ip-route.json';
  return snapshotFileNames.find((name) => kindOfFile[name] === kind) ?? null;
}

/** `ip -6 route` lists no address of IPv4; where routes have none at all, `pref` is of IPv6. */
function isIPv6Only(text: string): boolean {
  return (
    /[0-9a-f]*:[0-9a-f]*:|"pref"|\bpref (low|medium|high)\b/.test(text) && !/\d+\.\d+\.\d+\.\d+/.test(text)
  );
}

/** The parts of several texts by the file that they belong to, joined in the order in which they were given. */
export function factFilesOf(given: readonly Contents[]): ReadonlyMap<SnapshotFileName, string> {
  const texts = new Map<SnapshotFileName, string[]>();
  for (const part of given.flatMap(({ parts }) => parts)) {
    const file = fileOfPart(part);
    if (file === null || (part.kind === 'addresses' && !hasAddresses(part.text))) continue;
    texts.set(file, [...(texts.get(file) ?? []), part.text]);
  }
  return new Map([...texts].map(([file, each]) => [file, joined(file, each)]));
}

/** `ip link` has the form of `ip addr` and no address at all. */
function hasAddresses(text: string): boolean {
  return /^\s*[[{]/.test(text) || /(^|\s)(inet6? |\S+\/\d+)/m.test(text);
}

const rowForms: Partial<Record<SnapshotFileName, readonly TextForm[]>> = {
  'ip-addr.json': addressForms,
  'ip-route.json': routeForms,
  'ip6-route.json': routeForms,
  'ip-rule.json': [ruleLists],
};

/** Several outputs of one kind in one text. */
function joined(file: SnapshotFileName, texts: readonly string[]): string {
  const forms = rowForms[file];
  const [only = '', ...more] = texts;
  if (forms === undefined || more.length === 0) return [only, ...more].join('\n');
  const lists = texts.flatMap((text) => {
    const rows = readRows(text, forms);
    return rows.kind === 'rows' ? rows.lists : [];
  });
  if (file === 'ip-rule.json') return lists.map((list) => JSON.stringify(list)).join('\n');
  const rows = file === 'ip-addr.json' ? joinedInterfaces(lists.flat()) : joinedRoutes(lists.flat());
  return JSON.stringify(rows);
}
