/** `-m ipvs`: xt_ipvs.c. */
import { lookup } from '../../../text/lookup.ts';
import type { Option } from '../../../rules/iptables/nodes.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import { contains } from '../../../values/address.ts';
import { readProtocol } from '../../../values/names.ts';
import { readNetwork } from '../../../values/networks.ts';
import { readPort } from '../../../values/ports.ts';
import type { BalancedConnection, Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { type MatchCompiler, openAnswer, type RuleContext, unknownMatch, whole } from './match.ts';
import { valueIn, word } from './reading.ts';

/** What an option asks of a packet whose connection IPVS knows, without its `!`. */
type Asked = (packet: Packet, connection: BalancedConnection) => boolean;

/** Null where its value makes no sense, or nothing of it is known. */
type Reader = (option: Option, context: RuleContext) => Asked | null;

const readers: Readonly<Record<string, Reader>> = lookup({
  '--vproto': (option) => {
    const protocol = valueIn(readProtocol(word(option)));
    return protocol === null ? null : (packet) => packet.protocol === protocol;
  },
  '--vaddr': (option, { family }) => {
    const network = valueIn(readNetwork(word(option), family));
    if (network === null) return null;
    return (packet, { virtual }) => contains(network, { family: packet.family, value: virtual });
  },
  '--vport': (option) => {
    const port = valueIn(readPort(word(option)));
    return port === null ? null : (_packet, { virtualPort }) => virtualPort === port;
  },
  '--vdir': (option) => {
    const direction = word(option).toUpperCase() === 'REPLY' ? 'reply' : 'original';
    // What is untracked or INVALID goes in no direction.
    return (packet) => packet.connection !== null && packet.direction === direction;
  },
  '--vmethod': (option) => {
    const method = methods.get(word(option).toUpperCase());
    return method === undefined ? null : (_packet, connection) => connection.method === method;
  },
});

const methods = new Map([
  ['GATE', 'route'],
  ['IPIP', 'tunnel'],
  ['MASQ', 'masq'],
]);

/** Open where it is not known what IPVS does on the node: no listing of it is among the node's files. */
export const ipvs: MatchCompiler = (match, context) => {
  const property = match.options.find((option) => canonicalName(option) === '--ipvs');
  const others = match.options.filter((option) => option !== property);
  const asked = others.map((option) => {
    const ask = readers[canonicalName(option)]?.(option, context) ?? null;
    return ask === null ? null : { ask, isNegated: option.negation !== null };
  });
  if (asked.includes(null)) return unknownMatch(match, context);
  const holds = (packet: Packet): boolean => {
    // "other flags than XT_IPVS_IPVS_PROPERTY are set": only what IPVS has had is looked at further.
    if (others.length === 0) return (packet.balanced !== null) !== (property?.negation !== null);
    const connection = packet.balanced?.connection ?? null;
    if (connection === null || !isOf(packet, connection)) return false;
    return asked.every((each) => each !== null && each.ask(packet, connection) !== each.isNegated);
  };
  return whole(
    match,
    (packet, run) => (knowsIpvs(run) ? holds(packet) : openAnswer(match, context)),
    (packet) =>
      packet.balanced === null
        ? 'IPVS has not had the packet'
        : 'it is of another connection of IPVS, or of none',
  );
};

function knowsIpvs(run: Run): boolean {
  return run.shared.balances;
}

/** The connection is looked up by the packet's ends as they are: ip_vs_conn_out_get, with the ends exchanged. */
function isOf(packet: Packet, connection: BalancedConnection): boolean {
  const isDestination =
    connection.method !== 'masq' ||
    (packet.destination === connection.server && packet.destinationPort === connection.serverPort);
  return isDestination && packet.source === connection.client && packet.sourcePort === connection.clientPort;
}
