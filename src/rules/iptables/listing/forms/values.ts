/** How values stand in a listing, and what iptables-save writes for them. */
import { icmpTypeNames, readIcmpType } from '../../../../values/icmp.ts';
import { onePort } from '../../../../values/ports.ts';
import { numericProtocol, protocolWord } from '../protocolNames.ts';

/** An option that a value stands for beside its own: the bits of `LOG flags 9`. */
interface ImpliedOption {
  readonly name: string;
  readonly values: readonly string[];
}

export type ListedMeaning =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  /** In place of the option that the form names. */
  | { readonly kind: 'options'; readonly options: readonly ImpliedOption[] };

interface ListedValue {
  /** A regular expression without groups. */
  readonly pattern: string;
  /** Null where iptables-save would leave the option out. */
  readonly read: (words: string) => ListedMeaning | null;
}

const WORD = '[^ ]+';
/** Up to a quote that is not escaped. */
const ESCAPED = '(?:[^"\\\\]|\\\\.)*';
const HEX = '0x[\\dA-Fa-f]+';

function values(...words: readonly string[]): ListedMeaning {
  return { kind: 'values', values: words };
}

function of(pattern: string, convert: (words: string) => string = (words) => words): ListedValue {
  return { pattern, read: (words) => values(convert(words)) };
}

/** A value that need not be written. */
function unless(pattern: string, plain: string): ListedValue {
  return { pattern, read: (words) => (words === plain ? null : values(words)) };
}

/** `a,b:c` with the names of services as numbers. */
function portNumbers(words: string): string {
  return words.replaceAll(/[^,:]+/g, (name) => String(onePort(name) ?? name));
}

const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'];

/** `0x17` → `FIN,SYN,RST,ACK` */
function flagNames(word: string): string {
  if (!word.startsWith('0x')) return word;
  const bits = Number(word);
  const names = TCP_FLAGS.filter((_, bit) => (bits & (1 << bit)) !== 0);
  return names.length === 0 ? 'NONE' : names.join(',');
}

function tcpFlags(words: string): ListedMeaning {
  const [mask = '', set = ''] = words.split('/');
  return values(flagNames(mask), flagNames(set));
}

/** 32 bits in hex without leading zeros, as `%#x` prints them. */
function hex(bits: number): string {
  return bits === 0 ? '0x0' : `0x${(bits >>> 0).toString(16)}`;
}

/** `125000` → `1000Kbit`, as iptables-save rounds it (`rateest_print_rate`); with `bit` as it is. */
function bitsPerSecond(words: string): string {
  if (words.endsWith('bit')) return words;
  const bits = Number(words) * 8;
  if (bits >= 1e9) return `${Math.round(bits / 1e6)}Mbit`;
  return bits >= 1e6 ? `${Math.round(bits / 1e3)}Kbit` : `${bits}bit`;
}

const LOG_FLAGS: readonly (readonly [bit: number, option: string])[] = [
  [1, '--log-tcp-sequence'],
  [2, '--log-tcp-options'],
  [4, '--log-ip-options'],
  [8, '--log-uid'],
  [32, '--log-macdecode'],
];

function logFlags(words: string): ListedMeaning {
  const bits = Number(words);
  const options = LOG_FLAGS.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => ({ name, values: [] }));
  return { kind: 'options', options };
}

const LOG_LEVELS = ['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'];
/** Of a target without `--log-level`. */
const PLAIN_LEVEL = 4;

function logLevel(words: string): ListedMeaning | null {
  const named = LOG_LEVELS.findIndex((name) => name === words || name.startsWith(words));
  const level = named < 0 ? Number(words) : named;
  return level === PLAIN_LEVEL ? null : values(String(level));
}

/** `3 code 4` → `3/4`; `destination-unreachable` → `3`. */
function icmpType(words: string, family: 4 | 6): string {
  const [type = '', from, to = from] = words.split(/ +codes? +|-(?=\d+$)/);
  if (/^\d+$/.test(type)) {
    if (type === '255' && (from ?? '255') === '255') return 'any';
    return from === undefined || (from === '0' && to === '255') ? type : `${type}/${from}`;
  }
  if (!icmpTypeNames(family).includes(type)) return words;
  const read = readIcmpType(type, family);
  if (read.kind === 'fault' || read.value.type === null) return words;
  const { type: number, codes } = read.value;
  return codes.from === codes.to ? `${number}/${codes.from}` : `${number}`;
}

const IPV6_HEADERS: readonly (readonly [bit: number, name: string])[] = [
  [0x80, 'hop-by-hop'],
  [0x40, 'ipv6-opts'],
  [0x20, 'ipv6-route'],
  [0x10, 'ipv6-frag'],
  [0x08, 'ah'],
  [0x04, 'esp'],
  [0x02, 'ipv6-nonxt'],
  [0x01, 'protocol'],
];

function headerNames(words: string): string {
  if (!words.startsWith('0x')) return words;
  const bits = Number(words);
  return IPV6_HEADERS.filter(([bit]) => (bits & bit) !== 0)
    .map(([, name]) => name)
    .join(',');
}

const CHUNKS =
  'DATA INIT INIT_ACK SACK HEARTBEAT HEARTBEAT_ACK ABORT SHUTDOWN SHUTDOWN_ACK ERROR COOKIE_ECHO COOKIE_ACK ECN_ECNE ECN_CWR SHUTDOWN_COMPLETE'.split(
    ' ',
  );

/** `any 0x0000,0x0001:0x07/0x01` or by name; flags in hex stay as they are. */
function chunks(words: string): ListedMeaning {
  const [how = '', list = ''] = words.split(/ +/);
  const names = list.replaceAll(
    /0x([\dA-Fa-f]{4})/g,
    (word, digits: string) => CHUNKS[parseInt(digits, 16)] ?? word,
  );
  return values(how, names === '' ? 'ALL' : names);
}

function markMeaning(change: (bits: number) => readonly [value: number, mask: number]): ListedValue {
  return of(HEX, (words) => {
    const [value, mask] = change(Number(words));
    return `${hex(value)}/${hex(mask)}`;
  });
}

const DCCP_TYPES = 'REQUEST RESPONSE DATA ACK DATAACK CLOSEREQ CLOSE RESET SYNC SYNCACK INVALID'.split(' ');

/** `0,1` → `REQUEST,RESPONSE` */
function dccpTypes(words: string): string {
  return words.replaceAll(/\d+/g, (number) => DCCP_TYPES[Number(number)] ?? number);
}

/** Instructions with commas behind each → with their number before all. */
function bytecode(words: string): string {
  const program = words.split(',').filter((each) => each.trim() !== '');
  return `${program.length},${program.map((each) => each.trim()).join(',')}`;
}

function byte(bits: number): string {
  return (bits & 0xff).toString(16).padStart(2, '0');
}

/** `10.0.0.1:5` and `fd00::1:5` of TPROXY: port and address are options of their own. */
function socket(words: string): ListedMeaning {
  const colon = words.lastIndexOf(':');
  return {
    kind: 'options',
    options: [
      { name: '--on-port', values: [words.slice(colon + 1)] },
      { name: '--on-ip', values: [words.slice(0, colon)] },
    ],
  };
}

/** Of a connection's mark one mask for both, written twice. */
function twoMasks(words: string): ListedMeaning {
  const options = ['--nfmask', '--ctmask'].map((name) => ({ name, values: [words] }));
  return { kind: 'options', options };
}

/** `10.0.0.1` as it is; `anywhere` is all. */
function network(words: string): string {
  return words === 'anywhere' ? '0/0' : words.replace(/\/(?:32|255\.255\.255\.255)$/, '');
}

/** By name, as forms use them behind a colon. */
export const listedValues = {
  word: of(WORD),
  number: of('\\d+'),
  range: of('\\d+(?::\\d+)?'),
  port: of('[^ !]+', portNumbers),
  ports: of('[^ !]+', portNumbers),
  quoted: of('.*'),
  plainQuoted: of('[^"]*'),
  escaped: of(ESCAPED, (words) => words.replaceAll(/\\(.)/g, '$1')),
  comment: of('.*?'),
  flags: { pattern: `(?:${HEX}|[A-Z,]+)/(?:${HEX}|[A-Z,]+)`, read: tcpFlags },
  protocol: of(WORD, numericProtocol),
  network: of(WORD, network),
  probability: of('[\\d.]+'),
  burst: unless('\\d+', '5'),
  lastByte: unless('\\d+', '65535'),
  dashed: of('[a-z]+(?:-[a-z]+)*', (words) => words.replaceAll('-', ',')),
  twoWords: { pattern: '[^ ]+ +[^ ]+', read: (words) => values(...words.split(/ +/)) },
  icmp: of('(?:\\d+(?: +codes? +\\d+(?:-\\d+)?)?|[^ \\d!][^ ]*)', (words) => icmpType(words, 4)),
  icmp6: of('(?:\\d+(?: +codes? +\\d+(?:-\\d+)?)?|[^ \\d!][^ ]*)', (words) => icmpType(words, 6)),
  mobility: of('(?:\\d+|b(?:inding|rr|u|a|e)[a-z-]*|(?:home|careof)-test[a-z-]*)(?::\\d+)?'),
  headers: of(WORD, headerNames),
  chunks: { pattern: '(?:any|all|only) +[^ ]+', read: chunks },
  days: of('[A-Z][a-z]{2}(?:,[A-Z][a-z]{2})*'),
  monthDays: of('\\d+(?:st|nd|rd|th)?(?:,\\d+(?:st|nd|rd|th)?)*', (words) => words.replaceAll(/[a-z]/g, '')),
  date: of('\\d+-\\d+-\\d+ +\\d+:\\d+:\\d+', (words) => words.replace(/ +/, 'T')),
  bytecode: of('\\d+ \\d+ \\d+ \\d+,?(?: ?\\d+ \\d+ \\d+ \\d+,?)*', bytecode),
  markSet: markMeaning((bits) => [bits, 0xffffffff]),
  markAnd: markMeaning((bits) => [0, ~bits]),
  markOr: markMeaning((bits) => [bits, bits]),
  markXor: markMeaning((bits) => [bits, 0]),
  marks: of(`${HEX}/${HEX}`),
  mark: of(`${HEX}(?:/${HEX})?`),
  masks: { pattern: HEX, read: twoMasks },
  logFlags: { pattern: '\\d+', read: logFlags },
  logLevel: { pattern: WORD, read: logLevel },
  tosAnd: of(HEX, (words) => `0x00/0x${byte(~Number(words))}`),
  tosOr: of(HEX, (words) => `${words}/${words}`),
  tosXor: of(HEX, (words) => `${words}/0x00`),
  label: of("[^ ']+"),
  prefix: of('[^"]*?[^" ]'),
  dccpTypes: of('[A-Z0-9,-]+', dccpTypes),
  policyProtocol: of(WORD, protocolWord),
  hexString: of(`${ESCAPED}\\|${ESCAPED}`),
  delay: of(WORD, (words) => words.replace(/ms$/, '')),
  socket: { pattern: '[^ ]+:\\d+', read: socket },
  positive: of('\\d+'),
  tuple: of('(?:(?:ct|src|dst|sport|dport|spi|proto),?)+(?! +0x)', (words) => words.replace(/,$/, '')),
  bytesPerSecond: of('\\d+(?:[KM]?bit)?', bitsPerSecond),
  hexNumber: of(HEX, (words) => String(Number(words))),
  hex2: of(HEX, (words) => `0x${words.slice(2).padStart(2, '0')}`),
  hex4: of(HEX, (words) => `0x${words.slice(2).padStart(4, '0')}`),
  wideHex: of(HEX, (words) => `0x${words.slice(2).padStart(8, '0')}`),
  class: of('[\\da-f]+:[\\da-f]+', (words) => words.replaceAll(/[\da-f]+/g, (part) => part.padStart(4, '0'))),
} as const satisfies Readonly<Record<string, ListedValue>>;

export type ValueName = keyof typeof listedValues;
