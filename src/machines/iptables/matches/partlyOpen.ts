/** Matches that stay open for most packets, but not for all: osf, tcpmss, cgroup, and the options of TCP. */
import { SYN_BIT } from '../../../kernel/conntrack/tcp.ts';
import { type Packet, TCP } from '../../../kernel/packet.ts';
import { type MatchCompiler, openAnswer, openQuestionOf, type OptionReader, whole } from './match.ts';
import { word } from './reading.ts';

/** Open unless the packet is one that the match never, negated or not, is about. */
function openUnless(isNone: (packet: Packet) => boolean, why: string): MatchCompiler {
  return (match, context) => {
    const open = openAnswer(match, context);
    return whole(
      match,
      (packet) => (isNone(packet) ? false : open),
      () => why,
    );
  };
}

/** `-m osf --genre Linux`: only openings have a fingerprint (nf_osf_match). */
export const osf = openUnless(
  ({ protocol, tcpFlags }) => protocol !== TCP || (tcpFlags & SYN_BIT) === 0,
  'the packet opens no connection',
);

/** `-m cgroup --path service`: xt_cgroup.c. What no process here made has no control group on its way out. */
export const cgroup = openUnless(
  ({ local, socket, output }) => !local && socket === null && output !== null,
  'no process of this node made the packet',
);

/** `-m tcpmss --mss 1:535`: xt_tcpmss.c; without the option it never matches, negated or not. */
export const tcpmss = openUnless(hasNoTcpOptions, 'the packet has no TCP options');

/** `--tcp-option 8`: a flow says nothing of options, but one whose length leaves no room for any has none. */
export const tcpOption: OptionReader = (option, context) => {
  const open = openQuestionOf(option, context);
  return {
    test: (packet) => (hasNoTcpOptions(packet) ? false : open),
    fact: () => 'the packet has no TCP options',
    wanted: word(option),
  };
};

function hasNoTcpOptions({ family, protocol, length, lengthAssumed }: Packet): boolean {
  return protocol !== TCP || (!lengthAssumed && length === (family === 4 ? 20 : 40) + 20);
}
