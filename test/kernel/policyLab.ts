/** The lab's node with a second way out, eth1, to which a policy rule of the test's own leads. */
import { labFiles } from './fixtures.ts';

type Files = typeof labFiles;

const parsed = (text: string | undefined): readonly object[] => JSON.parse(text ?? '[]');

/** `selectors`: what `ip -j rule` prints of the rule of priority 10 that looks in table 102; null = there is none. */
export function readPolicyLab(selectors: object | null, sysctls: readonly string[] = []): Files {
  const rule = { priority: 10, src: 'all', ...selectors, table: '102' };
  const links = [
    ...parsed(labFiles['ip-addr.json']),
    {
      ifindex: 5,
      ifname: 'eth1',
      flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
      addr_info: [
        { family: 'inet', local: '172.16.5.2', prefixlen: 24, scope: 'global' },
        { family: 'inet6', local: 'fd00:172:5::2', prefixlen: 64, scope: 'global' },
      ],
    },
  ];
  const routes = [
    ...parsed(labFiles['ip-route.json']),
    { dst: 'default', gateway: '172.16.5.1', dev: 'eth1', table: '102', flags: [] },
    {
      dst: '172.16.5.0/24',
      dev: 'eth1',
      protocol: 'kernel',
      scope: 'link',
      prefsrc: '172.16.5.2',
      flags: [],
    },
    {
      type: 'local',
      dst: '172.16.5.2',
      dev: 'eth1',
      table: 'local',
      protocol: 'kernel',
      scope: 'host',
      flags: [],
    },
  ];
  const routes6 = [
    ...parsed(labFiles['ip6-route.json']),
    { type: 'anycast', dst: 'fd00:172:5::', dev: 'eth1', table: 'local', protocol: 'kernel', flags: [] },
    { type: 'local', dst: 'fd00:172:5::2', dev: 'eth1', table: 'local', protocol: 'kernel', flags: [] },
  ];
  const eth1 = ['accept_local', 'route_localnet', 'rp_filter', 'src_valid_mark'].map(
    (name) => `net.ipv4.conf.eth1.${name} = 0`,
  );
  return {
    ...labFiles,
    'ip-addr.json': JSON.stringify(links),
    'ip-route.json': JSON.stringify(routes),
    'ip6-route.json': JSON.stringify(routes6),
    'ip-rule.json': JSON.stringify([
      ...parsed(labFiles['ip-rule.json']).slice(0, 1),
      ...(selectors === null ? [] : [rule]),
      ...parsed(labFiles['ip-rule.json']).slice(1),
    ]),
    'sysctl.txt': [labFiles['sysctl.txt'], 'net.ipv4.conf.eth1.forwarding = 1', ...eth1, ...sysctls].join(
      '\n',
    ),
  };
}
