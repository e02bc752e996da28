import type { NumberRange } from '../../../values/numbers.ts';
import { readPortList, readPortRange } from '../../../values/ports.ts';
import { readTcpFlags } from '../../../values/tcpFlags.ts';
import type { Answer } from '../../../kernel/answers.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Port } from '../../../kernel/port.ts';
import { DCCP, hasPorts, SCTP, TCP, UDP, UDPLITE } from '../../../kernel/packet.ts';
import { protocolName } from '../../../kernel/protocols.ts';
import { chunkTypes, dccpTypes } from './chunks.ts';
import { joinedWhereNegated } from './joinedPorts.ts';
import { eachOption, type OptionReader } from './match.ts';
import { tcpOption } from './partlyOpen.ts';
import { originalEnd, pickedFrom, testPicked } from '../../../kernel/nat/pickedPorts.ts';
import { valueIn, word } from './reading.ts';

type End = 'source' | 'destination';

function portOf(packet: Packet, end: End): Port {
  return end === 'source' ? packet.sourcePort : packet.destinationPort;
}

function testPort(packet: Packet, end: End, ranges: readonly NumberRange[]): Answer {
  const port = portOf(packet, end);
  if (port === '*') return pickedPort(packet, end, ranges);
  if (port === null) return false;
  return ranges.some((range) => port >= range.from && port <= range.to);
}

function pickedPort(packet: Packet, end: End, ranges: readonly NumberRange[]): Answer {
  const original = originalEnd(packet, end);
  return testPicked(pickedFrom(packet, original), original, ranges);
}

function portFact(end: End): (packet: Packet) => string {
  return (packet) => {
    const port = portOf(packet, end);
    return port === null ? 'the packet has no ports' : `the packet’s ${end} port is ${port}`;
  };
}

function portReader(protocol: number, end: End): OptionReader {
  return (option) => {
    const range = valueIn(readPortRange(word(option)));
    if (range === null) return null;
    const ranges = [range];
    return {
      test: (packet) => (packet.protocol === protocol ? testPort(packet, end, ranges) : false),
      fact: portFact(end),
      wanted: word(option),
    };
  };
}

function portsOf(protocol: number): Readonly<Record<string, OptionReader>> {
  return { '--sport': portReader(protocol, 'source'), '--dport': portReader(protocol, 'destination') };
}

const flagNames = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

function flagsFact(packet: Packet): string {
  const set = flagNames.filter((_, bit) => (packet.tcpFlags & (1 << bit)) !== 0);
  return set.length === 0 ? 'the packet has no TCP flags' : `the packet has the TCP flags ${set.join(', ')}`;
}

function flagsCondition(mask: number, wanted: number, text: string): ReturnType<OptionReader> {
  return {
    test: (packet) => packet.protocol === TCP && (packet.tcpFlags & mask) === wanted,
    fact: flagsFact,
    wanted: text,
  };
}

const flagsReader: OptionReader = (option) => {
  const mask = valueIn(readTcpFlags(word(option)));
  const wanted = valueIn(readTcpFlags(word(option, 1)));
  return mask === null || wanted === null
    ? null
    : flagsCondition(mask, wanted, `${word(option, 1)} of ${word(option)}`);
};

/** FIN, SYN, RST, ACK with only SYN set: libxt_tcp.c. */
const synReader: OptionReader = () => flagsCondition(0x17, 0x02, 'a first packet (SYN)');

/** `-m tcp --dport 80 --tcp-flags FIN,SYN,RST,ACK SYN` */
export const tcp = joinedWhereNegated(
  TCP,
  eachOption({
    ...portsOf(TCP),
    '--tcp-flags': flagsReader,
    '--syn': synReader,
    '--tcp-option': tcpOption,
  }),
);

export const udp = joinedWhereNegated(UDP, eachOption(portsOf(UDP)));
export const udplite = eachOption(portsOf(UDPLITE));
export const sctp = eachOption({ ...portsOf(SCTP), '--chunk-types': chunkTypes });
export const dccp = eachOption({ ...portsOf(DCCP), '--dccp-types': dccpTypes });

function multiportReader(ends: readonly End[]): OptionReader {
  return (option) => {
    const ranges = valueIn(readPortList(word(option)));
    if (ranges === null) return null;
    return {
      test: (packet) => {
        if (!hasPorts(packet.protocol)) return false;
        const answers = ends.map((end) => testPort(packet, end, ranges));
        return (
          answers.find((answer) => answer === true) ?? answers.find((answer) => answer !== false) ?? false
        );
      },
      fact: (packet) =>
        hasPorts(packet.protocol)
          ? ends.map((end) => portFact(end)(packet)).join(' and ')
          : `${protocolName(packet.protocol)} has no ports`,
      wanted: word(option),
    };
  };
}

/** `-m multiport --dports 80,443,8000:8010` */
export const multiport = eachOption({
  '--sports': multiportReader(['source']),
  '--dports': multiportReader(['destination']),
  '--ports': multiportReader(['source', 'destination']),
});
