/** A line of `tshark`: number, time, addresses, protocol, length, and what the protocol says. Names of hosts and ports are not read. */
import { parseAddress } from '../../values/address.ts';
import type { SeenPacket } from '../kernelTrace/events.ts';
import type { CapturedPacket } from './captured.ts';

/** `    1 0.000000000 10.0.0.1 → 10.96.0.1 TCP 74 60606 → 80 [SYN] Seq=0 …` → seconds, both ends, protocol, the rest */
const LINE =
  /^\s*\d{1,9}\s+(\d{1,10}\.\d{1,9})\s+([\da-f.:]{2,45}) (?:→|->) ([\da-f.:]{2,45})\s+(TCP|UDP|SCTP|ICMP|ICMPv6) \d{1,6} (.{0,300})/iu;
/** `[TCP Retransmission] 60606 → 80 [SYN] Seq=0` → ports, flags */
const PORTS = /^(?:\[[^\]]{1,60}\] ?){0,4}(\d{1,5}) (?:→|>) (\d{1,5})(?: \[([A-Z, ]{1,40})\])?/u;
/** `Echo (ping) request  id=0x0001` */
const ECHO = /^Echo \(ping\) (request|reply)/u;
const ECHO_TYPES = { 4: { request: 8, reply: 0 }, 6: { request: 128, reply: 129 } } as const;

/** Null for any other line, and for one that says no ports: `DNS 76 Standard query …`. */
export function tsharkLine(line: string): CapturedPacket | null {
  const [, seconds, from = '', to = '', protocol = '', rest = ''] = LINE.exec(line) ?? [];
  const source = parseAddress(from);
  const destination = parseAddress(to);
  if (source === null || destination === null || source.family !== destination.family) return null;
  const { family } = source;
  const said = /^ICMP/iu.test(protocol) ? echo(rest, family) : ports(rest, protocol);
  if (said === null) return null;
  const packet: SeenPacket = {
    family,
    input: null,
    output: null,
    source: from,
    destination: to,
    mark: 0,
    ttl: null,
    ...said,
  };
  return { seconds: Number(seconds), packet, interfaceIndex: null, direction: null, isLogged: false };
}

type Said = Pick<SeenPacket, 'protocol' | 'sourcePort' | 'destinationPort' | 'flags' | 'icmpType'>;

function ports(rest: string, protocol: string): Said | null {
  const [, from, to, flags] = PORTS.exec(rest) ?? [];
  if (from === undefined) return null;
  return {
    protocol: protocol.toLowerCase(),
    sourcePort: Number(from),
    destinationPort: Number(to),
    flags: flags?.split(', ') ?? [],
    icmpType: null,
  };
}

function echo(rest: string, family: 4 | 6): Said {
  const [, way] = ECHO.exec(rest) ?? [];
  const icmpType = way === 'request' || way === 'reply' ? ECHO_TYPES[family][way] : null;
  return { protocol: 'icmp', sourcePort: null, destinationPort: null, flags: [], icmpType };
}
