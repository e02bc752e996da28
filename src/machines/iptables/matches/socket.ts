import { optionNamed } from '../../../rules/iptables/names.ts';
import { type Answer, question } from '../../../kernel/answers.ts';
import type { Listener } from '../../../kernel/flow.ts';
import { isIcmp, type Packet, TCP, UDP } from '../../../kernel/packet.ts';
import type { Port } from '../../../kernel/port.ts';
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
  const { quoted } = packet;
  if (isIcmp(packet)) {
    return quoted === null
      ? null
      : atNode(packet, quoted.protocol, { address: quoted.source, port: quoted.sourcePort });
  }
  return atNode(packet, packet.protocol, { address: packet.destination, port: packet.destinationPort });
}

interface End {
  readonly address: bigint;
  readonly port: Port;
}

function atNode(packet: Packet, protocol: number, end: End): SocketAsked | null {
  const { address, port } = translatedBack(packet) ?? end;
  if ((protocol !== TCP && protocol !== UDP) || typeof port !== 'number') return null;
  return { family: packet.family, protocol: protocol === TCP ? 'tcp' : 'udp', address, port };
}

/** nf_sk_lookup_slow_v4: of an answer, or an error, the socket is looked for as it was before its packets were translated. */
function translatedBack({ family, connection, direction }: Packet): End | null {
  if (family === 6 || connection?.sourceNatDone !== true || direction === 'original') return null;
  return { address: connection.original.source, port: connection.original.sourcePort };
}

function textOf({ protocol, address, port }: SocketAsked): string {
  return `${protocol}:${address}:${port}`;
}
