/** Wrong in how an option, a value or a list is thought to be written. */
import { type Stranger, stops } from './stranger.ts';

export const guessedWrong: readonly Stranger[] = [
  // Beginnings and ends of names.
  {
    written: '-A INPUT --in eth0 -j ACCEPT',
    meant: '-A INPUT -i eth0 -j ACCEPT',
    says: [/"--in"/, stops, /in full: --in-interface/],
  },
  {
    written: '-A PREROUTING -j MARK --set 0x1',
    meant: '-A PREROUTING -j MARK --set-mark 0x1',
    table: 'mangle',
    says: [/"--set"/, stops, /--set-mark/],
  },
  {
    written: '-A INPUT -p tcp -j REJECT --with tcp-reset',
    meant: '-A INPUT -p tcp -j REJECT --reject-with tcp-reset',
    says: [/"--with"/, stops, /Did you mean --reject-with/],
  },
  {
    written: '-A INPUT -m time --timestart 9:00 --timestop 17:00 --days Mon,Tue -j ACCEPT',
    meant: '-A INPUT -m time --timestart 9:00 --timestop 17:00 --weekdays Mon,Tue -j ACCEPT',
    says: [/"--days"/, stops, /Did you mean --weekdays/],
  },
  {
    written: '-A INPUT -m conntrack -ctstate NEW -j ACCEPT',
    meant: '-A INPUT -m conntrack --ctstate NEW -j ACCEPT',
    says: [stops, /two dashes: write "--ctstate"/],
    unasked: true,
  },
  {
    written: '-A POSTROUTING -j MASQUERADE --to-source 10.0.0.1',
    meant: '-A POSTROUTING -j SNAT --to-source 10.0.0.1',
    table: 'nat',
    says: [/"--to-source"/, stops, /belongs to -j SNAT/],
  },
  {
    written: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1 --to-port 8080',
    meant: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8080',
    table: 'nat',
    says: [/"--to-port"/, stops, /"10\.0\.0\.1:8080"/],
  },
  // Values.
  {
    written: '-A INPUT -m time --timestart 9:00 --timestop 17:00 --weekdays Mon-Fri -j ACCEPT',
    meant: '-A INPUT -m time --timestart 9:00 --timestop 17:00 --weekdays Mon,Tue,Wed,Thu,Fri -j ACCEPT',
    says: [/"Mon-Fri"/, /reads two characters/, /"Mon,Tue,Wed,Thu,Fri"/],
  },
  {
    written: '-A INPUT -m time --monthdays 10-13 -j ACCEPT',
    meant: '-A INPUT -m time --monthdays 10,11,12,13 -j ACCEPT',
    says: [/"10-13"/, /reads two characters/, /"10,11,12,13"/],
  },
  {
    written: '-A INPUT -m length --length 0-100 -j ACCEPT',
    meant: '-A INPUT -m length --length 0:100 -j ACCEPT',
    says: [/"0-100"/, stops, /"0:100"/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp -s 10.0.0.1:22 -j ACCEPT',
    meant: '-A INPUT -p tcp -s 10.0.0.1 --sport 22 -j ACCEPT',
    says: [/10\.0\.0\.1:22/, stops, /--sport 22/],
  },
  {
    written: '-A INPUT -m iprange --src-range 10.0.0.77/24 -j ACCEPT',
    meant: '-A INPUT -m iprange --src-range 10.0.0.0-10.0.0.255 -j ACCEPT',
    says: [/10\.0\.0\.77\/24/, stops, /"10\.0\.0\.0-10\.0\.0\.255"/],
    unasked: true,
  },
  {
    written: '-A INPUT -m iprange --src-range 10.0.0.1 10.0.0.9 -j ACCEPT',
    meant: '-A INPUT -m iprange --src-range 10.0.0.1-10.0.0.9 -j ACCEPT',
    says: [stops, /one word: 10\.0\.0\.1-10\.0\.0\.9/],
    unasked: true,
  },
  {
    written: '-A INPUT -s [fe80::1] -j ACCEPT',
    meant: '-A INPUT -s fe80::1 -j ACCEPT',
    family: 6,
    says: [/\[fe80::1\]/, stops, /Write "fe80::1"/],
    unasked: true,
  },
  {
    written: '-A INPUT -j REJECT --reject-with icmp-host-prohibited',
    meant: '-A INPUT -j REJECT --reject-with icmp6-adm-prohibited',
    family: 6,
    says: [/icmp-host-prohibited/, /IPv6/, /icmp6-adm-prohibited/],
  },
  {
    written: '-A INPUT -p icmp6 -j ACCEPT',
    meant: '-A INPUT -p ipv6-icmp -j ACCEPT',
    family: 6,
    says: [/icmp6/, stops, /"ipv6-icmp"/],
  },
  {
    written: '-A INPUT -p icmp echo-request -j ACCEPT',
    meant: '-A INPUT -p icmp --icmp-type echo-request -j ACCEPT',
    says: [/"echo-request"/, stops, /--icmp-type echo-request/],
    unasked: true,
  },
  {
    written: '-A INPUT -m addrtype --dst LOCAL -j ACCEPT',
    meant: '-A INPUT -m addrtype --dst-type LOCAL -j ACCEPT',
    says: [/LOCAL/, /--dst-type LOCAL/],
    fix: /--dst-type LOCAL/,
  },
  // Of a shell, and of a list.
  {
    written: '-A INPUT -p tcp --dport 22 -j ACCEPT &&',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/"&&"/, stops, /Leave "&&" out/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 22 \\\n    -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [stops, /one line/],
    unasked: true,
  },
  {
    written: "-A INPUT -p tcp --dport 22 -m comment --comment 'allow ssh' -j ACCEPT",
    meant: '-A INPUT -p tcp --dport 22 -m comment --comment "allow ssh" -j ACCEPT',
    says: [stops, /in quotes: "allow ssh"/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 22 -m comment --comment -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [stops, /--comment has no text/],
  },
  {
    written: '-A INPUT -p tcp --dport 22 -j ACCEPT DROP',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/"DROP"/, stops, /one target, and this one has ACCEPT/],
  },
  {
    written: '-A INPUT 1 -p tcp --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/"1"/, stops, /"-I INPUT 1"/],
  },
  {
    written: '-I INPUT 5 -p tcp --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/no place 5/, stops, /"-A INPUT"/],
  },
  {
    written: '-A FORWARD -i eth0 -j ACCEPT',
    meant: '*nat\nCOMMIT\n*filter\n-A FORWARD -i eth0 -j ACCEPT\nCOMMIT',
    table: 'nat',
    says: [/FORWARD/, /the kernel refuses/, /table filter/],
  },
];
