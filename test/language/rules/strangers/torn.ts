/** Torn apart, without dashes, in capital letters, or in the words of another firewall. */
import { type Stranger, stops } from './stranger.ts';

export const tornApart: readonly Stranger[] = [
  {
    written: '-A INPUT -s 10.0.0.0 /8 -j DROP',
    meant: '-A INPUT -s 10.0.0.0/8 -j DROP',
    says: [/\/8/, stops, /one word: 10\.0\.0\.0\/8/],
    unasked: true,
  },
  {
    written: '-A INPUT -s 10.0.0.0\\8 -j DROP',
    meant: '-A INPUT -s 10.0.0.0/8 -j DROP',
    says: [/10\.0\.0\.0\\8/, stops, /"10\.0\.0\.0\/8"/],
  },
  {
    table: 'nat',
    written: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-dest 10.0.0.1 8080',
    meant: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8080',
    says: [/8080/, stops, /10\.0\.0\.1:8080/],
    unasked: true,
  },
  {
    table: 'mangle',
    written: '-A PREROUTING -j MARK --set-mark 0x1 0xff',
    meant: '-A PREROUTING -j MARK --set-mark 0x1/0xff',
    says: [/0xff/, stops, /0x1\/0xff/],
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp -j REJECT with tcp-reset',
    meant: '-A INPUT -p tcp -j REJECT --reject-with tcp-reset',
    says: [/with/, stops, /--reject-with tcp-reset/],
  },
  {
    written: '-A INPUT -p tcp dport 80 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 80 -j ACCEPT',
    says: [/dport/, stops, /--dport 80/],
  },
  {
    table: 'nat',
    written: '-A PREROUTING -p tcp --dport 80 -j DNAT to 10.0.0.1:80',
    meant: '-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:80',
    says: [/to/, stops, /--to-destination 10\.0\.0\.1:80/],
  },
  {
    written: '-A INPUT -p tcp --dport 80 -J ACCEPT',
    meant: '-A INPUT -p tcp --dport 80 -j ACCEPT',
    says: [/-J/, stops, /small letters: -j/],
  },
  {
    written: '-A INPUT -P tcp --dport 80 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 80 -j ACCEPT',
    says: [/-P/, stops, /small letters: -p/],
  },
  {
    written: '-A INPUT -p tcp --dport 80 -j ALLOW',
    meant: '-A INPUT -p tcp --dport 80 -j ACCEPT',
    says: [/ALLOW/, stops, /ACCEPT/],
  },
  {
    written: '-A INPUT -s 10.0.0.1 -j deny',
    meant: '-A INPUT -s 10.0.0.1 -j DROP',
    says: [/deny/, stops, /DROP/],
  },
  {
    written: '-A INPUT -p all --dport 53 -j ACCEPT',
    meant: '-A INPUT -p tcp --dport 53 -j ACCEPT',
    says: [/--dport/, /protocol/, /-p tcp/],
  },
  {
    written: '-A INPUT -m iprange --src 10.0.0.1-10.0.0.9 -j ACCEPT',
    meant: '-A INPUT -m iprange --src-range 10.0.0.1-10.0.0.9 -j ACCEPT',
    says: [/10\.0\.0\.1-10\.0\.0\.9/, stops, /--src-range/],
    fix: /--src-range/,
    unasked: true,
  },
  {
    written: '-A INPUT -p tcp -m connlimit --connlimit-above 10 --connlimit-mask /24 -j DROP',
    meant: '-A INPUT -p tcp -m connlimit --connlimit-above 10 --connlimit-mask 24 -j DROP',
    says: [/\/24/, stops, /"24"/],
  },
];
