/**
 * Matches on headers between IP and the transport protocol. A flow has none of them, unless its protocol is one; then
 * what stands in it is not known. Without the header none of these matches holds, whatever it asks, negated or not.
 */
import { optionNamed } from '../../../rules/iptables/names.ts';
import type { Match } from '../../../rules/iptables/nodes.ts';
import { MAX_32, readRange } from '../../../values/numbers.ts';
import type { Answer } from '../../../kernel/answers.ts';
import type { Packet } from '../../../kernel/packet.ts';
import { protocolName } from '../../../kernel/protocols.ts';
import { type MatchCompiler, openAnswer, unknownMatch, valueOf, whole } from './match.ts';
import { valueIn } from './reading.ts';

const AH = 51;
const ESP = 50;
const IPCOMP = 108;
const MOBILITY = 135;
const NO_NEXT = 59;

/** A match of a header that is, where it is there at all, the packet's protocol. */
function ofProtocol(protocol: number, name: string, isPlain: (match: Match) => boolean): MatchCompiler {
  return (match, context) => {
    const open = isPlain(match) ? true : openAnswer(match, context);
    return whole(
      match,
      (packet) => (packet.protocol === protocol ? open : false),
      (packet) => `the packet is ${protocolName(packet.protocol)}, without ${name}`,
    );
  };
}

/** Whether the only thing that is asked of an index is in a range that holds all of them. */
function asksNothing(index: string): (match: Match) => boolean {
  return ({ options }) => {
    const only = optionNamed(options, index);
    if (only === null) return options.length === 0;
    const range = valueIn(readRange(valueOf(only), MAX_32));
    const isAll = range?.from === 0 && range.to === MAX_32;
    return options.length === 1 && isAll && only.negation === null;
  };
}

/** `-m ah --ahspi 500`: ipt_ah.c, ip6t_ah.c. */
export const ah = ofProtocol(AH, 'an authentication header', asksNothing('--ahspi'));
/** `-m esp --espspi 500:510`: xt_esp.c. */
export const esp = ofProtocol(ESP, 'ESP', asksNothing('--espspi'));
/** `-m ipcomp --ipcompspi 5`: xt_ipcomp.c. */
export const ipcomp = ofProtocol(IPCOMP, 'IP compression', asksNothing('--ipcompspi'));
/** `-m mh --mh-type 1`: ip6t_mh.c. */
export const mh = ofProtocol(MOBILITY, 'a mobility header', () => false);

/** A header that only IPv6 has: ip6t_frag.c, ip6t_hbh.c, ip6t_rt.c, ip6t_srh.c. */
function absent(name: string): MatchCompiler {
  return (match) =>
    whole(
      match,
      () => false,
      () => `the packet has no ${name}`,
    );
}

/** No trace has fragments: conntrack puts them together before the rules see them. */
export const frag = absent('fragment header');
export const hbh = absent('hop-by-hop options');
export const dst = absent('destination options');
export const rt = absent('routing header');
export const srh = absent('segment routing header');

/** Bits as ip6t_ipv6header.h numbers them, by every name that ip6tables takes. */
const HEADERS: ReadonlyMap<string, number> = new Map([
  ...['hop', 'hop-by-hop', '0'].map((name) => [name, 128] as const),
  ...['dst', 'ipv6-opts', '60'].map((name) => [name, 64] as const),
  ...['route', 'ipv6-route', '43'].map((name) => [name, 32] as const),
  ...['frag', 'ipv6-frag', '44'].map((name) => [name, 16] as const),
  ...['auth', 'ah', '51'].map((name) => [name, 8] as const),
  ...['esp', '50'].map((name) => [name, 4] as const),
  ...['none', 'ipv6-nonxt', '59'].map((name) => [name, 2] as const),
  ...['prot', 'protocol', '255'].map((name) => [name, 1] as const),
]);

/** `-m ipv6header --header ipv6-frag,protocol --soft`: ip6t_ipv6header.c. */
export const ipv6header: MatchCompiler = (match, context) => {
  const option = optionNamed(match.options, '--header');
  const wanted = option === null ? null : bitsOf(valueOf(option));
  if (option === null || wanted === null) return unknownMatch(match, context);
  const negated = option.negation !== null;
  const soft = optionNamed(match.options, '--soft') !== null;
  const test = (packet: Packet): Answer => {
    const own = headersOf(packet);
    if (own === null) return openAnswer(match, context);
    if (!soft) return (own === wanted) !== negated;
    return (own & wanted) === (negated ? 0 : wanted);
  };
  return whole(match, test, () => 'the packet has other extension headers');
};

function bitsOf(text: string): number | null {
  const bits = text.split(',').map((name) => HEADERS.get(name.toLowerCase()));
  return bits.includes(undefined) ? null : bits.reduce<number>((sum, bit) => sum | (bit ?? 0), 0);
}

/** Null where what follows is not known. */
function headersOf({ protocol }: Packet): number | null {
  if (protocol === AH || protocol === MOBILITY) return null;
  if (protocol === ESP) return 4;
  return protocol === NO_NEXT ? 2 : 1;
}
