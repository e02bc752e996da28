import { canonicalName, optionNamed } from '../../../rules/iptables/names.ts';
import type { Match, Option } from '../../../rules/iptables/nodes.ts';
import { type Address, formatAddress } from '../../../values/address.ts';
import { readAddressTypes } from '../../../values/names.ts';
import { type Answer, presume, question } from '../../../kernel/answers.ts';
import { typeFact as factOfType } from '../../../kernel/facts.ts';
import { localQuestion } from '../../../kernel/passage/ownAddress.ts';
import type { AddressType } from '../../../kernel/node/node.ts';
import { addressType, hasAddressType } from '../../../kernel/node/routing.ts';
import { addressOf, type Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { compileCondition, type MatchCompiler, unknownOption } from './match.ts';
import { valueIn, word } from './reading.ts';

/** `-m addrtype --dst-type LOCAL --limit-iface-in`: net/netfilter/xt_addrtype.c. */
export const addrtype: MatchCompiler = (match, context) => {
  const limit = limitOf(match);
  return match.options.flatMap((option) => {
    const name = canonicalName(option);
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
  if (optionNamed(match.options, '--limit-iface-in') !== null) return 'input';
  return optionNamed(match.options, '--limit-iface-out') === null ? null : 'output';
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
  if (end === 'source' ? packet.sourceUnknown : packet.destinationUnknown) return types.has('LOCAL');
  const address = addressOf(packet, end);
  const limitInterface = limit === null ? null : packet[limit];
  const known =
    limitInterface === undefined
      ? ofNoInterface(run, address, types)
      : hasAddressType(run.node, address, types, limitInterface);
  if (known !== null) return known;
  if (limit === null && types.size === 1 && types.has('LOCAL')) return localQuestion(run, packet, address);
  return typeQuestion(
    run,
    packet,
    address,
    types,
    limit === null ? null : (limitInterface ?? 'that interface'),
  );
}

/** False where the address is of none of the types on any interface; null where that is not known. */
function ofNoInterface({ node }: Run, address: Address, types: ReadonlySet<AddressType>): false | null {
  const isAnywhere = address.family === 4 ? !types.has('UNICAST') : types.size === 1 && types.has('LOCAL');
  return isAnywhere && hasAddressType(node, address, types) === false ? false : null;
}

/** Types other than LOCAL alone, or an address that counts only on one interface: elsewhere it is UNICAST. */
function typeQuestion(
  run: Run,
  packet: Packet,
  address: Address,
  types: ReadonlySet<AddressType>,
  limitInterface: string | null,
): Answer {
  const text = formatAddress(address);
  const fact = factOfType(text, types);
  const names = [...types].join(' or ');
  const where = limitInterface === null ? '' : ` on ${limitInterface}`;
  const key = `type:${text} of type ${[...types].join(', ')}:${limitInterface ?? ''}`;
  const message = `Whether ${text} of type ${[...types].join(', ')} is what this node takes the address for${where} is not known.`;
  const claim = `${text} is of type ${names}${where}`;
  const hint = run.hints.addressHint(address);
  const own = localQuestion(run, packet, address);
  if (limitInterface === null) {
    const meaning = { is: [fact] };
    if (hint === null || fact === null)
      return question(key, 'local-addresses-unknown', message, claim, meaning);
    return presume(types.has(hint.type), key, own.code, own.message, claim, meaning);
  }
  const needs = types.has('UNICAST') ? [] : [fact];
  return question(key, 'local-addresses-unknown', message, claim, { needs });
}

function typeFact(address: Address, run: Run): string {
  const type = addressType(run.node, address);
  const text = formatAddress(address);
  return type === null ? `the type of ${text} is not known` : `${text} is of type ${type}`;
}
