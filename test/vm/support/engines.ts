import type { Engine } from '../../../src/kernel/engine.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import { isRecord } from '../../../src/text/json.ts';
import { ipvsEngineOf } from '../../conformance/snapshots.ts';
import { labFiles } from '../../kernel/fixtures.ts';
import type { IpvsNode } from './random/ipvsNode.ts';

type Files = ReadonlyMap<SnapshotFileName, string>;

/** As far as it is known before the node is made: packets are aimed with it. */
export function expectedEngine(node: IpvsNode): Engine {
  const { family, addresses, ipvs, ipsets, rules, sysctls } = node;
  const routes = family === 4 ? 'ip-route.json' : 'ip6-route.json';
  const files = new Map<SnapshotFileName, string>([
    ...snapshotFileNames.flatMap((name): [SnapshotFileName, string][] => {
      const text = labFiles[name];
      return text === undefined ? [] : [[name, text]];
    }),
    ['ip-addr.json', withRows(labFiles['ip-addr.json'], linkOf(node))],
    [routes, withRows(labFiles[routes], ...addresses.map(localRoute))],
    ['ipset-save.txt', ipsets],
    ['ipvsadm-save.txt', ipvs],
    [family === 4 ? 'iptables-save.txt' : 'ip6tables-save.txt', rules],
    [
      'sysctl.txt',
      `${labFiles['sysctl.txt']}${sysctls.map((each) => `${each.replace('=', ' = ')}\n`).join('')}`,
    ],
  ]);
  return ipvsEngineOf(files, family, {});
}

/** Of what the node listed. `any`: whatever the order in which servers were added; `ordered`: as they were, where that is known. */
export function enginesOf(node: IpvsNode, files: Files): { readonly any: Engine; readonly ordered: Engine } {
  const { family, ipvs, proxy } = node;
  const any = ipvsEngineOf(files, family, { orderKnown: false });
  if (proxy !== undefined) return { any, ordered: any };
  return {
    any,
    ordered: ipvsEngineOf(new Map([...files, ['ipvsadm-save.txt', ipvs]]), family, { orderKnown: true }),
  };
}

function withRows(text: string | undefined, ...rows: readonly object[]): string {
  const known: unknown = JSON.parse(text ?? '[]');
  return JSON.stringify([...(Array.isArray(known) ? known.filter(isRecord) : []), ...rows]);
}

const linkOf = ({ family, addresses }: IpvsNode): object => ({
  ifindex: 9,
  ifname: 'kube-ipvs0',
  flags: ['BROADCAST', 'NOARP'],
  operstate: 'DOWN',
  addr_info: addresses.map((local) => ({
    family: family === 4 ? 'inet' : 'inet6',
    local,
    prefixlen: family === 4 ? 32 : 128,
    scope: 'global',
  })),
});

const localRoute = (dst: string): object => ({
  dst,
  dev: 'kube-ipvs0',
  flags: [],
  type: 'local',
  table: 'local',
  protocol: 'kernel',
  scope: 'host',
});
