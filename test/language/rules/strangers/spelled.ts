/** Wrong in a name, a sign or a quote. */
import { type Stranger, stops } from './stranger.ts';

export const spelledWrong: readonly Stranger[] = [
  // Names.
  {
    written: '-A INPUT -j ACEPT',
    meant: '-A INPUT -j ACCEPT',
    says: [/"?ACEPT/, stops, /Did you mean ACCEPT/],
  },
  {
    written: '-A POSTROUTING -o eth0 -j MASQERADE',
    meant: '-A POSTROUTING -o eth0 -j MASQUERADE',
    table: 'nat',
    says: [/MASQERADE/, stops, /Did you mean MASQUERADE/],
  },
  {
    written: '-A INPUT -p tcp --dport 22 -j accept',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/accept/, stops, /ACCEPT/, /capital/],
  },
  {
    written: '-A input -p tcp --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/input/, stops, /INPUT/, /capital/],
  },
  {
    written: '-A INPTU -p tcp --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/INPTU/, stops, /Did you mean INPUT/],
  },
  {
    written: '-A INPUT -p tcpp --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/tcpp/, stops, /Did you mean tcp/],
  },
  {
    written: '-A INPUT -p any -s 10.0.0.1 -j ACCEPT',
    meant: '-A INPUT -s 10.0.0.1 -j ACCEPT',
    says: [/any/, stops, /all/],
    unasked: true,
  },
  {
    written: '-A INPUT -s any -p tcp --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/any/, stops, /[Ll]eave .*out|Remove/],
  },
  {
    written: '-A INPUT -m contrack --ctstate NEW -j ACCEPT',
    meant: '-A INPUT -m conntrack --ctstate NEW -j ACCEPT',
    says: [/contrack/, stops, /Did you mean conntrack/],
  },
  {
    written: '-A INPUT -m conntrack --ctstate ESTABLISHED,REALTED -j ACCEPT',
    meant: '-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
    says: [/REALTED/, stops, /Did you mean .*RELATED/],
  },
  {
    written: '-A INPUT -p tcp --dport htttp -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 80 -j ACCEPT',
    says: [/htttp/, stops, /Did you mean http\b/],
  },
  {
    written: '-A INPUT -p tcp --dport shh -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/shh/, stops, /Did you mean ssh/],
  },
  {
    written: '-A INPUT -p icmp --icmp-type echorequest -j ACCEPT',
    meant: '-A INPUT -p icmp --icmp-type echo-request -j ACCEPT',
    says: [/echorequest/, stops, /Did you mean echo-request/],
  },
  {
    written: '-A INPUT -p tcp -j REJECT --reject-with icmp-port-unreachible',
    meant: '-A INPUT -p tcp -j REJECT --reject-with icmp-port-unreachable',
    says: [/unreachible/, stops, /Did you mean icmp-port-unreachable/],
  },
  {
    written: '-A INPUT -j LOG --log-level warn',
    meant: '-A INPUT -j LOG --log-level warning',
    says: [/warn/, stops, /Did you mean warning/],
  },
  {
    written: '-A INPUT -p tcp --destport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/--destport/, stops, /Did you mean --dport/],
  },
  {
    written: '-A INPUT -p tcp --port 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/--port/, stops, /Did you mean .*--dport/],
  },
  {
    written: '-A INPUT -m conntrack --state NEW -j ACCEPT',
    meant: '-A INPUT -m conntrack --ctstate NEW -j ACCEPT',
    says: [/--state/, stops, /--ctstate/],
  },
  {
    written: '-A INPUT -m state --ctstate NEW -j ACCEPT',
    meant: '-A INPUT -m state --state NEW -j ACCEPT',
    says: [/--ctstate/, stops, /--state|-m conntrack/],
    fix: /--state/,
  },
  {
    written: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-source 10.0.0.1',
    meant: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1',
    table: 'nat',
    says: [/--to-source/, stops, /--to-destination/],
  },
  // Dashes, signs and quotes.
  {
    written: '-A INPUT –p tcp ––dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/typographic dash/, /read without/, /[Cc]lean/],
  },
  {
    written: '-A INPUT -p tcp -dport 80 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 80 -j ACCEPT',
    says: [/-dport/, stops, /--dport/, /two|second/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 22 --j ACCEPT -syn',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT --syn',
    says: [/-syn/, stops, /--syn/],
    unasked: true,
  },
  {
    written: 'A INPUT -p tcp --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/A INPUT/, stops, /-A/],
    unasked: true,
  },
  {
    written: '-a INPUT -p tcp --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/-a/, stops, /-A/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 22 - j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/- j/, stops, /-j/],
    unasked: true,
  },
  {
    written: '-A INPUT -p=tcp --dport=22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/=/, stops, /-p tcp/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport = 22 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/=/, stops, /--dport 22/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 22 -j ACCEPT;',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/ACCEPT;/, stops, /ACCEPT\b[^;]/],
  },
  {
    written: '-A INPUT -p tcp --dport 22 ACCEPT -j',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/ACCEPT/, stops, /-j ACCEPT/],
  },
  {
    written: '-A INPUT -p tcp --dport 22 ACCEPT',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/ACCEPT/, stops, /-j ACCEPT/],
  },
  {
    written: '-A INPUT -p tcp --dport 22 -j ACCEPT # allow ssh',
    meant: '-A INPUT -p tcp --dport 22 -j ACCEPT',
    says: [/#/, stops, /line of its own|comment/],
    fix: /Remove/,
    unasked: true,
  },
  {
    written: '-A INPUT -m comment --comment allow ssh -p tcp --dport 22 -j ACCEPT',
    meant: '-A INPUT -p tcp -m comment --comment "allow ssh" -m tcp --dport 22 -j ACCEPT',
    says: [/ssh/, stops, /"allow ssh"|quote/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport 22 -j ACCEPT --comment "ssh"',
    meant: '-A INPUT -p tcp --dport 22 -m comment --comment ssh -j ACCEPT',
    says: [/--comment/, stops, /-m comment/],
    unasked: true,
  },
  {
    written: '-A INPUT -j LOG --log-prefix dropped packet',
    meant: '-A INPUT -j LOG --log-prefix "dropped packet"',
    says: [/packet/, stops, /"dropped packet"|quote/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp --dport "80:90 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 80:90 -j ACCEPT',
    says: [/quote/, /rest of the line|takes/, /[Cc]lose/],
  },
];
