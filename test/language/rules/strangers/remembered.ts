/** Wrong in a name, a value or a place that was remembered from another option, tool or release. */
import { type Stranger, stops } from './stranger.ts';

export const rememberedWrong: readonly Stranger[] = [
  // Names.
  {
    written: '-A INPUT -m limit --limit 5/min --burst 10 -j ACCEPT',
    meant: '-A INPUT -m limit --limit 5/min --limit-burst 10 -j ACCEPT',
    says: [/"--burst"/, stops, /--limit-burst/],
  },
  {
    written: '-A INPUT -p icmp --type echo-request -j ACCEPT',
    meant: '-A INPUT -p icmp --icmp-type echo-request -j ACCEPT',
    says: [/"--type"/, stops, /--icmp-type/],
  },
  {
    written: '-A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-to-pmtu',
    meant: '-A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
    says: [/"--clamp-to-pmtu"/, stops, /--clamp-mss-to-pmtu/],
  },
  {
    written: '-A OUTPUT -m owner --user 1000 -j ACCEPT',
    meant: '-A OUTPUT -m owner --uid-owner 1000 -j ACCEPT',
    says: [/"--user"/, stops, /--uid-owner/],
  },
  {
    written: '-A INPUT -j NFLOG --group 2',
    meant: '-A INPUT -j NFLOG --nflog-group 2',
    says: [/"--group"/, stops, /--nflog-group/],
  },
  {
    written: '-A POSTROUTING -o eth0 -j TTL --ttl 64',
    meant: '-A POSTROUTING -o eth0 -j TTL --ttl-set 64',
    table: 'mangle',
    says: [/--ttl/, stops, /--ttl-set/],
    fix: /--ttl-set/,
  },
  {
    written: '-A INPUT -p tcp --dport 22 --comment "allow ssh" -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -m comment --comment "allow ssh" -j ACCEPT',
    says: [/"--comment"/, stops, /-m comment/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 22 --state NEW -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -m state --state NEW -j ACCEPT',
    says: [/"--state"/, stops, /-m state/],
    unasked: true,
  },
  {
    written: '-A INPUT -s 10.0.0.0/8 --jmp DROP',
    meant: '-A INPUT -s 10.0.0.0/8 --jump DROP',
    says: [/"--jmp"/, stops, /--jump/],
  },
  {
    written: '-A INPUT --src-ip 10.0.0.1 -j DROP',
    meant: '-A INPUT --src 10.0.0.1 -j DROP',
    says: [/"--src-ip"/, stops, /--src/],
  },
  {
    written: '-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-destination 8080',
    meant: '-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080',
    table: 'nat',
    says: [/"--to-destination"/, stops, /--to-ports/],
    fix: /--to-ports/,
  },
  {
    written: '-A POSTROUTING -o eth0 -j SNAT --source 203.0.113.5',
    meant: '-A POSTROUTING -o eth0 -j SNAT --to-source 203.0.113.5',
    table: 'nat',
    says: [/SNAT/, stops, /--to-source/],
    fix: /--to-source/,
  },
  {
    written: '-A INPUT -p tcp --dport 22 -j RETRUN',
    meant: '-A INPUT -p tcp --dport 22 -j RETURN',
    says: [/RETRUN/, stops, /RETURN/],
  },
  // Values.
  {
    written: '-A INPUT -m iprange --src 10.0.0.1-10.0.0.20 -j ACCEPT',
    meant: '-A INPUT -m iprange --src-range 10.0.0.1-10.0.0.20 -j ACCEPT',
    says: [/10\.0\.0\.1-10\.0\.0\.20/, stops, /--src-range/],
    fix: /--src-range/,
    unasked: true,
  },
  {
    written: '-A INPUT -d 10.0.0.1:80 -p tcp -j DROP',
    meant: '-A INPUT -d 10.0.0.1 -p tcp --dport 80 -j DROP',
    says: [/10\.0\.0\.1:80/, stops, /--dport 80/],
  },
  {
    written: '-A INPUT -p tcp --dport >1024 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 1025: -j ACCEPT',
    says: [/>1024/, stops, /1025:/],
    unasked: true,
  },
  {
    written: '-A INPUT -m length --length >1000 -j DROP',
    meant: '-A INPUT -m length --length 1001: -j DROP',
    says: [/>1000/, stops, /1001:/],
    unasked: true,
  },
  {
    written: '-A INPUT -m dscp --dscp EF -j ACCEPT',
    meant: '-A INPUT -m dscp --dscp-class EF -j ACCEPT',
    says: [/"EF"/, stops, /--dscp-class/],
    unasked: true,
  },
  {
    written: '-A POSTROUTING -j DSCP --set-dscp AF41',
    meant: '-A POSTROUTING -j DSCP --set-dscp-class AF41',
    table: 'mangle',
    says: [/"AF41"/, stops, /--set-dscp-class/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp -j REJECT --reject-with rst',
    meant: '-A INPUT -p tcp -j REJECT --reject-with tcp-reset',
    says: [/"rst"/, stops, /Did you mean tcp-rst/],
  },
  {
    written: '-A INPUT -j REJECT --reject-with icmp6-port-unreachable',
    meant: '-A INPUT -j REJECT --reject-with icmp-port-unreachable',
    says: [/icmp6-port-unreachable/, stops, /"?icmp-port-unreachable/],
  },
  {
    written: '-A INPUT -m time --timestart 9am --timestop 5pm -j ACCEPT',
    meant: '-A INPUT -m time --timestart 09:00 --timestop 17:00 -j ACCEPT',
    says: [/"9am"/, stops, /09:00/],
  },
  {
    written: '-A INPUT -p tcp --tcp-flags SYN+ACK SYN -j DROP',
    meant: '-A INPUT -p tcp --tcp-flags SYN,ACK SYN -j DROP',
    says: [/SYN\+ACK/, stops, /SYN,ACK/],
    unasked: true,
  },
  {
    written: '-A INPUT -m mark 0x1 -j ACCEPT',
    meant: '-A INPUT -m mark --mark 0x1 -j ACCEPT',
    says: [/0x1/, stops, /--mark/],
    unasked: true,
  },
  {
    written: '-A INPUT -m comment "allow ssh" -p tcp --dport 22 -j ACCEPT',
    meant: '-A INPUT -m comment --comment "allow ssh" -p tcp --dport 22 -j ACCEPT',
    says: [/allow ssh/, stops, /--comment/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 22 -m comment --comment allow ssh -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -m comment --comment "allow ssh" -j ACCEPT',
    says: [/ssh/, stops, /quot|"allow ssh"/],
    unasked: true,
  },
  {
    written: '-A INPUT -j LOG --log-prefix SSH login: --log-level 4',
    meant: '-A INPUT -j LOG --log-prefix "SSH login:" --log-level 4',
    says: [/login:/, stops, /quot|"SSH login:"/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 22 -j ACCEPT # allow ssh',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/#/, stops],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp -m multiport --dports 22, 80, 443 -j ACCEPT',
    meant: '-A INPUT -p tcp -m multiport --dports 22,80,443 -j ACCEPT',
    says: [/22,/, stops, /22,80,443/],
    unasked: true,
  },
  // Places.
  {
    written: '-A INPUT -m multiport --dports 80,443 -j ACCEPT',
    meant: '-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT',
    says: [/--dports needs a protocol/, /add "-p tcp"/],
  },
  {
    written: '-A OUTPUT -i lo -j ACCEPT',
    meant: '-A OUTPUT -o lo -j ACCEPT',
    says: [/-i/, stops, /OUTPUT/, /-o/],
  },
  {
    written: '-A INPUT -i eth0 -o eth1 -j ACCEPT',
    meant: '-A INPUT -i eth0 -j ACCEPT',
    says: [/-o/, stops, /INPUT/],
  },
  {
    written: '-A PREROUTING -j DNAT --to-destination 10.0.0.1:8080',
    meant: '-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1:8080',
    table: 'nat',
    says: [/--to-destination needs a protocol/, /add "-p tcp"/],
  },
  {
    written: '-I INPUT 0 -p tcp --dport 22 -j ACCEPT',
    meant: '-I INPUT 1 -p tcp --dport 22 -j ACCEPT',
    says: [/counted from 1/, stops, /-I INPUT 1/],
  },
  {
    written: '-P FORWARD REJECT',
    meant: '-P FORWARD DROP',
    says: [/REJECT/, stops, /DROP/],
  },
  {
    written: ':KNOWN ACCEPT [0:0]\n-A INPUT -j KNOWN',
    meant: ':KNOWN - [0:0]\n-A INPUT -j KNOWN',
    says: [/KNOWN is not a built-in chain/, stops, /Write "-"/],
  },
  {
    written: '-N INPUT\n-A INPUT -p tcp --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/INPUT/, stops],
  },
  {
    written: '-A INPUT -g DROP',
    meant: '-A INPUT -j DROP',
    says: [/DROP/, stops, /-j DROP/],
  },
  {
    written: '-A INPUT -p icmp --icmp-type 8 -s fe80::/10 -j ACCEPT',
    meant: '-A INPUT -p icmpv6 --icmpv6-type 128 -s fe80::/10 -j ACCEPT',
    family: 6,
    says: [/icmp/, stops, /icmpv6/],
    unasked: true,
  },
  {
    written: '-A INPUT -m statistic --mode nth --every 3 --packet 3 -j ACCEPT',
    meant: '-A INPUT -m statistic --mode nth --every 3 --packet 2 -j ACCEPT',
    says: [/--packet/, stops, /2/],
  },
  {
    written: '-A INPUT -m hashlimit --hashlimit 10/sec --hashlimit-mode srcip -j ACCEPT',
    meant: '-A INPUT -m hashlimit --hashlimit 10/sec --hashlimit-mode srcip --hashlimit-name limit -j ACCEPT',
    says: [/hashlimit-name/, stops],
  },
  {
    written: '-A INPUT -m string --string "cmd.exe" -j DROP',
    meant: '-A INPUT -m string --string "cmd.exe" --algo bm -j DROP',
    says: [/--algo/, stops, /bm/],
  },
  {
    written: '-A INPUT -m ttl --ttl-lt 5 -j DROP',
    meant: '-A INPUT -m hl --hl-lt 5 -j DROP',
    family: 6,
    says: [/ttl/, stops, /-m hl/],
  },
  {
    written: '-A POSTROUTING -j TTL --ttl-set 64',
    meant: '-A POSTROUTING -j HL --hl-set 64',
    family: 6,
    table: 'mangle',
    says: [/TTL/, stops, /-j HL/],
  },
  {
    written: '-A INPUT -m hl --hl-eq 255 -p udp -j ACCEPT',
    meant: '-A INPUT -m ttl --ttl-eq 255 -p udp -j ACCEPT',
    says: [/hl/, stops, /-m ttl/],
  },
];
