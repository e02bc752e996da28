import type { Match, Option } from '../../iptables/nodes.ts';
import { type Address, formatAddress } from '../../iptables/values/address.ts';
import { readAddressTypes } from '../../iptables/values/names.ts';
import { type Answer, question } from '../answers.ts';
import { addressOf, localQuestion } from '../journey/routing.ts';
import type { AddressType } from '../node/node.ts';
import { addressType, hasAddressType } from '../node/routing.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { compileCondition, type MatchCompiler, optionName, optionOf, unknownOption } from './match.ts';
import { valueIn, word } from './reading.ts';

/** `-m addrtype --dst-type LOCAL --limit-iface-in`: net/netfilter/xt_addrtype.c. */
export const addrtype: MatchCompiler = (match, context) => {
  const limit = limitOf(match);
  return match.options.flatMap((option) => {
    const name = optionName(match, option);
    if (name.startsWith('--limit-iface')) return [];
    const end = name === '--src-type' ? 'source' : 'destination';
    const types = typesOf(option);
    if (types === null || (name !== '--src-type' && name !== '--dst-type'))
      return [unknownOption(option, context)];
    return [
      compileCondition(option, {
        test: (packet, run) => testType(packet, run, end, types, limit),
        fact: (packet, run) => typeFact(addressOf(packet, end), run),
        wanted: word(option),
      }),
    ];
  });
};

type Limit = 'input' | 'output' | null;

function limitOf(match: Match): Limit {
  if (optionOf(match, '--limit-iface-in') !== null) return 'input';
  return optionOf(match, '--limit-iface-out') === null ? null : 'output';
}

/** NAT and XRESOLVE are names that no address has. */
function typesOf(option: Option): ReadonlySet<AddressType> | null {
  const types = valueIn(readAddressTypes(word(option)));
  if (types === null) return null;
  return new Set(types.filter((type): type is AddressType => type !== 'NAT' && type !== 'XRESOLVE'));
}

function testType(
  packet: Packet,
  run: Run,
  end: 'source' | 'destination',
  types: ReadonlySet<AddressType>,
  limit: Limit,
): Answer {
  // Whatever address of its own the node takes, it is a local one.
  if (end === 'source' && packet.sourceUnknown) return types.has('LOCAL');
  const address = addressOf(packet, end);
  const limitInterface = limit === null ? null : packet[limit];
  const known =
    limitInterface === undefined ? null : hasAddressType(run.node, address, types, limitInterface);
  if (known !== null) return known;
  if (limit === null && types.size === 1 && types.has('LOCAL')) return localQuestion(address);
  const text = `${formatAddress(address)} of type ${[...types].join(', ')}`;
  return question(
    `type:${text}:${limitInterface ?? ''}`,
    'local-addresses-unknown',
    `Whether ${text} is what this node takes the address for is not known.`,
    `${formatAddress(address)} is of type ${[...types].join(' or ')}`,
  );
}

function typeFact(address: Address, run: Run): string {
  const type = addressType(run.node, address);
  const text = formatAddress(address);
  return type === null ? `the type of ${text} is not known` : `${text} is of type ${type}`;
}
