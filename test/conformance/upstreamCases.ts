/** Packets of kube-proxy's own unit tests, as data: the rules, the node that they are meant for, and what must come out. */
import type { Family, Flow } from '../../src/kernel/flow.ts';
import type { SnapshotFileName } from '../../src/kernel/snapshot.ts';

export interface UpstreamCase {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: string;
  readonly endpoints: readonly string[];
  readonly verdict: string | null;
  readonly masquerade: boolean;
}

export interface UpstreamRuleset {
  readonly test: string;
  readonly family: Family;
  readonly ruleset: string;
  readonly nodeAddresses: readonly string[];
  readonly cases: readonly UpstreamCase[];
}

const loopback = ['127.0.0.1', '::1'];

/** A snapshot of the node that the tests mean. */
export function snapshotOf(ruleset: UpstreamRuleset): ReadonlyMap<SnapshotFileName, string> {
  const { family, nodeAddresses } = ruleset;
  const locals = [...nodeAddresses, ...loopback];
  const routes = (isIPv6: boolean): readonly object[] =>
    locals
      .filter((address) => address.includes(':') === isIPv6)
      .map((dst) => ({ type: 'local', dst, dev: loopback.includes(dst) ? 'lo' : 'eth0', table: 'local' }));
  const files: readonly (readonly [SnapshotFileName, string | object])[] = [
    [family === 6 ? 'ip6tables-save.txt' : 'iptables-save.txt', ruleset.ruleset],
    ['ip-addr.json', [link(1, 'lo', loopback), link(2, 'eth0', nodeAddresses), link(3, 'cni0', [])]],
    [
      'ip-route.json',
      [
        { dst: 'default', gateway: '192.168.0.1', dev: 'eth0' },
        { dst: '10.0.0.0/8', dev: 'cni0', scope: 'link' },
        { type: 'local', dst: '127.0.0.0/8', dev: 'lo', table: 'local' },
        ...routes(false),
      ],
    ],
    [
      'ip6-route.json',
      [
        { dst: 'default', gateway: 'fe80::1', dev: 'eth0' },
        { dst: 'fd00:10::/32', dev: 'cni0' },
        ...routes(true),
      ],
    ],
    [
      'sysctl.txt',
      'net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1\nnet.ipv4.conf.all.route_localnet = 1\nnet.ipv4.conf.all.rp_filter = 0\n',
    ],
  ];
  return new Map(
    files.map(([name, content]) => [name, typeof content === 'string' ? content : JSON.stringify(content)]),
  );
}

function link(ifindex: number, ifname: string, addresses: readonly string[]): object {
  const flags = ifname === 'lo' ? ['UP', 'LOWER_UP', 'LOOPBACK'] : ['UP', 'LOWER_UP', 'BROADCAST'];
  const info = addresses.map((local) => ({
    family: local.includes(':') ? 'inet6' : 'inet',
    local,
    prefixlen: local.includes(':') ? 64 : 24,
    scope: ifname === 'lo' ? 'host' : 'global',
  }));
  return { ifindex, ifname, flags, mtu: 1500, operstate: 'UP', addr_info: info };
}

export function flowOf(ruleset: UpstreamRuleset, row: UpstreamCase): Flow {
  const isOwn = [...ruleset.nodeAddresses, ...loopback].includes(row.from);
  const isPod = row.from.startsWith('10.') || row.from.startsWith('fd00:10:');
  const kind = isOwn ? 'node' : isPod ? 'pod' : 'external';
  return {
    family: ruleset.family,
    from: { kind, address: row.from, port: 40000, interface: isOwn ? null : isPod ? 'cni0' : 'eth0' },
    to: { address: row.to, port: row.port },
    protocol: row.protocol,
  };
}
