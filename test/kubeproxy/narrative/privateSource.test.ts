/** Packets of Pods to the Internet that nothing here translates. */
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { tell } from './support.ts';

const routes = [
  { dst: '10.244.1.0/24', dev: 'cni0', scope: 'link', prefsrc: '10.244.1.1' },
  { dst: '192.168.0.0/24', dev: 'eth0', scope: 'link', prefsrc: '192.168.0.2' },
  { dst: 'default', gateway: '192.168.0.1', dev: 'eth0' },
];
const addresses = ['cni0 10.244.1.1/24', 'eth0 192.168.0.2/24', 'lo 127.0.0.1/8']
  .map((line, index) => {
    const [name = '', address = ''] = line.split(' ');
    const flags = name === 'lo' ? 'LOOPBACK,UP,LOWER_UP' : 'BROADCAST,MULTICAST,UP,LOWER_UP';
    return `${String(index + 1)}: ${name}: <${flags}> mtu 1500\n    inet ${address} scope ${name === 'lo' ? 'host' : 'global'} ${name}\n`;
  })
  .join('');

interface Asked {
  readonly from?: string;
  readonly to?: string;
  readonly state?: string;
  /** In POSTROUTING of the table nat. */
  readonly rule?: string;
  readonly route?: object;
}

function told({ from = 'pod:10.244.1.7', to = '8.8.8.8:53', state, rule = '', route }: Asked) {
  const rules = `*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n${rule}COMMIT\n`;
  const analysis = analysisOfFiles(
    new Map([
      ['iptables-save.txt', rules],
      ['ip-addr.json', addresses],
      ['ip-route.json', JSON.stringify(route === undefined ? routes : [route, ...routes])],
      ['sysctl.txt', 'net.ipv4.ip_forward = 1\n'],
    ]),
  );
  const { headline, verdict } = tell(analysis, {
    from,
    to,
    ...(state === undefined ? {} : { state }),
  }).narrative;
  return [verdict, headline];
}

const said =
  'Forwarded to 8.8.8.8:53 out of eth0, unchanged, but no rule of this node translates 10.244.1.7, a private address: an answer comes back from the Internet only where a router beyond it does.';

describe('a packet of a Pod to the Internet', () => {
  it('has no ✓ where nothing here translates its source', () => {
    expect(told({})).toEqual(['mixed', said]);
    const others = '-A POSTROUTING -s 10.99.0.0/16 -j MASQUERADE\n';
    expect(told({ rule: others })).toEqual(['mixed', said]);
  });

  it.each<[string, Asked]>([
    ['is masqueraded', { rule: '-A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE\n' }],
    ["gets a source of somebody's choice", { rule: '-A POSTROUTING -o eth0 -j SNAT --to-source 10.0.0.9\n' }],
    ['has a public source', { from: 'pod:5.9.1.7' }],
    ['is of this node, which is connected as it is', { from: 'node' }],
    ['goes to a private network', { to: '10.9.0.1:53' }],
    [
      'goes where a route of its own leads',
      { route: { dst: '8.8.8.0/24', gateway: '192.168.0.7', dev: 'eth0' } },
    ],
    ['belongs to a connection that began before', { state: 'established' }],
  ])('is not doubted where it %s', (_, asked) => {
    expect(told(asked).join(' ')).not.toContain('a private address');
  });
});
