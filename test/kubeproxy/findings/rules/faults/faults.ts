/** Faults that people really have, seeded into dumps of real kube-proxies. */
import type { RulesCode } from '../../../../../src/kubeproxy/findings/table.ts';
import type { Dump } from './dump.ts';
import type { Fault } from './fault.ts';
import { serviceFaults } from './serviceFaults.ts';

/** `service`: it is told of edge/np-cluster:http, of which all dumps have a node port 30080. */
function fault(name: string, code: RulesCode, make: Fault['make'], service: string | null = null): Fault {
  return { name, codes: () => [service === null ? code : `${code} ${service}`], make };
}

/** The fault, which takes all packets of so many rules besides. */
function withDead({ codes, ...rest }: Fault, count: (dump: Dump) => number): Fault {
  return {
    ...rest,
    codes: (dump) => [...codes(dump), ...Array.from({ length: count(dump) }, () => 'never-matches' as const)],
  };
}

/** Of filter, before all rules of a chain: each of them is told of, as it never matches. */
function beforeAll(name: string, code: RulesCode, chain: string): Fault {
  const make = (dump: Dump): Dump | null => dump.first('filter', `-A ${chain} -j DROP`);
  return withDead(fault(name, code, make), (dump) => dump.count('filter', chain));
}

/** With addresses of IPv4 in it. */
function ofIPv4(name: string, code: RulesCode, make: Fault['make'], service: string | null = null): Fault {
  return fault(name, code, (dump) => (dump.isIPv4 ? make(dump) : null), service);
}

/** Without lines of nat. */
function inNat(dump: Dump, keeps: (line: string) => boolean): Dump | null {
  return dump.inTable('nat', (lines) => lines.filter(keeps));
}

const ofNode: readonly Fault[] = [
  fault('PREROUTING of nat was flushed', 'jump-missing', (dump) =>
    dump.without(/^-A PREROUTING .*-j KUBE-SERVICES/),
  ),
  fault('OUTPUT of nat was flushed', 'jump-missing', (dump) =>
    dump.withoutOne(/^-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES/),
  ),
  fault('POSTROUTING was flushed', 'jump-missing', (dump) =>
    dump.without(/^-A POSTROUTING .*-j KUBE-POSTROUTING/),
  ),
  fault('FORWARD lost its jumps', 'jump-missing', (dump) => dump.without(/^-A FORWARD .*-j KUBE-/)),
  fault('INPUT lost its jumps', 'jump-missing', (dump) => dump.without(/^-A INPUT .*-j KUBE-/)),
  fault('KUBE-NODEPORTS is no longer led to', 'jump-missing', (dump) =>
    dump.without(/^-A KUBE-SERVICES .*-j KUBE-NODEPORTS/),
  ),
  fault('KUBE-SERVICES of nat was flushed', 'rules-frozen', (dump) =>
    inNat(dump, (line) => !line.startsWith('-A KUBE-SERVICES ')),
  ),
  ...(['nat', 'filter'] as const).map((table) =>
    fault(`all rules of ${table} were flushed`, 'jump-missing', (dump) => dump.flushed(table)),
  ),
  fault('KUBE-FIREWALL lost its match of the mark', 'drops-everything', (dump) =>
    dump.first(
      'filter',
      '-A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets" -j DROP',
    ),
  ),
  fault('KUBE-FORWARD lost its match of the state', 'drops-everything', (dump) =>
    dump.first('filter', '-A KUBE-FORWARD -j DROP'),
  ),
  beforeAll('a DROP before all of INPUT', 'drops-everything', 'INPUT'),
  fault('a DROP in OUTPUT of mangle', 'drops-everything', (dump) =>
    dump.first('mangle', '-A OUTPUT -j DROP'),
  ),
  fault('the policy of INPUT is DROP, and nothing is accepted', 'drops-everything', (dump) =>
    dump.policy('filter', 'INPUT', 'DROP'),
  ),
  fault('the policy of FORWARD is DROP', 'forward-dropped', (dump) =>
    // The firewall plugin of CNI accepts its pods one by one.
    dump.find(/^-A CNI-FORWARD/) === null ? dump.policy('filter', 'FORWARD', 'DROP') : null,
  ),
  beforeAll('a DROP before kube-proxy in FORWARD', 'forward-dropped', 'FORWARD'),
  withDead(
    ofIPv4('a DROP for all pods before kube-proxy in FORWARD', 'forward-dropped', (dump) =>
      dump.first('filter', '-A FORWARD -s 10.244.0.0/16 -j DROP'),
    ),
    // Of a network plugin, which accepts what its pods send.
    ({ lines }) => lines.filter((line) => /^-A CNI-FORWARD -s 10\.244\.\S+ -j ACCEPT$/u.test(line)).length,
  ),
  ofIPv4('a REJECT for all that is sent to pods', 'forward-dropped', (dump) =>
    dump.first(
      'filter',
      '-A FORWARD -d 10.0.0.0/8 -m conntrack --ctstate NEW -j REJECT --reject-with icmp-port-unreachable',
    ),
  ),
  withDead(
    fault(
      'a REJECT of somebody else in a chain that FORWARD jumps to',
      'forward-dropped',
      (dump) =>
        dump
          .first('filter', '-A CORP-FW -j REJECT --reject-with icmp-port-unreachable')
          ?.first('filter', '-A FORWARD -j CORP-FW') ?? null,
    ),
    (dump) => dump.count('filter', 'FORWARD'),
  ),
  fault('KUBE-MARK-MASQ sets no mark', 'masquerade-missing', (dump) => dump.without(/^-A KUBE-MARK-MASQ /)),
  fault('KUBE-POSTROUTING masquerades nothing', 'masquerade-missing', (dump) =>
    dump.without(/-j MASQUERADE/),
  ),
  fault('KUBE-POSTROUTING returns before it masquerades', 'masquerade-missing', (dump) =>
    dump.first('nat', '-A KUBE-POSTROUTING -j RETURN'),
  ),
  fault(
    'the mark stays on packets of an overlay',
    'double-masquerade',
    (dump) => dump.without(/^-A KUBE-POSTROUTING .*--set-xmark/)?.beside('ip-addr.json', overlay) ?? null,
  ),
  fault('a rule of a built-in chain stands there twice', 'duplicate-rule', (dump) =>
    dump.first(
      'nat',
      '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    ),
  ),
  {
    name: 'a rule of KUBE-SERVICES stands there twice',
    codes: (dump) => [`duplicate-rule ${dump.find(SERVICE)?.[1] ?? ''}`],
    make: (dump) => again(dump, SERVICE),
  },
  fault('the other backend has rules of kube-proxy too', 'mixed-backends', (dump) =>
    dump.beside('iptables-nft-save.txt', dump.lines.join('\n').replaceAll('-j KUBE-SVC-', '-g KUBE-SVC-')),
  ),
  ofIPv4('the kubelet writes into the other backend', 'mixed-backends', (dump) =>
    dump.beside(
      'iptables-nft-save.txt',
      '*filter\n:INPUT ACCEPT [0:0]\n:KUBE-FIREWALL - [0:0]\n-A INPUT -j KUBE-FIREWALL\n-A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP\nCOMMIT\n',
    ),
  ),
  ofIPv4('sets of IPVS mode are left', 'mode-leftovers', (dump) =>
    dump.beside(
      'ipset-save.txt',
      'create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\nadd KUBE-CLUSTER-IP 10.96.0.1,tcp:443\n',
    ),
  ),
  fault('only half of the endpoints were restored', 'rules-frozen', (dump) => dump.without(/^-A KUBE-SEP-/)),
  ofIPv4(
    'no Service was restored',
    'rules-frozen',
    (dump) =>
      dump.without(/KUBE-(?:SVC|SVL|EXT|XLB|FW|SEP)-/)?.without(/has no (?:local )?endpoints/) ?? null,
  ),
  fault('the cluster CIDR is another one', 'cluster-cidr-mismatch', (dump) =>
    dump.replaced(/10\.244\.0\.0\/16/, '10.99.0.0/16'),
  ),
  ofIPv4('the pods of this node are in another network', 'cluster-cidr-mismatch', (dump) =>
    dump.beside('ip-addr.json', bridge('10.77.0.1', 24)),
  ),
  fault('node ports leave localhost out', 'node-port-localhost', (dump) =>
    dump.replaced(/^(-A KUBE-SERVICES )(-m .*-j KUBE-NODEPORTS)$/, '$1! -d 127.0.0.0/8 $2'),
  ),
  ofIPv4('the kernel drops what leaves the loopback', 'node-port-localhost', (dump) =>
    dump.beside('sysctl.txt', 'net.ipv4.conf.all.route_localnet = 0\nnet.ipv4.ip_forward = 1\n'),
  ),
  fault('the whole mark is written over in FORWARD', 'mark-conflict', (dump) =>
    dump.first('mangle', '-A FORWARD -j MARK --set-xmark 0x1/0xffffffff'),
  ),
  fault('a VPN takes the mark away', 'mark-conflict', (dump) =>
    dump.first('mangle', '-A POSTROUTING -o tun0 -j MARK --set-xmark 0x0/0xffff'),
  ),
  fault('somebody else uses the bit', 'mark-conflict', (dump) =>
    dump.first('mangle', '-A PREROUTING -p tcp -m tcp --dport 25 -j MARK --set-xmark 0x4000/0x4000'),
  ),
  fault('the connection’s mark is restored whole', 'mark-conflict', (dump) =>
    dump.first('mangle', '-A FORWARD -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff'),
  ),
  ofIPv4('what is sent to cluster IPs is not tracked', 'reply-untracked', (dump) =>
    dump.withTable('raw', [
      ':PREROUTING ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      '-A PREROUTING -d 10.96.0.0/12 -j CT --notrack',
    ]),
  ),
  ofIPv4('what pods answer is not tracked', 'reply-untracked', (dump) =>
    dump.withTable('raw', [
      ':PREROUTING ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      '-A PREROUTING -s 10.244.0.0/16 -p tcp -m tcp --sport 8080 -j NOTRACK',
    ]),
  ),
  fault('a firewall’s chain hangs nowhere', 'unreferenced-chain', (dump) =>
    dump.first('filter', '-A CORP-FW -s 198.51.100.0/24 -j DROP'),
  ),
  ofIPv4(
    'INPUT is to block a node port',
    'published-port-bypass',
    (dump) => dump.first('filter', '-A INPUT -p tcp -m tcp --dport 30080 -j DROP'),
    'edge/np-cluster:http',
  ),
  ofIPv4(
    'a firewall’s chain is to block a node port',
    'published-port-bypass',
    (dump) =>
      dump
        .first(
          'filter',
          '-A CORP-FW -s 198.51.100.0/24 -p tcp -m multiport --dports 30080,30090 -j REJECT --reject-with icmp-port-unreachable',
        )
        ?.first('filter', '-A INPUT -j CORP-FW') ?? null,
    'edge/np-cluster:http',
  ),
  fault(
    'INPUT is to block a port that Docker publishes',
    'published-port-bypass',
    (dump) =>
      dump
        .first(
          'nat',
          '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 5432 -j DNAT --to-destination 172.17.0.2:5432',
        )
        ?.first('nat', '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER')
        ?.first('filter', '-A INPUT -p tcp -m tcp --dport 5432 -j DROP') ?? null,
  ),
  ofIPv4('a table of nftables mode is left', 'mode-leftovers', (dump) =>
    dump.beside('nft.txt', 'table ip kube-proxy {\n\tchain services {\n\t}\n}\n'),
  ),
  fault('a firewall drops all that pods send', 'forward-dropped', (dump) =>
    dump.find(/^-A CNI-FORWARD/) === null
      ? dump.policy('filter', 'FORWARD', 'DROP').first('filter', '-A FORWARD -i docker0 -j ACCEPT')
      : null,
  ),
  ofIPv4('the bridge has hairpin mode off', 'hairpin-off', (dump) =>
    dump
      .beside('ip-addr.json', bridge('10.244.1.1', 24))
      .beside('bridge-link.txt', bridgePort('cni0', 'off')),
  ),
  {
    name: 'a UDP client is held to an endpoint that is gone',
    codes: (dump) => [`conntrack-stale ${dump.find(DNS)?.[2] ?? ''}`],
    make: (dump) => known(dump, DNS, 'udp 17 28', '[UNREPLIED] '),
  },
  {
    name: 'a TCP client is held to an endpoint that is gone',
    codes: (dump) => [`conntrack-stale ${dump.find(WEB)?.[2] ?? ''}`],
    make: (dump) => known(dump, WEB, 'tcp 6 86400 ESTABLISHED', ''),
  },
  {
    name: 'a UDP client is held to a cluster IP that was not translated',
    codes: (dump) => [`conntrack-stale ${dump.find(DNS)?.[2] ?? ''}`],
    make: (dump) => known(dump, DNS, 'udp 17 28', '[UNREPLIED] ', null),
  },
  ofIPv4(
    'a range of node ports is shut in INPUT, which they never come to',
    'published-port-bypass',
    (dump) =>
      dump.find(/^-A KUBE-NODEPORTS -p tcp .*--dport 30080 /) === null
        ? null
        : dump.first('filter', '-A INPUT -i eth0 -p tcp -m tcp --dport 30000:32767 -j DROP'),
  ),
  fault('the table of connections is full', 'conntrack-full', (dump) => tracking(dump, 65_536)),
  fault('the table of connections is all but full', 'conntrack-full', (dump) => tracking(dump, 63_000)),
  ofIPv4('the interface of IPVS mode is left', 'mode-leftovers', (dump) =>
    dump.beside(
      'ip-addr.json',
      JSON.stringify([
        {
          ifindex: 9,
          ifname: 'kube-ipvs0',
          flags: ['BROADCAST', 'NOARP'],
          addr_info: [{ family: 'inet', local: '10.96.0.1', prefixlen: 32 }],
        },
      ]),
    ),
  ),
];

/** A node that tracks so many connections of 65,536. */
export function tracking(dump: Dump, count: number): Dump {
  return dump.beside(
    'sysctl.txt',
    `net.netfilter.nf_conntrack_count = ${count}\nnet.netfilter.nf_conntrack_max = 65536\n`,
  );
}

const overlay = JSON.stringify([
  {
    ifindex: 1,
    ifname: 'lo',
    flags: ['LOOPBACK', 'UP'],
    addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8 }],
  },
  {
    ifindex: 2,
    ifname: 'flannel.1',
    flags: ['UP'],
    addr_info: [{ family: 'inet', local: '10.244.1.0', prefixlen: 32 }],
  },
]);

const SERVICE = /^-A KUBE-SERVICES .*--comment "(\S+) cluster IP".*-j KUBE-SVC-/;

const DNS = /^-A KUBE-SERVICES -d ([\d.]+)\/32 -p udp .*--comment "(\S+) cluster IP".*--dport (\d+) /;
const WEB = /^-A KUBE-SERVICES -d ([\d.]+)\/32 -p tcp .*--comment "(\S+) cluster IP".*--dport (\d+) /;

/** With a known connection to what the pattern finds (an address, a name, a port); `to` null: it was not translated. */
export function known(
  dump: Dump,
  pattern: RegExp,
  state: string,
  status: string,
  to: string | null = '10.244.9.99',
): Dump | null {
  const [, address, , port] = dump.find(pattern) ?? [];
  if (address === undefined || port === undefined) return null;
  const back =
    to === null ? `src=${address} dst=10.244.1.250 sport=${port}` : `src=${to} dst=10.244.1.250 sport=8080`;
  return dump.beside(
    'conntrack.txt',
    `${state} src=10.244.1.250 dst=${address} sport=40000 dport=${port} ${status}${back} dport=40000 mark=0 use=1\n`,
  );
}

function again(dump: Dump, pattern: RegExp): Dump | null {
  const line = dump.find(pattern)?.input;
  return line === undefined ? null : dump.first('nat', line);
}

/** `ip addr` of a node whose pods are on a bridge. */
export function bridge(address: string, prefixlen: number): string {
  return JSON.stringify([
    {
      ifindex: 1,
      ifname: 'lo',
      flags: ['LOOPBACK', 'UP'],
      addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8 }],
    },
    {
      ifindex: 2,
      ifname: 'eth0',
      flags: ['UP'],
      addr_info: [{ family: 'inet', local: '192.168.0.2', prefixlen: 24 }],
    },
    { ifindex: 3, ifname: 'cni0', flags: ['UP'], addr_info: [{ family: 'inet', local: address, prefixlen }] },
  ]);
}

export function bridgePort(name: string, hairpin: 'on' | 'off'): string {
  return `7: veth1@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master ${name} state forwarding priority 32 cost 2\n    hairpin ${hairpin} guard off root_block off fastleave off learning on flood on\n`;
}

export const faults: readonly Fault[] = [...ofNode, ...serviceFaults];
