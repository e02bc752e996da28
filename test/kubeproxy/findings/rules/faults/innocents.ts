/** What is unusual and no fault: nothing graver than a note may come of it. */
import { dumpText } from '../../../dumps.ts';
import type { Dump } from './dump.ts';
import type { Innocent } from './fault.ts';
import { bridge, bridgePort, known, tracking } from './faults.ts';

function innocent(name: string, make: Innocent['make']): Innocent {
  return { name, make };
}

const TCP = /^-A KUBE-SERVICES -d ([\d.]+)\/32 -p tcp .*--comment "(\S+) cluster IP".*--dport (\d+) /;

/** Several rules of one table, the first of them first. */
function rules(dump: Dump, table: string, lines: readonly string[]): Dump | null {
  return lines.toReversed().reduce<Dump | null>((made, line) => made?.first(table, line) ?? null, dump);
}

/** What kube-proxy writes of a family in which no Service has an address. */
export function withoutServices(text: string): string {
  return text.replaceAll(/^.*(?:KUBE-(?:SVC|SVL|EXT|XLB|FW|SEP)-|has no (?:local )?endpoints).*\n/gmu, '');
}

export const innocents: readonly Innocent[] = [
  innocent('kube-proxy has its chains of IPv6 in a cluster whose Services are all of IPv4', (dump) =>
    !dump.isIPv4 || dump.find(/^-A KUBE-SVC-/) === null
      ? null
      : dump.beside('ip6tables-save.txt', withoutServices(dumpText(dump.name, 'ip6tables-save.txt') ?? '')),
  ),
  innocent('half of the connections that the node may track', (dump) => tracking(dump, 32_768)),
  innocent('a DROP for all ports of the node behind those that it opens', (dump) =>
    dump.first('filter', '-A INPUT -p tcp -m tcp --dport 1:65535 -m conntrack --ctstate NEW -i eth0 -j DROP'),
  ),
  innocent('a firewall of the node with a policy of DROP in INPUT', (dump) =>
    rules(dump.policy('filter', 'INPUT', 'DROP'), 'filter', [
      '-A INPUT -i lo -j ACCEPT',
      '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT',
    ]),
  ),
  innocent(
    'a REJECT at the end of INPUT',
    (dump) =>
      rules(dump, 'filter', ['-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'])?.last(
        'filter',
        '-A INPUT -j REJECT --reject-with icmp-host-prohibited',
      ) ?? null,
  ),
  innocent('flannel accepts pods before a policy of DROP', (dump) =>
    !dump.isIPv4
      ? null
      : rules(dump.policy('filter', 'FORWARD', 'DROP'), 'filter', [
          '-A FORWARD -j FLANNEL-FWD',
          '-A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
          '-A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
        ]),
  ),
  innocent('a bridge accepts its pods before a policy of DROP', (dump) =>
    rules(dump.policy('filter', 'FORWARD', 'DROP'), 'filter', [
      '-A FORWARD -i cni0 -j ACCEPT',
      '-A FORWARD -o cni0 -j ACCEPT',
    ]),
  ),
  innocent('Calico accepts by its own mark', (dump) =>
    rules(dump, 'filter', [
      '-A FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD',
      '-A cali-FORWARD -j MARK --set-xmark 0x0/0xe0000',
      '-A cali-FORWARD -i cali+ -j cali-from-wl',
      '-A cali-FORWARD -m mark --mark 0x10000/0x10000 -j ACCEPT',
      '-A cali-from-wl -m mark --mark 0x10000/0x10000 -j RETURN',
      '-A cali-from-wl -m comment --comment "Unknown interface" -j DROP',
    ]),
  ),
  innocent('Tailscale marks with bits of its own', (dump) =>
    rules(dump, 'filter', [
      '-A FORWARD -j ts-forward',
      '-A ts-forward -i tailscale0 -j MARK --set-xmark 0x40000/0xff0000',
      '-A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT',
      '-A ts-forward -s 100.64.0.0/10 -o tailscale0 -j DROP',
      '-A ts-forward -o tailscale0 -j ACCEPT',
    ]),
  ),
  innocent('a mark is written over before kube-proxy sets its own', (dump) =>
    rules(dump, 'mangle', [
      '-A PREROUTING -i eth1 -j MARK --set-xmark 0x1/0xffffffff',
      '-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff',
    ]),
  ),
  innocent('a mark with a mask of its own in FORWARD', (dump) =>
    dump.first('mangle', '-A FORWARD -j MARK --set-xmark 0x1/0xff'),
  ),
  innocent('NodeLocal DNSCache is not tracked', (dump) =>
    dump.withTable('raw', [
      ':PREROUTING ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      '-A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j NOTRACK',
      '-A OUTPUT -s 10.96.0.10/32 -p udp -m udp --sport 53 -m comment --comment "NodeLocal DNS Cache: skip conntrack" -j NOTRACK',
      '-A OUTPUT -d 169.254.20.10/32 -p udp -m udp --dport 53 -j NOTRACK',
    ]),
  ),
  innocent('the packets of a tunnel are not tracked', (dump) =>
    dump.withTable('raw', [
      ':PREROUTING ACCEPT [0:0]',
      '-A PREROUTING -p udp -m udp --dport 4789 -j NOTRACK',
    ]),
  ),
  innocent('a known connection to an endpoint', (dump) => {
    const to = dump.find(/^-A KUBE-SVC-\S+ .*-> ([\d.]+):8080/)?.[1];
    return to === undefined ? null : known(dump, TCP, 'tcp 6 86400 TIME_WAIT', '', to);
  }),
  innocent('a connection to an endpoint that is gone is over', (dump) =>
    known(dump, TCP, 'tcp 6 20 TIME_WAIT', ''),
  ),
  innocent('a connection to an endpoint that is gone is closed', (dump) =>
    known(dump, TCP, 'tcp 6 2 CLOSE', ''),
  ),
  innocent('the legacy backend has tables', (dump) =>
    dump.mapped((lines) => [
      ...lines,
      '# Warning: iptables-legacy tables present, use iptables-legacy-save to see them',
      '',
    ]),
  ),
  innocent('the same rules are saved by the name of their backend', (dump) =>
    dump.beside('iptables-nft-save.txt', dump.lines.join('\n')),
  ),
  innocent('the other backend has rules of Docker', (dump) =>
    dump.beside(
      'iptables-legacy-save.txt',
      '*filter\n:FORWARD ACCEPT [0:0]\n:DOCKER-USER - [0:0]\n-A FORWARD -j DOCKER-USER\n-A DOCKER-USER -j RETURN\nCOMMIT\n',
    ),
  ),
  innocent('Docker with its one network', (dump) =>
    rules(dump, 'filter', [
      '-A FORWARD -j DOCKER-USER',
      '-A FORWARD -j DOCKER-ISOLATION-STAGE-1',
      '-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      '-A FORWARD -o docker0 -j DOCKER',
      '-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 5432 -j ACCEPT',
      '-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2',
      '-A DOCKER-ISOLATION-STAGE-1 -j RETURN',
      '-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP',
      '-A DOCKER-ISOLATION-STAGE-2 -j RETURN',
      '-A DOCKER-USER -j RETURN',
    ]),
  ),
  innocent('Docker 28 with its one network', (dump) =>
    rules(dump, 'filter', [
      '-A FORWARD -j DOCKER-FORWARD',
      '-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT',
      '-A DOCKER ! -i docker0 -o docker0 -j DROP',
      '-A DOCKER-BRIDGE -o docker0 -j DOCKER',
      '-A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      '-A DOCKER-FORWARD -j DOCKER-CT',
      '-A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1',
      '-A DOCKER-FORWARD -j DOCKER-BRIDGE',
      '-A DOCKER-FORWARD -i docker0 -j ACCEPT',
      '-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2',
      '-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP',
    ]),
  ),
  innocent('a bridge with hairpin mode', (dump) =>
    dump.beside('ip-addr.json', bridge('10.244.1.1', 24)).beside('bridge-link.txt', bridgePort('cni0', 'on')),
  ),
  innocent('Docker’s bridge without hairpin mode', (dump) =>
    dump.beside('bridge-link.txt', bridgePort('docker0', 'off')),
  ),
  innocent('bridges are not filtered', (dump) =>
    dump
      .beside('bridge-link.txt', bridgePort('cni0', 'off'))
      .beside('sysctl.txt', 'net.bridge.bridge-nf-call-iptables = 0\nnet.ipv4.conf.all.route_localnet = 1\n'),
  ),
  innocent('node ports at one address alone', (dump) =>
    dump.replaced(/^(-A KUBE-SERVICES )(-m .*-j KUBE-NODEPORTS)$/, '$1-d 192.168.0.2/32 $2'),
  ),
  innocent(
    'pods are told by the network of their node',
    (dump) =>
      dump.replaced(/10\.244\.0\.0\/16/, '10.244.1.0/24')?.beside('ip-addr.json', bridge('10.244.1.1', 24)) ??
      null,
  ),
  innocent('pods are told by the bridge that they come from', (dump) =>
    dump.replaced(/ ! -s 10\.244\.0\.0\/16(.*-j KUBE-MARK-MASQ)/, ' ! -i cni0$1'),
  ),
  innocent('all Service traffic is masqueraded', (dump) =>
    dump.replaced(/ ! -s 10\.244\.0\.0\/16(.*-j KUBE-MARK-MASQ)/, '$1'),
  ),
  innocent('a large cluster: no comments in the chains of Services', (dump) =>
    dump.replaced(/^(-A KUBE-(?:SVC|SEP|SVL|EXT|XLB)-.*) -m comment --comment "[^"]*"/, '$1'),
  ),
  innocent('the names of Services were replaced', (dump) =>
    dump.replaced(/^(-A (?!.*(?: has no |nolocal|terminating-local)).*)"(\w+)\/([\w-]+):/, '$1"ns/x$3:'),
  ),
  innocent('another bit of the mark', (dump) => dump.replaced(/0x4000/g, '0x100000')),
  innocent('the probabilities of old releases', (dump) => dump.replaced(/0\.33333333349/, '0.33332999982')),
  innocent('fail2ban', (dump) =>
    rules(dump, 'filter', [
      '-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd',
      '-A f2b-sshd -s 203.0.113.9/32 -j REJECT --reject-with icmp-port-unreachable',
      '-A f2b-sshd -j RETURN',
    ]),
  ),
  innocent('a rule that counts, and one that logs', (dump) =>
    rules(dump, 'filter', [
      '-A FORWARD -s 198.51.100.0/24',
      '-A FORWARD -j LOG --log-prefix "fwd "',
      '-A INPUT -j LOG',
    ]),
  ),
  innocent('INPUT blocks a port that nothing translates', (dump) =>
    dump.first('filter', '-A INPUT -p tcp -m tcp --dport 10250 -j DROP'),
  ),
  innocent('INPUT blocks a range that holds a node port', (dump) =>
    dump.first('filter', '-A INPUT -p tcp -m tcp --dport 1:65535 -i wan0 -j DROP'),
  ),
  innocent('only the lines of one Service, as grep prints them', (dump) =>
    dump.mapped((lines) => lines.filter((line) => /KUBE-(?:SVC|SEP)-/.test(line) && line.startsWith('-A'))),
  ),
  innocent('only the chain KUBE-SERVICES', (dump) =>
    dump.mapped((lines) => lines.filter((line) => line.startsWith('-A KUBE-SERVICES'))),
  ),
  innocent('a dump that was cut off', (dump) =>
    dump.mapped((lines) => lines.slice(0, lines.findIndex((line) => line.startsWith('-A KUBE-SEP-')) + 40)),
  ),
  innocent('counters', (dump) => dump.replaced(/^-A /, '[12:3456] -A ')),
  innocent('chains in another order', (dump) =>
    dump.mapped((lines) => {
      const start = lines.findIndex((line) => line.startsWith('-A KUBE-SEP-'));
      const end = lines.findLastIndex((line) => line.startsWith('-A KUBE-SEP-')) + 1;
      return [
        ...lines.slice(0, start),
        ...lines.slice(start, end).toSorted(byChainReversed),
        ...lines.slice(end),
      ];
    }),
  ),
  innocent('empty chains of somebody else', (dump) =>
    dump.mapped((lines) =>
      lines.toSpliced(lines.indexOf('*filter') + 1, 0, ':DOCKER-USER - [0:0]', ':CNI-ADMIN - [0:0]'),
    ),
  ),
  innocent('the kubelet keeps KUBE-MARK-DROP', (dump) =>
    dump.find(/^-A KUBE-MARK-DROP/) === null
      ? dump.first('nat', '-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000')
      : null,
  ),
  innocent('a DROP for one network in FORWARD', (dump) =>
    dump.first('filter', '-A FORWARD -s 203.0.113.0/24 -j DROP'),
  ),
];

/** Rules of one chain stay in their order. */
function byChainReversed(a: string, b: string): number {
  const [one = '', other = ''] = [a.split(' ')[1], b.split(' ')[1]];
  return one === other ? 0 : one < other ? 1 : -1;
}
