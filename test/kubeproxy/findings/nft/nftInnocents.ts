/** What is unusual in a listing of nftables, and no fault. */
import { nftablesChainName } from '../../../../src/kubeproxy/modes/nftables/names.ts';
import { type NftDump, tableOf } from './nftDump.ts';

export interface NftInnocent {
  readonly name: string;
  readonly make: (dump: NftDump) => NftDump;
}

function innocent(name: string, make: NftInnocent['make']): NftInnocent {
  return { name, make };
}

const gone = ['service', 'external'] as const;
const web = { namespace: 'gone', service: 'web', protocol: 'tcp', port: 'http' };

const firewalld = `table inet firewalld {
	chain filter_INPUT {
		type filter hook input priority filter + 10; policy accept;
		ct state { established, related } accept
		ct status dnat accept
		iifname "lo" accept
		ct state invalid drop
		jump filter_INPUT_ZONES
		reject with icmpx admin-prohibited
	}
	chain filter_FORWARD {
		type filter hook forward priority filter + 10; policy accept;
		ct state { established, related } accept
		ct status dnat accept
		iifname "lo" accept
		ct state invalid drop
		reject with icmpx admin-prohibited
	}
	chain filter_INPUT_ZONES {
		iifname "eth0" goto filter_IN_public
		goto filter_IN_public
	}
	chain filter_IN_public {
		tcp dport 22 accept
	}
	chain filter_IN_trusted {
		accept
	}
}
`;

export const nftInnocents: readonly NftInnocent[] = [
  innocent('firewalld as it is installed', (dump) => dump.with(firewalld)),
  innocent('numbers in place of the names of priorities', (dump) =>
    dump
      .replaced('type nat hook prerouting priority dstnat;', 'type nat hook prerouting priority -100;')
      .replaced('type nat hook postrouting priority srcnat;', 'type nat hook postrouting priority 100;')
      .replaced('priority dstnat - 10;', 'priority -110;'),
  ),
  innocent('pods are told by nothing: no packet to a cluster IP is masqueraded', (dump) =>
    dump
      .chain('services', (rules) => rules.slice(1))
      .replaced(/(set cluster-ips \{[^}]*?)elements = \{[^}]*\}\n/, '$1'),
  ),
  innocent('pods are told by the bridge that they come from', (dump) =>
    dump.chain('services', (rules) =>
      rules.map((rule) => rule.replace('ip saddr != 10.244.0.0/16', 'iifname != "cni0"')),
    ),
  ),
  innocent('counters at rules', (dump) =>
    dump.chain('services', (rules) => rules.map((rule) => `counter packets 7 bytes 420 ${rule}`)),
  ),
  innocent('handles', (dump) =>
    dump.chain('services', (rules) => rules.map((rule, at) => `${rule} # handle ${at + 40}`)),
  ),
  innocent('chains that kube-proxy has emptied, to delete them later', (dump) =>
    dump.replaced(
      '\tchain reject-chain {',
      `${gone.map((kind) => `\tchain ${nftablesChainName(kind, web)} {\n\t}\n`).join('')}\tchain reject-chain {`,
    ),
  ),
  innocent('clients that are remembered', (dump) =>
    dump.replaced(
      /(set affinity-\S*shop\/sticky\S*10\.244\.1\.38\S* \{\n[^}]*?timeout 3h\n)/,
      '$1\t\telements = { 10.244.2.8 timeout 3h expires 2h59m }\n',
    ),
  ),
  innocent('a rule that is not understood', (dump) =>
    dump.chain('services', (rules) => rules.map((rule) => rule.replace(' vmap', ' vmap of what is to come'))),
  ),
  innocent('a table that sleeps', (dump) =>
    dump.with(
      'table inet panic {\n\tflags dormant\n\tchain input {\n\t\ttype filter hook input priority filter; policy drop;\n\t\tdrop\n\t}\n}\n',
    ),
  ),
  innocent('a mark of other bits', (dump) =>
    dump.with(
      tableOf(
        'vpn',
        'prerouting',
        ['ip saddr 10.8.0.0/16 meta mark set meta mark | 0x00080000'],
        'type filter hook prerouting priority mangle; policy accept;',
      ),
    ),
  ),
  innocent('a mark that is written before kube-proxy sets its own', (dump) =>
    dump.with(
      tableOf(
        'qos',
        'prerouting',
        ['tcp dport 80 meta mark set 0x00000010'],
        'type filter hook prerouting priority mangle; policy accept;',
      ),
    ),
  ),
  innocent('a mark of what has none', (dump) =>
    dump.with(tableOf('qos', 'forward', ['meta mark 0x00000000 meta mark set 0x00000010'])),
  ),
  innocent('a mark of what is delivered here', (dump) =>
    dump.with(tableOf('qos', 'input', ['tcp dport 22 meta mark set 0x00004000'])),
  ),
  innocent('a policy of drop that accepts pods and what is known', (dump) =>
    dump.with(
      tableOf(
        'corp',
        'forward',
        [
          'ct state established,related accept',
          'ip saddr 10.0.0.0/8 accept',
          'ip daddr 10.0.0.0/8 accept',
          'meta nfproto ipv6 accept',
        ],
        'type filter hook forward priority filter; policy drop;',
      ),
    ),
  ),
  innocent('a limit that is written twice', (dump) =>
    dump.with(
      tableOf('corp', 'input', [
        'icmp type echo-request limit rate 5/second accept',
        'icmp type echo-request limit rate 5/second accept',
      ]),
    ),
  ),
  innocent('a reset for TCP alone before the rest', (dump) =>
    dump.with(
      tableOf('corp', 'input', [
        'tcp dport 113 reject with tcp reset',
        'udp dport 113 reject',
        'ct state new accept',
      ]),
    ),
  ),
  innocent('a translation of IPv4 before one of IPv6', (dump) =>
    dump.with(
      'table inet host {\n\tchain pre {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n\t\ttcp dport 2222 dnat ip to 192.168.0.9:22\n\t\ttcp dport 2222 dnat ip6 to [fd00:192:168::9]:22\n\t}\n}\n',
    ),
  ),
  innocent('a set that rules fill, before a network that it may hold', (dump) =>
    dump.with(
      'table inet guard {\n\tset seen {\n\t\ttype ipv4_addr\n\t\tsize 65535\n\t\tflags dynamic,timeout\n\t\ttimeout 1m\n\t}\n\tchain input {\n\t\ttype filter hook input priority filter; policy accept;\n\t\tip saddr @seen accept\n\t\ttcp dport 22 update @seen { ip saddr }\n\t\tip saddr @seen drop\n\t}\n}\n',
    ),
  ),
  innocent('a mark that decides, and is written between', (dump) =>
    dump.with(
      tableOf('corp', 'input', [
        'meta mark 0x00000001 accept',
        'tcp dport 22 meta mark set 0x00000001',
        'meta mark 0x00000001 drop',
      ]),
    ),
  ),
  innocent('chains of containers', (dump) =>
    dump.with(
      'table ip docker-bridges {\n\tchain filter-FORWARD {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\toifname vmap { "docker0" : jump filter-forward-in__bridge }\n\t}\n\tchain filter-forward-in__bridge {\n\t\tct state established,related counter accept\n\t\tiifname "docker0" counter accept comment "ICC"\n\t\tcounter drop comment "UNPUBLISHED PORT DROP"\n\t}\n}\n',
    ),
  ),
  innocent('a table of a device', (dump) =>
    dump.with(
      'table netdev fast {\n\tchain in {\n\t\ttype filter hook ingress device "eth0" priority -500; policy accept;\n\t\tip saddr 192.0.2.0/24 drop\n\t}\n}\n',
    ),
  ),
  innocent('the mark of the kubelet for whoever looks for the backend', (dump) =>
    dump.with(
      'table ip mangle {\n\tchain KUBE-IPTABLES-HINT {\n\t}\n\tchain KUBE-KUBELET-CANARY {\n\t}\n}\n',
    ),
  ),
];
