import { optionNamed } from '../../../rules/iptables/names.ts';
import { parseAddress } from '../../../values/address.ts';
import { type Answer, question } from '../../../kernel/answers.ts';
import type { Flow, Listener } from '../../../kernel/flow.ts';
import { isIcmp, type Packet, TCP, UDP } from '../../../kernel/packet.ts';
import { isForAny, type SocketAsked, socketFor } from '../../../kernel/sockets.ts';
import { type MatchCompiler, ruleWords, unknownOption, whole } from './match.ts';

/** `-m socket --transparent --nowildcard`: xt_socket.c. */
export const socket: MatchCompiler = (match, context) => {
  const transparent = optionNamed(match.options, '--transparent') !== null;
  const withWildcard = optionNamed(match.options, '--nowildcard') !== null;
  const restores = optionNamed(match.options, '--restore-skmark');
  const fits = (found: Listener): boolean =>
    (withWildcard || !isForAny(found)) && (!transparent || found.transparent === true);
  const tested = whole(
    match,
    (packet, run): Answer => {
      if (packet.socket !== null) return fits(packet.socket);
      const asked = askedOf(packet);
      if (asked === null) return false;
      const found = isFirst(packet) ? socketFor(run, asked) : undefined;
      if (found !== undefined) return found !== null && fits(found);
      const kind = transparent ? 'a transparent socket' : 'a socket';
      const claim = `${kind} of the node takes the packet`;
      const message = `${ruleWords(context)} asks whether ${claim}; the node’s sockets are not known.`;
      return question(`${run.scope}socket:${kind}:${textOf(asked)}`, 'listener-unknown', message, claim);
    },
    () => 'no socket of the node takes the packet',
  );
  // The mark of a socket is in no flow.
  return restores === null ? tested : [...tested, unknownOption(restores, context)];
};

/** Others may have a connected socket, of which a flow says nothing. */
function isFirst({ protocol, connection, state }: Packet): boolean {
  if (protocol === UDP) return true;
  return connection === null ? state !== 'ESTABLISHED' : !connection.seenReply && state === 'NEW';
}

/** An error is for the socket that sent what it quotes. */
function askedOf(packet: Packet): SocketAsked | null {
  const { family, protocol, destination, destinationPort, quote } = packet;
  if (isIcmp(packet)) return quote === null ? null : quotedOf(quote);
  if ((protocol !== TCP && protocol !== UDP) || typeof destinationPort !== 'number') return null;
  return { family, protocol: protocol === TCP ? 'tcp' : 'udp', address: destination, port: destinationPort };
}

function quotedOf({ family, from, protocol }: Flow): SocketAsked | null {
  const own = protocol === 'tcp' ? 'tcp' : protocol === 'udp' ? 'udp' : null;
  if (own === null || from.port === null) return null;
  return { family, protocol: own, address: parseAddress(from.address ?? '')?.value ?? null, port: from.port };
}

function textOf({ protocol, address, port }: SocketAsked): string {
  return `${protocol}:${address}:${port}`;
}
