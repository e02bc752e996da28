/**
 * Lines of `tcpdump -nn`, also of `-i any` (interface and direction), `-e`, `-v`, `-tttt`, of `tshark`, and of the kernel's log;
 * each may be quoted (`> `). Without -n ports have names (`10.0.0.1.http`), which are read; lines with names of hosts are none of
 * a packet.
 */
import { lookup } from '../../text/lookup.ts';
import { parseAddress } from '../../values/address.ts';
import { onePort } from '../../values/ports.ts';
import type { SeenPacket } from '../kernelTrace/events.ts';
import type { CapturedPacket } from './captured.ts';
import { loggedLine } from './loggedLine.ts';
import { tsharkLine } from './tsharkLine.ts';

/** `03:31:23.901600 eth0  In  IP …` → hours, minutes, seconds, eth0, In, what follows */
const LINE =
  /^(?:> ?){0,3}(?:\d{4}-\d\d-\d\d )?(\d\d):(\d\d):(\d\d\.\d+) (?:(?:(\S+) +)?(In|Out|B|M|P) +)?(.*)$/;
/** An address, and a port by number or by name: `192.0.2.99.60606`, `10.96.0.10.domain`, `fd00::1.http-alt` */
const END = String.raw`[0-9a-f.:]{2,45}(?:\.[A-Za-z][\w-]{0,30})?`;
/** `192.0.2.99.60606 > 192.0.2.10.31080: Flags [S], …` → both ends, the rest */
const ENDS = new RegExp(String.raw`(?:^|[\s)])(${END}) > (${END}): (.*)$`);
/** `IP 10.0.0.1 > …`, and with -e `02:42:… > 02:42:…, ethertype IPv4 (0x0800), length 74: …` */
const OF_IP = /\bIP6? |\bIPv[46]\b/;
const FLAG_LETTERS: Readonly<Record<string, string>> = lookup({
  S: 'SYN',
  F: 'FIN',
  R: 'RST',
  P: 'PSH',
  U: 'URG',
  E: 'ECE',
  W: 'CWR',
  '.': 'ACK',
});

/** The packets of IP in a text, in its order; other lines are passed over. */
export function packetLines(text: string): readonly CapturedPacket[] {
  const found: CapturedPacket[] = [];
  const lines = text.replaceAll('\r', '').split('\n');
  for (const [at, line] of lines.entries()) {
    const seen = tsharkLine(line) ?? loggedLine(line);
    if (seen !== null) found.push(seen);
    const [, hours, minutes, seconds, name, way, rest = ''] = LINE.exec(line) ?? [];
    if (seconds === undefined || !OF_IP.test(rest)) continue;
    // With -v what a packet is stands on the next line.
    const whole = ENDS.test(rest) ? rest : `${rest} ${lines[at + 1]?.trim() ?? ''}`;
    const direction = way === 'Out' ? 'out' : way === undefined ? null : 'in';
    const packet = packetOf(whole, name ?? null, direction);
    if (packet === null) continue;
    const time = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    found.push({ seconds: time, packet, interfaceIndex: null, direction, isLogged: false });
  }
  return found;
}

function packetOf(
  text: string,
  name: string | null,
  direction: CapturedPacket['direction'],
): SeenPacket | null {
  const [, from = '', to = '', rest = ''] = ENDS.exec(text) ?? [];
  if (from === '') return null;
  const family = /\bIP6 |\bIPv6\b/.test(text) ? 6 : 4;
  const flags = /^Flags \[([^\]]*)\]/.exec(rest)?.[1];
  const icmp = /^ICMP6?,? (?:echo (request|reply))?/.exec(rest);
  const [source, destination] = [endOf(from, family), endOf(to, family)];
  if (source === null || destination === null) return null;
  const ttl = /\b(?:ttl|hlim) (\d+)/.exec(text)?.[1];
  return {
    family,
    input: direction === 'out' ? null : name,
    output: direction === 'out' ? name : null,
    source: source.address,
    destination: destination.address,
    protocol: protocolOf(flags, icmp !== null, rest, source.port),
    sourcePort: source.port,
    destinationPort: destination.port,
    flags:
      flags === undefined
        ? []
        : Array.from(flags, (letter) => FLAG_LETTERS[letter] ?? '').filter((each) => each !== ''),
    icmpType: icmp === null ? null : icmpType(icmp[1], family),
    mark: 0,
    ttl: ttl === undefined ? null : Number(ttl),
  };
}

function protocolOf(flags: string | undefined, isIcmp: boolean, rest: string, port: number | null): string {
  if (flags !== undefined) return 'tcp';
  if (isIcmp) return 'icmp';
  if (/^sctp\b/i.test(rest)) return 'sctp';
  return port === null ? (/^ip-proto-(\d+)/.exec(rest)?.[1] ?? '0') : 'udp';
}

function icmpType(word: string | undefined, family: 4 | 6): number | null {
  if (word === 'request') return family === 4 ? 8 : 128;
  if (word === 'reply') return family === 4 ? 0 : 129;
  return null;
}

interface End {
  readonly address: string;
  readonly port: number | null;
}

/** `10.0.0.1.80`, `10.0.0.1.http`, `fd00::1.80`, an address alone; null for what is none, or has a port of an unknown name. */
function endOf(text: string, family: 4 | 6): End | null {
  const at = text.lastIndexOf('.');
  const dots = text.split('.').length - 1;
  const hasPort = family === 4 ? dots === 4 : dots === 1 || dots === 4;
  const address = hasPort ? text.slice(0, at) : text;
  const port = hasPort ? onePort(text.slice(at + 1)) : null;
  return parseAddress(address)?.family === family && (port !== null || !hasPort) ? { address, port } : null;
}
