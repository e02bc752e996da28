const inet = (local: string, prefixlen: number) => ({ family: 'inet', local, prefixlen, scope: 'global' });
const link = (ifindex: number, ifname: string, ...addr_info: object[]) => ({
  ifindex,
  ifname,
  flags: ['UP', 'LOWER_UP', ...(ifname === 'lo' ? ['LOOPBACK'] : ['BROADCAST'])],
  operstate: 'UP',
  addr_info,
});
/** The host of test/dumps/docker, as its README says. */
export const dockerAddresses = [
  link(1, 'lo', inet('127.0.0.1', 8)),
  link(2, 'eth0', inet('192.168.0.2', 24)),
  link(3, 'docker0', inet('172.17.0.1', 16)),
  link(4, 'br-ff62b3619f33', inet('172.28.0.1', 16)),
];
const local = (dst: string, dev: string) => ({
  type: 'local',
  dst,
  dev,
  table: 'local',
  scope: 'host',
  flags: [],
});
export const dockerRoutes = [
  { dst: 'default', gateway: '192.168.0.1', dev: 'eth0', flags: [] },
  { dst: '172.17.0.0/16', dev: 'docker0', scope: 'link', prefsrc: '172.17.0.1', flags: [] },
  { dst: '172.28.0.0/16', dev: 'br-ff62b3619f33', scope: 'link', prefsrc: '172.28.0.1', flags: [] },
  { dst: '192.168.0.0/24', dev: 'eth0', scope: 'link', prefsrc: '192.168.0.2', flags: [] },
  local('127.0.0.0/8', 'lo'),
  local('192.168.0.2', 'eth0'),
  local('172.17.0.1', 'docker0'),
  local('172.28.0.1', 'br-ff62b3619f33'),
];
