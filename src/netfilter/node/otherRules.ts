/**
 * Rules of a node that decide about packets and are not those of `iptables-save`: tables of nftables that no iptables
 * command made, the other backend of iptables, IPVS. No trace follows them, so that each trace must say that they are.
 */
import { isRecord } from '../../text/json.ts';
import type { Family } from '../flow.ts';
import type { SnapshotFiles } from '../snapshot.ts';
import { readSnapshotInfo } from './snapshotInfo.ts';

/** For each family what is there, in words: `table inet firewalld`. */
export type OtherRules = Readonly<Record<Family, readonly string[]>>;

/** Tables that iptables-nft makes itself: what it prints holds them. */
const IPTABLES_TABLES: ReadonlySet<string> = new Set(['raw', 'mangle', 'nat', 'filter', 'security']);

const FAMILIES: Readonly<Record<string, readonly Family[]>> = {
  ip: [4],
  ip6: [6],
  inet: [4, 6],
  bridge: [4, 6],
};

/** Never throws: what cannot be read is as if it were not there. */
export function readOtherRules(files: SnapshotFiles): OtherRules {
  const tables = tablesOf(files);
  const ipvs = /^-A /m.test(files.get('ipvsadm-save.txt') ?? '') ? ['virtual servers of IPVS'] : [];
  const warned = lookedIntoLegacy(files) ? [] : warnings(files);
  const words = (family: Family, legacy: string | undefined, nft: string | undefined): readonly string[] => [
    ...tables.filter((table) => table.families.includes(family)).map(({ name }) => `table ${name}`),
    ...backendWords('legacy', legacy, files.get(RULES_FILES[family])),
    ...backendWords('nft', nft, files.get(RULES_FILES[family])),
    ...(holdsRules(legacy) ? [] : warned),
    ...ipvs,
  ];
  return {
    4: words(4, files.get('iptables-legacy-save.txt'), files.get('iptables-nft-save.txt')),
    6: words(6, files.get('ip6tables-legacy-save.txt'), files.get('ip6tables-nft-save.txt')),
  };
}

const RULES_FILES = { 4: 'iptables-save.txt', 6: 'ip6tables-save.txt' } as const;

/** `rules of the legacy backend with a chain KUBE-SERVICES`; that chain is kube-proxy's way to all Services. */
function backendWords(
  backend: 'legacy' | 'nft',
  text: string | undefined,
  followed: string | undefined,
): readonly string[] {
  if (text === undefined || !holdsRules(text)) return [];
  const isProxy = /^(?:\[\d+:\d+\] )?-A KUBE-SERVICES /m.test(text);
  const isOther = isProxy && (followed === undefined || rulesIn(followed) !== rulesIn(text));
  return [`rules of the ${backend} backend${isOther ? ' with a chain KUBE-SERVICES' : ''}`];
}

/** Without what differs between two listings of the same rules: comments and counters. */
function rulesIn(text: string): string {
  return text
    .split('\n')
    .filter((line) => /^(?:\[\d+:\d+\] )?-/.test(line))
    .map((line) => line.replace(/^\[\d+:\d+\] /, '').trimEnd())
    .join('\n');
}

/** Who took a whole snapshot has, unless it says that it could not. */
function lookedIntoLegacy(files: SnapshotFiles): boolean {
  const info = readSnapshotInfo(files.get('snapshot.json') ?? '').value;
  return info !== null && !info.missing.has('iptables-legacy-save.txt');
}

/** `iptables-save` of the nft backend warns of the other one's tables. */
function warnings(files: SnapshotFiles): readonly string[] {
  const warns = (['iptables-save.txt', 'ip6tables-save.txt'] as const).some((name) =>
    files.get(name)?.includes('# Warning: iptables-legacy tables present'),
  );
  return warns ? ['tables of the legacy backend (iptables-save warns of them)'] : [];
}

interface NftTable {
  /** `ip kube-proxy` */
  readonly name: string;
  readonly families: readonly Family[];
}

function tablesOf(files: SnapshotFiles): readonly NftTable[] {
  const text = files.get('nft.txt');
  const names = text === undefined ? tablesOfJson(files.get('nft.json') ?? '') : tablesOfText(text);
  return [...new Set(names)].flatMap((name) => {
    const [family = '', table = ''] = name.split(' ');
    const families = FAMILIES[family] ?? [];
    const own = (family === 'ip' || family === 'ip6') && IPTABLES_TABLES.has(table);
    return families.length === 0 || own ? [] : [{ name, families }];
  });
}

/** Those with a chain at a hook: `table inet firewalld {` … `type filter hook input priority filter + 10; policy accept;` */
function tablesOfText(text: string): readonly string[] {
  const starts = [...text.matchAll(/^table (\w+ [\w.-]+) \{$/gm)];
  return starts.flatMap(({ index, 1: name = '' }, at) => {
    const body = text.slice(index, starts[at + 1]?.index);
    return /^\s+type \w+ hook \w+ /m.test(body) ? [name] : [];
  });
}

/** `{"nftables":[{"chain":{"family":"ip","table":"kube-proxy","name":"nat-output","hook":"output",…}},…]}` */
function tablesOfJson(text: string): readonly string[] {
  const value = parsed(text);
  const items = isRecord(value) && Array.isArray(value['nftables']) ? value['nftables'] : [];
  return items.filter(isRecord).flatMap(({ chain }) => {
    if (!isRecord(chain) || typeof chain['hook'] !== 'string') return [];
    const { family, table } = chain;
    return typeof family === 'string' && typeof table === 'string' ? [`${family} ${table}`] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function holdsRules(text: string | undefined): boolean {
  return text !== undefined && /^(?:\[\d+:\d+\] )?-[AI] /m.test(text);
}
