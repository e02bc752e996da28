/** The words that a kind of value knows by itself. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import type { OptionDefinition, ValueKind } from '../../rules/iptables/catalogue/definitions.ts';
import { STATES, STATUSES } from '../../rules/iptables/values/conntrack.ts';
import { CHUNKS, IPV6_HEADERS, MOBILITY, TCP_OPTIONS } from '../../rules/iptables/values/headers.ts';
import { UNITS } from '../../rules/iptables/values/rates.ts';
import { icmpNames } from '../../values/icmp.ts';
import { ADDRESS_TYPES, PACKET_TYPES, PROTOCOLS } from '../../values/names.ts';
import { FLAGS } from '../../values/tcpFlags.ts';
import { TOS_NAMES } from '../../values/tos.ts';
import { stateWords, typeWords } from '../hover/valueWords.ts';
import type { Candidate } from './candidates.ts';

/** The likeliest first. */
const PROTOCOLS_FIRST = ['tcp', 'udp', 'icmp', 'sctp', 'all'];
const STATES_FIRST = ['RELATED,ESTABLISHED', 'NEW', 'ESTABLISHED', 'RELATED', 'INVALID'];

/** What may stand as the value `index` of an option whatever the rules are like; empty where anything may. */
export function wordsOfKind(option: OptionDefinition, index: number): readonly Candidate[] {
  const words = option.keywords.length > 0 ? option.keywords : [...wordsOf(option.kind, index)];
  return [...new Set(words)].map((text) => {
    const detail = detailOf(option.kind, text);
    return { text, kind: CompletionItemKind.EnumMember, ...(detail === undefined ? {} : { detail }) };
  });
}

function wordsOf(kind: ValueKind | null, index: number): Iterable<string> {
  switch (kind) {
    case 'protocol':
      return [...PROTOCOLS_FIRST, ...PROTOCOLS.keys()];
    case 'conntrackStates':
      return [...STATES_FIRST, ...STATES];
    case 'trackedStates':
      return [...STATES_FIRST, ...STATES.filter((state) => state !== 'SNAT' && state !== 'DNAT')];
    case 'conntrackStatuses':
      return STATUSES;
    case 'addressTypes':
      return ['LOCAL', ...ADDRESS_TYPES];
    case 'packetType':
      return PACKET_TYPES.keys();
    case 'icmpType':
      return icmpNames(4);
    case 'icmpv6Type':
      return icmpNames(6);
    case 'tcpFlags':
      return index === 0 ? ['FIN,SYN,RST,ACK', 'SYN,RST', ...FLAGS.keys()] : ['SYN', ...FLAGS.keys()];
    case 'tos':
    case 'tosSet':
      return [...TOS_NAMES.keys()].map((name) =>
        name.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase()),
      );
    case 'dscpClass':
      return ['EF', 'BE', ...SELECTORS, ...ASSURED];
    case 'rate':
      return [1, 3, 5, 10, 25, 100].flatMap((count) => UNITS.map(([unit]) => `${count}/${unit}`));
    default:
      return rareWords(kind, index);
  }
}

const SELECTORS = Array.from({ length: 8 }, (_, level) => `CS${level}`);
const ASSURED = [1, 2, 3, 4].flatMap((level) => [1, 2, 3].map((drop) => `AF${level}${drop}`));

function rareWords(kind: ValueKind | null, index: number): Iterable<string> {
  switch (kind) {
    case 'weekDays':
      return ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
    case 'monthDays':
      return Array.from({ length: 31 }, (_, day) => String(day + 1));
    case 'timeOfDay':
      return ['00:00:00', '08:00:00', '12:00:00', '18:00:00', '23:59:59'];
    case 'tcpOptions':
      return TCP_OPTIONS;
    case 'ipv6Headers':
      return IPV6_HEADERS;
    case 'mobilityTypes':
      return MOBILITY;
    case 'chunkTypes':
      return index === 0 ? ['any', 'all', 'only'] : CHUNKS;
    default:
      return [];
  }
}

function detailOf(kind: ValueKind | null, text: string): string | undefined {
  if (kind === 'conntrackStates' || kind === 'trackedStates') return stateWords[text];
  return kind === 'addressTypes' ? typeWords[text] : undefined;
}
