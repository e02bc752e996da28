/** Clusters for real clients: kube-proxy's rules of the repository's dumps, and the same as other settings write them. */
import { readFileSync } from 'node:fs';
import type { Backend } from '../support/recorder.ts';

export interface ClusterOfDump {
  readonly title: string;
  readonly backend: Backend;
  readonly rules: { readonly 4: string; readonly 6: string };
  /** The Services and EndpointSlices that the rules were written for. */
  readonly objects: string;
  readonly routeLocalnet: 0 | 1;
}

function dump(folder: string, file: string): string {
  return readFileSync(new URL(`../../dumps/${folder}/${file}`, import.meta.url), 'utf8');
}

function rulesOf(folder: string, change: (line: string) => string | null = (line) => line) {
  const changed = (file: string): string =>
    dump(folder, file)
      .split('\n')
      .flatMap((line) => change(line) ?? [])
      .join('\n');
  return { 4: changed('iptables-save.txt'), 6: changed('ip6tables-save.txt') };
}

/** Without `--cluster-cidr` nothing is masqueraded on its way to a cluster IP. */
function withoutClusterCidr(line: string): string | null {
  return / ! -s \S+ .*-j KUBE-MARK-MASQ$/.test(line) ? null : line;
}

/** As `--nodeport-addresses 192.168.0.0/24,fd00:192:168::/64` writes it. */
function atOneNetwork(line: string): string {
  const jump = /^-A KUBE-SERVICES .*-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS$/;
  if (!jump.test(line)) return line;
  const address = line.includes('::1') ? 'fd00:192:168::2/128' : '192.168.0.2/32';
  return line
    .replace(' ! -d ::1/128', '')
    .replace('-m addrtype --dst-type LOCAL', '')
    .replace(' -m comment', ` -d ${address} -m comment`);
}

const objects = { '1.36.3': dump('1.36.3', 'objects.json'), '1.23.4': dump('1.23.4', 'objects.json') };

export const clusters: readonly ClusterOfDump[] = [
  {
    title: '1.36.3',
    backend: 'nft',
    rules: rulesOf('1.36.3'),
    objects: objects['1.36.3'],
    routeLocalnet: 1,
  },
  {
    title: '1.36.3 without a cluster CIDR',
    backend: 'nft',
    rules: rulesOf('1.36.3', withoutClusterCidr),
    objects: objects['1.36.3'],
    routeLocalnet: 1,
  },
  {
    title: '1.36.3 with node ports at one address',
    backend: 'legacy',
    rules: rulesOf('1.36.3', atOneNetwork),
    objects: objects['1.36.3'],
    routeLocalnet: 0,
  },
  {
    title: '1.23.4',
    backend: 'nft',
    rules: rulesOf('1.23.4'),
    objects: objects['1.23.4'],
    routeLocalnet: 1,
  },
];
