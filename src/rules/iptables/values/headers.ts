/** Names and numbers of protocol headers, options and chunks, as the extensions of iptables 1.8.9 know them. */
import { lookup } from '../../../text/lookup.ts';
import { findByPrefix, fault, type Reading, readList, value } from '../../../values/reading.ts';
import { MAX_8, readNumber } from '../../../values/numbers.ts';

export const TCP_OPTIONS: ReadonlySet<string> = new Set([
  'wscale',
  'mss',
  'sack-permitted',
  'sack',
  'timestamp',
  'md5',
]);

/** `--strip-options mss,wscale,19`: by name in small letters, or 2 to 255. */
export function readTcpOptions(text: string): Reading<readonly string[]> {
  const options = readList(text, readTcpOption);
  if (options.kind === 'fault') return options;
  const twice = options.value.find((each, index) => options.value.indexOf(each) < index);
  return twice === undefined ? options : fault(`has ${twice} twice`);
}

function readTcpOption(text: string): Reading<string> {
  if (TCP_OPTIONS.has(text)) return value(text);
  const number = readNumber(text, MAX_8);
  return number.kind === 'value' && number.value > 1
    ? value(text)
    : fault('has what is no option of TCP, by name or from 2 to 255');
}

export const IPV6_HEADERS: ReadonlySet<string> = new Set(
  'hop-by-hop hop ipv6-opts dst ipv6-route route ipv6-frag frag esp auth ah ipv6-nonxt none protocol prot 0 43 44 50 51 59 60 255'.split(
    ' ',
  ),
);

/** `--header hop,dst,frag` */
export function readIPv6Headers(text: string): Reading<string> {
  const headers = text.split(',').filter((header) => header !== '');
  if (headers.length === 0) return fault('names no header');
  const wrong = headers.find((header) => !IPV6_HEADERS.has(header));
  return wrong === undefined
    ? value(text)
    : fault('has what is no header: hop, dst, route, frag, auth, esp, none, prot');
}

/** IP6T_OPTS_OPTSNR */
const MOST_OPTIONS = 16;

/** `--dst-opts 1:2,5`: types, each with a length if need be. */
export function readIPv6Options(text: string): Reading<string> {
  const options = text.split(',');
  if (options.length > MOST_OPTIONS) return fault(`has more than ${MOST_OPTIONS} options`);
  const wrong = options.find(
    (option) => !/^[-+]?(?:0x[\da-f]+|\d+)(?::[-+]?(?:0x[\da-f]+|\d+))?$/i.test(option),
  );
  if (wrong !== undefined) return fault('is not a list of options such as 1,5:2');
  return options.some((option) => /^0+:/.test(option))
    ? fault('gives PAD0 (0) a length, which it has not')
    : value(text);
}

export const MOBILITY = (
  'binding-refresh-request brr home-test-init hoti careof-test-init coti home-test hot careof-test cot binding-update bu ' +
  'binding-acknowledgement ba binding-error be'
).split(' ');

/** `--mh-type bu`, `0:2`; a beginning of a name is enough. */
export function readMobilityTypes(text: string): Reading<string> {
  const ends = text.split(':');
  const numbers = ends.map((end, index) => mobilityType(end, index === 0 ? 0 : MAX_8));
  const [from = null, to = from] = numbers;
  if (ends.length > 2 || from === null || to === null)
    return fault('is not a type of mobility header, or a range of them');
  return from > to ? fault('ends before it begins') : value(text);
}

/** Of names their order does, which is that of the numbers; null for none. */
function mobilityType(text: string, otherwise: number): number | null {
  if (text === '') return otherwise;
  const named = findByPrefix(MOBILITY, text);
  if (named !== null) return Math.floor(MOBILITY.indexOf(named) / 2);
  const number = readNumber(text, MAX_8);
  return number.kind === 'value' ? number.value : null;
}

export const CHUNKS: ReadonlySet<string> = new Set(
  (
    'DATA INIT INIT_ACK SACK HEARTBEAT HEARTBEAT_ACK ABORT SHUTDOWN SHUTDOWN_ACK ERROR COOKIE_ECHO COOKIE_ACK ECN_ECNE ECN_CWR ' +
    'SHUTDOWN_COMPLETE I_DATA RE_CONFIG PAD ASCONF ASCONF_ACK FORWARD_TSN I_FORWARD_TSN'
  ).split(' '),
);
/** Letters of the flags that a chunk may have. */
const FLAGS: Readonly<Record<string, RegExp>> = lookup({
  DATA: /^[IUBE]*$/i,
  I_DATA: /^[IUBE]*$/i,
  ABORT: /^T*$/i,
  SHUTDOWN_COMPLETE: /^T*$/i,
});

/** `--chunk-types any DATA:Be,INIT`: the first word, and the second. */
export function readChunkTypes(text: string, index: number): Reading<string> {
  if (index === 0) return /^(?:any|all|only)$/i.test(text) ? value(text) : fault('is none of any, all, only');
  if (/^(?:all|none)$/i.test(text)) return value(text);
  for (const chunk of text.split(',').filter((each) => each !== '')) {
    const [name = '', flags = ''] = chunk.toUpperCase().split(':');
    if (!CHUNKS.has(name))
      return fault(`has ${chunk.slice(0, 40)}, which is no chunk of SCTP, such as DATA or INIT`);
    if (flags !== '' && FLAGS[name]?.test(flags) !== true) return fault(`has flags that ${name} has not`);
  }
  return value(text);
}
