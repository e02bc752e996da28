/** The fields of a flow form beside its two ends: each reader gives the value, or says what is wrong with the text. */
import type { Family } from '../../values/address.ts';
import type { GivenState, Protocol, TcpFlag } from '../../kernel/flow.ts';

export type Field<Value> =
  { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'wrong'; readonly message: string };

function value<Value>(given: Value): Field<Value> {
  return { kind: 'value', value: given };
}

function wrong(message: string): { readonly kind: 'wrong'; readonly message: string } {
  return { kind: 'wrong', message };
}

/** https://www.iana.org/assignments/protocol-numbers, the ones that people name. */
const protocolNumbers: ReadonlyMap<string, number> = new Map([
  ['igmp', 2],
  ['ipip', 4],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['ospf', 89],
  ['vrrp', 112],
  ['udplite', 136],
]);

const namedNumbers: ReadonlyMap<number, string> = new Map([
  [6, 'tcp'],
  [17, 'udp'],
  [132, 'sctp'],
]);

/** `tcp`, `UDP`, `icmpv6`, `gre`, `47`; an empty text is null: to be worked out. */
export function readProtocol(text: string, family: Family): Field<Protocol | null> {
  const name = text.toLowerCase();
  if (name === '') return value(null);
  if (['tcp', 'udp', 'sctp'].includes(name)) return value(name);
  if (name === 'icmp' || name === '1') {
    if (family === 4 || name === 'icmp') return value('icmp');
  }
  if (['icmpv6', 'icmp6', 'ipv6-icmp', '58'].includes(name)) {
    return family === 6 ? value('icmp') : wrong('ICMPv6 belongs to IPv6, and these addresses are IPv4.');
  }
  const number = protocolNumbers.get(name) ?? (/^\d{1,3}$/.test(name) ? Number(name) : null);
  if (number === null || number > 255) {
    return wrong(`"${text}" is not a protocol: use tcp, udp, sctp, icmp or a number from 0 to 255.`);
  }
  return value(namedNumbers.get(number) ?? String(number));
}

/** Whether packets of `protocol` have ports. */
export function hasPorts(protocol: string): boolean {
  return ['tcp', 'udp', 'sctp', '33', '136'].includes(protocol);
}

const states: readonly GivenState[] = ['new', 'established', 'related', 'invalid', 'untracked'];

export function readState(text: string): Field<GivenState | null> {
  if (text === '') return value(null);
  const state = states.find((each) => each === text.toLowerCase());
  return state ? value(state) : wrong(`"${text}" is not a state: use ${listed(states)}.`);
}

/** `0x4000`, `16384`; 32 bits. */
export function readMark(text: string): Field<number | null> {
  if (text === '') return value(null);
  const number = /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) ? Number(text) : null;
  return number !== null && number <= 0xffffffff
    ? value(number)
    : wrong(`"${text}" is not a mark: use a number of 32 bits, such as 0x4000.`);
}

/** A whole number from `least` to `most`; `what` names it in the message. */
export function readNumber(text: string, what: string, least: number, most: number): Field<number | null> {
  if (text === '') return value(null);
  const number = /^\d{1,10}$/.test(text) ? Number(text) : null;
  return number !== null && number >= least && number <= most
    ? value(number)
    : wrong(`"${text}" is not ${what}: use a number from ${least} to ${most}.`);
}

const flags: readonly TcpFlag[] = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

/** `SYN,ACK`, `syn ack`, `none`. */
export function readTcpFlags(text: string): Field<readonly TcpFlag[] | null> {
  if (text === '') return value(null);
  const names = text
    .toUpperCase()
    .split(/[\s,]+/)
    .filter((name) => name !== '');
  if (names.length === 1 && names[0] === 'NONE') return value([]);
  const unknown = names.find((name) => !flags.some((flag) => flag === name));
  if (unknown !== undefined) return wrong(`"${unknown}" is not a TCP flag: use ${listed(flags)}, or none.`);
  return value(flags.filter((flag) => names.includes(flag)));
}

export interface IcmpType {
  readonly type: number;
  readonly code: number | null;
}

/** `8`, `3/4`, `echo-request`, `echo-reply`. */
export function readIcmpType(text: string, family: Family): Field<IcmpType | null> {
  if (text === '') return value(null);
  if (text === 'echo-request') return value({ type: family === 4 ? 8 : 128, code: null });
  if (text === 'echo-reply') return value({ type: family === 4 ? 0 : 129, code: null });
  const parts = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(text);
  const type = Number(parts?.[1]);
  const code = parts?.[2] === undefined ? null : Number(parts[2]);
  return parts && type <= 255 && (code ?? 0) <= 255
    ? value({ type, code })
    : wrong(
        `"${text}" is not an ICMP type: use a number (8), a type and code (3/4), echo-request or echo-reply.`,
      );
}

/** `a, b or c` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
