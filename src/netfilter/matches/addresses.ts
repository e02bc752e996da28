import { formatAddress, type Network } from '../../iptables/values/address.ts';
import { readAddressRange, readNetworks } from '../../iptables/values/networks.ts';
import type { Packet } from '../packet.ts';
import { type Condition, eachOption, type OptionReader } from './match.ts';
import { valueIn, word } from './reading.ts';

type End = 'source' | 'destination';

/** `-s 10.0.0.0/8`, `-d 10.96.0.10` */
export function networkReader(end: End): OptionReader {
  return (option, context) => {
    const networks = valueIn(readNetworks(word(option), context.family));
    if (networks === null) return null;
    const [first] = networks;
    const test =
      networks.length === 1 && first !== undefined
        ? (packet: Packet) => holds(first, packet[end])
        : (packet: Packet) => networks.some((network) => holds(network, packet[end]));
    return { test, fact: addressFact(end), wanted: word(option).replace(/\/(32|128)$/, '') };
  };
}

function holds(network: Network, address: bigint): boolean {
  return (address & network.mask) === network.value;
}

/** What is so of the packet's address: "the packet goes to 10.96.12.3". */
export function addressFact(end: End): Condition['fact'] {
  return (packet) => {
    const text = formatAddress({ family: packet.family, value: packet[end] });
    return end === 'source' ? `the packet comes from ${text}` : `the packet goes to ${text}`;
  };
}

/** `-m iprange --src-range 10.0.0.1-10.0.0.9` */
export const iprange = eachOption({
  '--src-range': rangeReader('source'),
  '--dst-range': rangeReader('destination'),
});

function rangeReader(end: End): OptionReader {
  return (option, context) => {
    const range = valueIn(readAddressRange(word(option), context.family));
    if (range === null) return null;
    return {
      test: (packet) => packet[end] >= range.from && packet[end] <= range.to,
      fact: addressFact(end),
      wanted: word(option),
    };
  };
}
