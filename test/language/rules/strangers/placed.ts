/** Wrong in a list, a range, an order, a place, or a whole file. */
import { type Stranger, stops } from './stranger.ts';

export const placedWrong: readonly Stranger[] = [
  // Lists and ranges.
  {
    written: '-A INPUT -p tcp --dport 80,443 -j ACCEPT',
    meant: '-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT',
    says: [/80,443/, stops, /-m multiport --dports 80,443/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dports 80,443 -j ACCEPT',
    meant: '-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT',
    says: [/--dports/, stops, /-m multiport/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 8000-8010 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 8000:8010 -j ACCEPT',
    says: [/8000-8010/, stops, /8000:8010/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 90:80 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 80:90 -j ACCEPT',
    says: [/90:80/, stops, /80:90/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp -m multiport --dports 8000-8010,9000 -j ACCEPT',
    meant: '-A INPUT -p tcp -m multiport --dports 8000:8010,9000 -j ACCEPT',
    says: [/8000-8010/, stops, /8000:8010/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp -m multiport --dports 80 443 -j ACCEPT',
    meant: '-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT',
    says: [/443/, stops, /80,443/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp,udp --dport 53 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 53 -j ACCEPT\n-A INPUT -p udp --dport 53 -j ACCEPT',
    says: [/tcp,udp/, stops, /two rules|a rule for each/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 22 --dport 80 -j ACCEPT',
    meant: '-A INPUT -p tcp -m multiport --dports 22,80 -j ACCEPT',
    says: [/--dport/, stops, /-m multiport --dports 22,80/],
  },
  {
    written: '-A INPUT -s 10.0.0.1 -s 10.0.0.2 -j ACCEPT',
    meant: '-A INPUT -s 10.0.0.1,10.0.0.2 -j ACCEPT',
    says: [/-s/, stops, /10\.0\.0\.1,10\.0\.0\.2/],
  },
  {
    written: '-A INPUT -s 10.0.0.1-10.0.0.9 -j ACCEPT',
    meant: '-A INPUT -m iprange --src-range 10.0.0.1-10.0.0.9 -j ACCEPT',
    says: [/10\.0\.0\.1-10\.0\.0\.9/, stops, /-m iprange --src-range/],
    unasked: true,
  },
  {
    written: '-A INPUT -s 192.168.1.* -j ACCEPT',
    meant: '-A INPUT -s 192.168.1.0/24 -j ACCEPT',
    says: [/192\.168\.1\.\*/, stops, /192\.168\.1\.0\/24/],
    unasked: true,
  },
  {
    written: '-A INPUT -m conntrack --ctstate NEW, ESTABLISHED -j ACCEPT',
    meant: '-A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT',
    says: [/NEW,/, stops, /NEW,ESTABLISHED/],
    unasked: true,
  },
  {
    written: '-A INPUT -m conntrack --ctstate NEW|ESTABLISHED -j ACCEPT',
    meant: '-A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT',
    says: [/NEW\|ESTABLISHED/, stops, /NEW,ESTABLISHED/],
    unasked: true,
  },
  // Values without their option, units.
  {
    written: '-A INPUT -m state NEW -j ACCEPT',
    meant: '-A INPUT -m state --state NEW -j ACCEPT',
    says: [/NEW/, stops, /--state NEW/],
    unasked: true,
  },
  {
    written: '-A PREROUTING -p tcp --dport 80 -j DNAT 10.0.0.1',
    meant: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1',
    table: 'nat',
    says: [/10\.0\.0\.1/, stops, /--to-destination 10\.0\.0\.1/],
    unasked: true,
  },
  {
    written: '-A PREROUTING -p tcp --dport 80 -j REDIRECT 8080',
    meant: '-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080',
    table: 'nat',
    says: [/8080/, stops, /--to-ports 8080/],
    unasked: true,
  },
  {
    written: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination http://10.0.0.1:8080',
    meant: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8080',
    table: 'nat',
    says: [/http:/, stops, /10\.0\.0\.1:8080/],
  },
  {
    written: '-A INPUT -m limit --limit 5/mins -j ACCEPT',
    meant: '-A INPUT -m limit --limit 5/min -j ACCEPT',
    says: [/5\/mins/, stops, /5\/min/],
  },
  {
    written: '-A INPUT -m statistic --mode random --probability 50% -j ACCEPT',
    meant: '-A INPUT -m statistic --mode random --probability 0.5 -j ACCEPT',
    says: [/50%/, stops, /0\.5/],
    unasked: true,
  },
  {
    written: '-A INPUT -m mac --mac-source 00-11-22-33-44-55 -j ACCEPT',
    meant: '-A INPUT -m mac --mac-source 00:11:22:33:44:55 -j ACCEPT',
    says: [/00-11-22-33-44-55/, stops, /00:11:22:33:44:55/],
    unasked: true,
  },
  // What a rule lacks, and where it stands.
  {
    written: '-A INPUT --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/--dport/, /-p tcp/],
  },
  {
    written: '-A INPUT -m tcp --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT',
    says: [/--dport|-m tcp/, /-p tcp/],
    unasked: true,
  },
  {
    written: '-A INPUT --sport 53 -j ACCEPT',
    meant: '-A INPUT -p udp --sport 53 -j ACCEPT',
    says: [/--sport/, /-p tcp|-p udp/],
    fix: /-p udp/,
  },
  {
    written: '-A INPUT -m statistic --probability 0.5 -j ACCEPT',
    meant: '-A INPUT -m statistic --mode random --probability 0.5 -j ACCEPT',
    says: [/--mode/, stops, /--mode random/],
    unasked: true,
  },
  {
    written: '-A INPUT -p udp -j REJECT --reject-with tcp-reset',
    meant: '-A INPUT -p udp -j REJECT --reject-with icmp-port-unreachable',
    says: [/tcp-reset|--reject-with/, stops, /icmp-port-unreachable/],
    fix: /icmp-port-unreachable/,
  },
  {
    written: '-A INPUT -s !10.0.0.1 -j DROP',
    meant: '-A INPUT ! -s 10.0.0.1 -j DROP',
    says: [/!10\.0\.0\.1|"!"/, stops, /! -s 10\.0\.0\.1/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport ! 22 -j DROP',
    meant: '-A INPUT -p tcp ! --dport 22 -j DROP',
    says: [/!/, stops, /! --dport/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 23 -j LOG -j DROP',
    meant: '-A INPUT -p tcp --dport 23 -j LOG\n-A INPUT -p tcp --dport 23 -j DROP',
    says: [/-j/, stops, /two rules/],
  },
  {
    written: '-A INPUT -s fd00::1 -j DROP',
    meant: '',
    says: [/fd00::1/, /IPv6/, stops, /ip6tables/],
  },
  {
    written: '-A INPUT -p icmp --icmp-type echo-request -j ACCEPT',
    meant: '-A INPUT -p ipv6-icmp --icmpv6-type echo-request -j ACCEPT',
    family: 6,
    says: [/icmp/, stops, /icmpv6-type|ipv6-icmp/],
    unasked: true,
  },
  {
    written: '-A POSTROUTING -i eth0 -j MASQUERADE',
    meant: '-A POSTROUTING -o eth0 -j MASQUERADE',
    table: 'nat',
    says: [/-i/, /POSTROUTING/, /-o/],
  },
  {
    written: '-A PREROUTING -o eth0 -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1',
    meant: '-A PREROUTING -i eth0 -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1',
    table: 'nat',
    says: [/-o/, /PREROUTING/, /-i/],
  },
  {
    written: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10:80',
    meant: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination :80',
    table: 'nat',
    says: [/10:80/, /iptables leaves them out/, /the whole address/],
  },
  {
    written: '-A FORWARD -i eth* -j ACCEPT',
    meant: '-A FORWARD -i eth+ -j ACCEPT',
    says: [/eth\*/, stops, /eth\+/],
  },
  {
    written: '-A POSTROUTING -o eth0 -j MASQUERADE',
    meant: '*nat\n-A POSTROUTING -o eth0 -j MASQUERADE\nCOMMIT\n*filter\nCOMMIT',
    says: [/POSTROUTING|MASQUERADE/, /the kernel refuses/, /table nat/],
    table: 'filter',
  },
  {
    written: '-t nat -A POSTROUTING -o eth0 -j MASQUERADE',
    meant: '-A POSTROUTING -o eth0 -j MASQUERADE',
    table: 'nat',
    says: [/-t/, /table/, /remove/i],
  },
  {
    written: 'iptables -A INPUT -p tcp --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/iptables/, stops, /-A/],
    unasked: true,
  },
  // Whole files.
  {
    written: '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\ncommit\n',
    meant: '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n',
    table: null,
    says: [/commit/, stops, /COMMIT/],
    unasked: true,
  },
  {
    written: '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\n',
    meant: '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n',
    table: null,
    says: [/no COMMIT/, /loaded/, /COMMIT/],
  },
  {
    written: '*Filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n',
    meant: '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n',
    table: null,
    says: [/Filter/, stops, /filter/],
    unasked: true,
  },
  {
    written: '-A FORWARD -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1',
    meant: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1',
    table: 'nat',
    says: [/FORWARD is not declared in table nat/, stops, /into PREROUTING, where DNAT works/],
  },
  {
    written: '-A OUTPUT -o eth0 -j MASQUERADE',
    meant: '-A POSTROUTING -o eth0 -j MASQUERADE',
    table: 'nat',
    says: [/MASQUERADE/, stops, /into POSTROUTING/],
  },
  {
    written: '*filter\n-A INPUT -p tcp --dport 80 -j TPROXY --on-port 8080\nCOMMIT\n',
    meant: '*mangle\n-A PREROUTING -p tcp --dport 80 -j TPROXY --on-port 8080\nCOMMIT\n*filter\nCOMMIT\n',
    table: null,
    says: [/TPROXY/, stops, /PREROUTING of table mangle/],
  },
  {
    written: '*filter\n:INPUT drop [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n',
    meant: '*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n',
    table: null,
    says: [/drop/, stops, /DROP/],
    unasked: true,
  },
  {
    written: '*nat\n-P INPUT DROP\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n',
    meant: '*nat\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n*filter\n-P INPUT DROP\nCOMMIT\n',
    table: null,
    says: [/DROP/, /refuse/, /table filter/],
  },
  {
    written: '*filter\n-A X -p tcp --dport 22 -j ACCEPT\n:X - [0:0]\n-A INPUT -j X\nCOMMIT\n',
    meant: '*filter\n:X - [0:0]\n-A X -p tcp --dport 22 -j ACCEPT\n-A INPUT -j X\nCOMMIT\n',
    table: null,
    says: [/X/, /the kernel refuses/, /before/],
    unasked: true,
  },
  {
    written:
      '*filter\n:LOG-AND-DROP-EVERYTHING-FROM-OUTSIDE - [0:0]\n-A INPUT -j LOG-AND-DROP-EVERYTHING-FROM-OUTSIDE\nCOMMIT\n',
    meant:
      '*filter\n:LOG-AND-DROP-EVERYTHING-FROM - [0:0]\n-A INPUT -j LOG-AND-DROP-EVERYTHING-FROM\nCOMMIT\n',
    table: null,
    says: [/28 bytes/, stops, /[Ss]horten/],
  },
];
