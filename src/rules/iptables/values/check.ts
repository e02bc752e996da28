import type { OptionDefinition, ValueKind } from '../catalogue/definitions.ts';
import type { Word } from '../nodes.ts';
import type { Family } from '../../../values/address.ts';
import { readConntrackStates, readConntrackStatuses, readTrackedStates } from './conntrack.ts';
import { readIcmpType } from '../../../values/icmp.ts';
import { readMark, readProbability } from '../../../values/marks.ts';
import {
  readAddressTypes,
  readInterface,
  readMac,
  readOwner,
  readPacketType,
  readProtocol,
} from '../../../values/names.ts';
import {
  readByteRange,
  readClass,
  readCounter,
  readEstimatorTime,
  readGroup,
  readHexString,
  readLabel,
  readProcName,
  readZone,
} from './amounts.ts';
import {
  readChunkTypes,
  readIPv6Headers,
  readIPv6Options,
  readMobilityTypes,
  readTcpOptions,
} from './headers.ts';
import { readHashBurst, readHashRate, readInterval } from './hashlimit.ts';
import { readGroupMask, readPrefixMask } from './masks.ts';
import { readBpf } from './bpf.ts';
import { readDate, readDayTime, readMonthDays, readWeekDays } from './time.ts';
import { readU32 } from './u32.ts';
import { readNatDestination, readNatPorts, readNatSource } from './nat.ts';
import { readAddress, readNetwork, readNetworks, readNumericRange } from '../../../values/networks.ts';
import {
  MAX_16,
  MAX_32,
  MAX_8,
  type NumberRange,
  readLongNumber,
  readNumber,
  readRange,
} from '../../../values/numbers.ts';
import { readOrderedPortRange, readPort, readPortList, readPortRange } from '../../../values/ports.ts';
import { readRate } from './rates.ts';
import { fault, findByPrefix, type Reading, readList, value } from '../../../values/reading.ts';
import { readSetDirections, readSetName } from './sets.ts';
import { readTcpFlags } from '../../../values/tcpFlags.ts';
import { readDscp, readDscpClass, readTos } from '../../../values/tos.ts';

/** extensions/libxt_limit.c */
const MOST_BURST = 10_000;

type Reader = (text: string, family: Family, index: number) => Reading<unknown>;

/** A word that iptables would refuse, and why, in words that fit behind it: `99999` "is not a port from 0 to 65535". */
export interface ValueFault {
  readonly word: Word;
  readonly kind: ValueKind;
  readonly reason: string;
  /** As of `Reading`: what iptables does with it, where that is not simply refusing it. */
  readonly doubt: string | null;
}

const READERS: Partial<Record<ValueKind, Reader>> = {
  number8: (text) => readNumber(text, MAX_8),
  number16: (text) => readNumber(text, MAX_16),
  number32: (text) => readNumber(text, MAX_32),
  number64: readLongNumber,
  counter: readCounter,
  procName: readProcName,
  range8: (text) => readRange(text, MAX_8),
  range16: (text) => readRange(text, MAX_16),
  span16: (text) => (text.includes(':') ? readRange(text, MAX_16) : fault('is not a range, such as 0:3')),
  range32: (text) => readRange(text, MAX_32),
  protocol: readProtocol,
  interface: readInterface,
  addressList: readNetworks,
  network: readNetwork,
  address: readAddress,
  addressRange: readNumericRange,
  port: readPort,
  portRange: readPortRange,
  orderedPortRange: readOrderedPortRange,
  limitBurst: (text) => readNumber(text, MOST_BURST),
  positive8: (text) => readWithin({ from: 1, to: MAX_8 }, text),
  positive32: (text) => readWithin({ from: 1, to: MAX_32 }, text),
  segmentSize: (text, family) => readNumber(text, MAX_16 - (family === 4 ? 20 : 40)),
  portList: readPortList,
  mark: readMark,
  markSet: readMark,
  probability: readProbability,
  conntrackStates: readConntrackStates,
  trackedStates: readTrackedStates,
  conntrackStatuses: readConntrackStatuses,
  tcpFlags: readTcpFlags,
  icmpType: (text) => readIcmpType(text, 4),
  icmpv6Type: (text) => readIcmpType(text, 6),
  rate: readRate,
  setMatch: (text, _family, index) => (index === 0 ? readSetName(text) : readSetDirections(text)),
  dscp: readDscp,
  dscpClass: readDscpClass,
  tos: readTos,
  tosSet: readTos,
  natDestination: readNatDestination,
  natSource: readNatSource,
  natPorts: readNatPorts,
  netmap: readNetwork,
  owner: readOwnerHere,
  addressTypes: readAddressTypes,
  packetType: readPacketType,
  mac: readMac,
  timeOfDay: readDayTime,
  date: readDate,
  monthDays: readMonthDays,
  weekDays: readWeekDays,
  u32: readU32,
  bytecode: readBpf,
  tcpOptions: readTcpOptions,
  ipv6Headers: readIPv6Headers,
  ipv6Options: readIPv6Options,
  mobilityTypes: readMobilityTypes,
  chunkTypes: (text, _family, index) => readChunkTypes(text, index),
  class: readClass,
  zone: readZone,
  group: readGroup,
  byteRange: readByteRange,
  estimatorTime: readEstimatorTime,
  hexString: readHexString,
  label: readLabel,
  hashRate: readHashRate,
  hashBurst: readHashBurst,
  interval: readInterval,
  groupMask: readGroupMask,
  prefixMask: readPrefixMask,
};

/** The first of an option's values that iptables would refuse, by what the catalogue says of the option; null where all are fine. */
export function findValueFault(
  definition: OptionDefinition,
  values: readonly Word[],
  family: Family,
): ValueFault | null {
  const { kind } = definition;
  if (kind === null) return null;
  for (const [index, word] of values.entries()) {
    const reading = readValue(definition, kind, word.text, family, index);
    if (reading.kind === 'fault') return { word, kind, reason: reading.reason, doubt: reading.doubt };
  }
  return null;
}

function readValue(
  definition: OptionDefinition,
  kind: ValueKind,
  text: string,
  family: Family,
  index: number,
): Reading<unknown> {
  if (kind === 'rejectWith') return readRejectWith(definition.keywords, text);
  if (kind === 'keyword') return readKeyword(definition, text);
  if (kind === 'keywords') return readKeywords(definition, text);
  if (definition.range !== null) return readWithin(definition.range, text);
  return READERS[kind]?.(text, family, index) ?? value(text);
}

/** The names of users and groups are those of the machine that loads the rules; root is everywhere. */
function readOwnerHere(text: string): Reading<unknown> {
  const owner = readOwner(text);
  return owner.kind === 'value' && owner.value.kind === 'name' && owner.value.name !== 'root'
    ? fault(
        'is a name',
        'iptables looks it up on the machine that loads the rules, and stops where it is not known',
      )
    : owner;
}

/** Reads a number that an option takes only from one number to another. */
function readWithin({ from, to }: NumberRange, text: string): Reading<number> {
  const number = readNumber(text, to);
  return number.kind === 'value' && number.value < from ? fault(`must be at least ${from}`) : number;
}

function readKeyword({ keywords, anyCase }: OptionDefinition, text: string): Reading<string> {
  const wanted = anyCase ? text.toLowerCase() : text;
  const found = keywords.find((keyword) => (anyCase ? keyword.toLowerCase() : keyword) === wanted);
  return found === undefined ? fault(`is none of ${keywords.join(', ')}`) : value(found);
}

function readKeywords(definition: OptionDefinition, text: string): Reading<unknown> {
  if (!definition.looseList) return readList(text, (part) => readKeyword(definition, part));
  const parts = text.split(/[,|]/).filter((part) => part !== '');
  return parts.length === 0
    ? value(text)
    : readList(parts.join(','), (part) => readKeyword(definition, part));
}

/** A beginning of a name is enough. */
function readRejectWith(keywords: readonly string[], text: string): Reading<string> {
  const found = findByPrefix(keywords, text);
  return found === null ? fault(`is none of ${keywords.join(', ')}`) : value(found);
}
