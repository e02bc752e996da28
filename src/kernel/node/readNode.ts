import type { SnapshotFileName, SnapshotFiles } from '../snapshot.ts';
import { withLocalTable } from './localTable.ts';
import type { Node, Route } from './node.ts';
import { readAddresses } from './readAddresses.ts';
import { readBridgePorts } from './readBridgePorts.ts';
import { readConntrack } from './readConntrack.ts';
import type { FileReading } from './reading.ts';
import { readIpSets } from './readIpSets.ts';
import { readRoutes } from './readRoutes.ts';
import { readRules } from './readRules.ts';
import { readSockets } from './readSockets.ts';
import { readSysctls } from './readSysctls.ts';
import { NO_SNAPSHOT_INFO, readSnapshotInfo, type SnapshotInfo } from './snapshotInfo.ts';
import { append } from '../../text/lists.ts';

/** Reads what the snapshot says of the node. Never throws: a file that cannot be read counts as not given, and is named in `problems`. */
export function readNode(files: SnapshotFiles): Node {
  const problems: string[] = [];
  const read = <T>(name: SnapshotFileName, reader: (text: string) => FileReading<T>): T | null => {
    const text = files.get(name);
    if (text === undefined || text.trim() === '') return null;
    const reading = reader(plainText(text));
    append(
      problems,
      reading.problems.map((problem) => `${name}: ${problem}`),
    );
    return reading.value;
  };
  const routes = read('ip-route.json', (text) => readRoutes(text, 4));
  const routes6 = read('ip6-route.json', (text) => readRoutes(text, 6));
  const addresses = read('ip-addr.json', readAddresses);
  const info = read('snapshot.json', readSnapshotInfo) ?? NO_SNAPSHOT_INFO;
  const conntrack = read('conntrack.txt', readConntrack);
  const interfaces = addresses?.partial === false ? addresses.interfaces : null;
  const glimpsed = addresses?.partial === true ? addresses.interfaces : null;
  const sysctls = read('sysctl.txt', readSysctls);
  const forwards = (name: string): boolean =>
    sysctls?.get(`net.ipv6.conf.${name.replaceAll('.', '/')}.forwarding`) !== '0';
  const tables = {
    4: withLocalTable(4, routes === null ? null : ipv4Of(routes), interfaces, forwards, glimpsed),
    6: withLocalTable(6, ipv6Of(routes, routes6), interfaces, forwards, glimpsed),
  };
  return {
    interfaces,
    glimpsed,
    bridgePorts: read('bridge-link.txt', readBridgePorts),
    routes: { 4: tables[4].routes, 6: tables[6].routes },
    localTable: { 4: tables[4].from, 6: tables[6].from },
    rules: read('ip-rule.json', readRules),
    sysctls,
    ipsets: read('ipset-save.txt', readIpSets),
    sockets: read('sockets.txt', readSockets),
    ...(conntrack === null ? emptyTable(files, info) : { conntrack, info }),
    problems,
  };
}

/**
 * `conntrack -L` leaves an empty file where no connection is known and where it fails. A snapshot that says what it misses
 * tells these apart: there is then none. Else it is not known, and why is noted.
 */
function emptyTable(files: SnapshotFiles, info: SnapshotInfo): Pick<Node, 'conntrack' | 'info'> {
  if (files.get('conntrack.txt')?.trim() !== '' || info.missing.has('conntrack.txt'))
    return { conntrack: null, info };
  if (files.has('snapshot.json')) return { conntrack: [], info };
  const why = 'conntrack.txt is empty, as it is where there are none and where they could not be listed';
  return { conntrack: null, info: { ...info, missing: new Map([...info.missing, ['conntrack.txt', why]]) } };
}

/** Without what an editor of Windows puts in. */
function plainText(text: string): string {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return body.includes('\r') ? body.replaceAll(/\r(?=\n|$)/g, '') : body;
}

function ipv4Of(routes: readonly Route[]): readonly Route[] {
  return routes.filter((route) => route.family === 4);
}

/** IPv6 routes have a file of their own; `ip -j route show table all` may list them with IPv4's. */
function ipv6Of(both: readonly Route[] | null, own: readonly Route[] | null): readonly Route[] | null {
  if (own !== null) return own.filter((route) => route.family === 6);
  const found = both?.filter((route) => route.family === 6) ?? [];
  return found.length === 0 ? null : found;
}
