/** What follows the words of a statement that are not selectors: `limit rate`, `log prefix "x"`, `reject with`. */
import { constantsOfTypes, logLevels } from '../../../rules/nftables/catalogue/constants.ts';
import { tcpOptions } from '../../../rules/nftables/catalogue/keys.ts';
import type { Written } from './offers.ts';

/** `may`: the words before are whole without it; nothing else fits otherwise. */
type Phrase = readonly [
  behind: RegExp,
  written: (found: RegExpExecArray, family: string) => readonly Written[],
  need?: 'may',
];

const RATES = ['1/second', '5/second', '10/second', '5/minute', '10/minute', '1/hour'];
const UNITS = ['second', 'minute', 'hour', 'day', 'week'];
const BYTES = ['bytes', 'kbytes', 'mbytes'];
const BYTE_RATES = BYTES.flatMap((each) => [`${each}/second`, `${each}/minute`]);
const NAT_FLAGS = ['random', 'fully-random', 'persistent'];

/** What `log` may be told, and what each is told with; those of the kernel's log stand not with those of a group. */
const logOptions: readonly (readonly [name: string, sample: string, not: RegExp])[] = [
  ['prefix', '"x"', / level audit(?: |$)/u],
  ['level', 'info', / (?:group|snaplen|queue-threshold) /u],
  ['flags', 'all', / (?:group|snaplen|queue-threshold) | level audit(?: |$)/u],
  ['group', '1', / (?:level|flags) /u],
  ['snaplen', '64', / (?:level|flags) /u],
  ['queue-threshold', '1', / (?:level|flags) /u],
];

function logWords(told: string): readonly Written[] {
  return logOptions
    .filter(([name, , not]) => !told.includes(` ${name} `) && !not.test(told))
    .map(([name, sample]): Written => [name, sample]);
}

function addressOf(family: string): string {
  return family === 'ip6' ? 'fd00::1' : '10.0.0.1';
}

/** `dnat`, `dup`: with the family where the table is of both. */
function towards(family: string, tail = ''): readonly Written[] {
  if (family !== 'inet' && family !== 'bridge' && family !== 'netdev')
    return ['to', `${family} to`].map((each): Written => [each, `${addressOf(family)}${tail}`]);
  return [
    ['to', `10.0.0.1${tail}`],
    ['ip to', `10.0.0.1${tail}`],
    ['ip6 to', `fd00::1${tail}`],
  ];
}

function rejectWords(family: string): readonly Written[] {
  const ofOne: Readonly<Record<string, readonly string[]>> = { ip: ['icmp'], ip6: ['icmpv6'] };
  const kinds = ofOne[family] ?? ['icmpx', 'icmp', 'icmpv6'];
  return [...kinds.map((kind): Written => [kind, 'port-unreachable']), 'tcp reset'];
}

/** Those of `flags` that are not there yet. */
function lacking(told: string): readonly string[] {
  return NAT_FLAGS.filter((flag) => !told.split(/[ ,]+/u).includes(flag));
}

const optionFields: Readonly<Record<string, readonly string[]>> = {
  maxseg: ['size'],
  mss: ['size'],
  window: ['count'],
  timestamp: ['tsval', 'tsecr'],
  sack: ['left', 'right'],
  mptcp: ['subtype'],
};

/** `log prefix "x" level info` */
const LOG_SO_FAR =
  /(?:^| )log(?: prefix (?:"[^"]*"|\S+)| level \w+| (?:group|snaplen|queue-threshold) \d+| flags \w+(?: (?:sequence|options))?(?: , \w+)*)*$/u;

/** `dnat to 10.0.0.1`: what is translated to is written to its end. */
const TARGET_ENDS = String.raw`(?:[\d\]}]|@[\w./-]+|\b[\da-f]*::[\da-f:]*)`;
const MARKED = /(?:^| )(?:meta|ct) mark set$/u;

const ofStatements: readonly Phrase[] = [
  [/(?:^| )limit$/u, () => [['rate', '1/second']]],
  [/(?:^| )limit rate$/u, () => [['over', '1/second'], ...RATES]],
  [/(?:^| )limit rate over$/u, () => RATES],
  [/ rate (?:over )?\d+ \/$/u, () => UNITS],
  [/ rate (?:over )?\d+$/u, () => BYTE_RATES],
  [/ rate (?:over )?\d+ \/ \w+$/u, () => [['burst', '5 packets']], 'may'],
  [/ rate (?:over )?\d+ [km]?bytes ?\/ ?\w+$/u, () => [['burst', '5 kbytes']], 'may'],
  [/ rate (?:over )?\d+ (?:[km]?bytes ?)?\/ ?\w+ burst$/u, () => []],
  [/ rate (?:over )?\d+ \/ \w+ burst \d+$/u, () => ['packets']],
  [/ rate (?:over )?\d+ [km]?bytes ?\/ ?\w+ burst \d+$/u, () => BYTES],
  [/(?:^| )counter$/u, () => [['packets', '0 bytes 0']], 'may'],
  [/(?:^| )counter packets$/u, () => []],
  [/(?:^| )counter packets \d+$/u, () => [['bytes', '0']]],
  [
    /(?:^| )quota$/u,
    () => [
      ['over', '1 mbytes'],
      ['until', '1 mbytes'],
    ],
  ],
  [/(?:^| )quota (?:over|until)$/u, () => []],
  [/(?:^| )quota (?:over |until )?\d+$/u, () => BYTES],
  [/(?:^| )synproxy$/u, () => [['mss', '1460'], ['wscale', '7'], 'timestamp', 'sack-perm'], 'may'],
  [/(?:^| )log (?:.* )?flags tcp$/u, () => ['sequence', 'options', 'sequence,options']],
  [/(?:^| )log (?:.* )?flags ip$/u, () => ['options']],
  [LOG_SO_FAR, ({ 0: told }) => logWords(`${told} `), 'may'],
  [
    /(?:^| )log (?:.* )?level$/u,
    ({ 0: told }) => logLevels.filter((each) => each !== 'audit' || !told.includes(' prefix ')),
  ],
  [/(?:^| )log (?:.* )?flags$/u, () => ['all', 'skuid', 'ether', ['tcp', 'sequence'], ['ip', 'options']]],
  [/(?:^| )log (?:.* )?(?:prefix|group|snaplen|queue-threshold)$/u, () => []],
  [
    /(?:^| )reject$/u,
    (_, family) => [['with', family === 'ip6' ? 'icmpv6 port-unreachable' : 'icmp port-unreachable']],
    'may',
  ],
  [/(?:^| )reject with$/u, (_, family) => rejectWords(family)],
  [/(?:^| )reject with tcp$/u, () => ['reset']],
  [
    /(?:^| )reject with (icmpx?|icmpv6)(?: type)?$/u,
    ({ 1: kind }) => [...(constantsOfTypes.get(`${kind}_code`)?.keys() ?? [])],
  ],
  [/(?:^| )reset$/u, () => [['tcp option', 'sack-perm']]],
  [/(?:^| )reset tcp option$/u, () => [...tcpOptions]],
  [
    /(?:^| )queue$/u,
    () => [
      ['num', '0'],
      ['to', '0'],
      ['flags', 'bypass to 0'],
    ],
    'may',
  ],
  [
    /(?:^| )queue flags$/u,
    () => [
      ['bypass', 'to 0'],
      ['bypass,fanout', 'to 0-3'],
    ],
  ],
  [/(?:^| )queue flags [\w ,]+$/u, () => [['to', '0']]],
];

const ofTranslation: readonly Phrase[] = [
  [/(?:^| )(?<!ct status (?:[!=]= )?)(?:dnat|snat)$/u, (_, family) => towards(family)],
  [
    /(?:^| )(?<!ct status (?:[!=]= )?)(?:dnat|snat) (ip6?)$/u,
    ({ 1: family = '' }) => [['to', addressOf(family)]],
  ],
  [
    /(?:^| )(?<!ct status (?:[!=]= )?)(?:dnat|snat) (?:ip6? )?to$/u,
    () => [
      ['numgen', null],
      ['jhash', null],
    ],
  ],
  [
    new RegExp(
      `(?:^| )(?<!ct status (?:[!=]= )?)(?:dnat|snat) (?:ip6? )?to .*${TARGET_ENDS}(?: [\\w-]+)?$`,
      'u',
    ),
    ({ 0: told }) => lacking(told),
    'may',
  ],
  [/(?:^| )(?:masquerade|redirect)$/u, () => [['to', ':8080'], ...NAT_FLAGS], 'may'],
  [/(?:^| )(?:masquerade|redirect) to(?: :)?$/u, () => []],
  [/(?:^| )(?:masquerade|redirect) (?:.*\d|[\w ,-]+)$/u, ({ 0: told }) => lacking(told), 'may'],
  [/(?:^| )tproxy$/u, (_, family) => towards(family, ':80')],
  [
    /(?:^| )tproxy (ip6?)$/u,
    ({ 1: family = '' }) => [['to', family === 'ip6' ? '[fd00::1]:80' : '10.0.0.1:80']],
  ],
  [/(?:^| )tproxy (?:ip6? )?to(?: :)?$/u, () => []],
  [/(?:^| )dup$/u, (_, family) => [['to', family === 'netdev' ? '"lo"' : addressOf(family)]]],
  [/(?:^| )dup to \S+$/u, () => [['device', '"lo"']], 'may'],
  [/(?:^| )fwd$/u, () => [['to', '"lo"']]],
];

const ofValues: readonly Phrase[] = [
  [/ size set rt$/u, () => ['mtu']],
  [/ (?:maxseg|mss) size set$/u, () => [['rt', 'mtu']]],
  [/(?:^| )rt (ip6?)$/u, ({ 1: family = '' }) => [['nexthop', addressOf(family)]]],
  [/(?:^| )reset tcp$/u, () => [['option', 'sack-perm']]],
  [MARKED, () => ['meta mark', 'ct mark', ['numgen', null], ['jhash', null]]],
  [
    /(?:^| )numgen$/u,
    () => [
      ['random', null],
      ['inc', null],
    ],
  ],
  [/(?:^| )numgen (?:random|inc)$/u, () => [['mod', null]]],
  [/(?:^| )(?:numgen (?:random|inc)|jhash .+|symhash) mod$/u, () => []],
  [
    / (?:to|set) numgen (?:random|inc) mod \d+$/u,
    () => [
      ['offset', '1'],
      ['map', null],
    ],
    'may',
  ],
  [
    / (?:to|set) jhash .+ mod \d+$/u,
    () => [
      ['seed', '1'],
      ['offset', '1'],
      ['map', null],
    ],
    'may',
  ],
  [
    /(?:^| )numgen (?:random|inc) mod \d+$/u,
    () => [
      ['offset', '1 1'],
      ['vmap', '{ 0 : continue }'],
    ],
  ],
  [
    /(?:^| )jhash .+ mod \d+$/u,
    () => [
      ['seed', '1 1'],
      ['offset', '1 1'],
      ['vmap', '{ 0 : continue }'],
    ],
  ],
  [
    /(?:^| )symhash mod \d+$/u,
    () => [
      ['offset', '1 1'],
      ['vmap', '{ 0 : continue }'],
    ],
  ],
  [
    /(?:^| )jhash (?!.* mod(?: |$)).*(?:[sd]addr|[sd]port|mark)$/u,
    () => [
      ['mod', '2 1'],
      ['.', null],
    ],
  ],
  [/(?:^| )symhash$/u, () => [['mod', '2 1']]],
  [/(?:^| )(?<!reset )tcp option$/u, () => [...tcpOptions].map((each): Written => [each, 'exists'])],
  [/(?:^| )(?<!reset )tcp option ([\w-]+)$/u, ({ 1: name = '' }) => optionWords(name)],
  [/(?:^| )ip option$/u, () => ['lsrr', 'ra', 'rr', 'ssrr'].map((each): Written => [each, 'exists'])],
  [/(?:^| )ip option (lsrr|ra|rr|ssrr)$/u, ({ 1: name }) => ipOptionWords(name ?? '')],
  [
    /(?:^| )arp [sd]addr$/u,
    () => [
      ['ip', '10.0.0.1'],
      ['ether', '02:00:00:00:00:01'],
    ],
  ],
  [/(?:^| )ct count$/u, () => [['over', '1']]],
  [/(?:^| )ct (?:timeout|expectation)$/u, () => [['set', null]]],
  [/(?:^| )socket cgroupv2$/u, () => [['level', null]]],
];

const phrases: readonly Phrase[] = [...ofStatements, ...ofTranslation, ...ofValues];

function ipOptionWords(name: string): readonly Written[] {
  const [pointer, last] = name === 'ra' ? ['value', '1'] : ['addr', '10.0.0.1'];
  const fields = name === 'ra' ? [] : [['ptr', '1'] as const];
  return ['exists', 'missing', ['type', '1'], ['length', '1'], ...fields, [pointer, last]];
}

function optionWords(name: string): readonly Written[] {
  if (name === 'eol' || name === 'nop') return ['exists', 'missing'];
  const fields = ['length', ...(optionFields[name] ?? [])];
  return ['exists', 'missing', ...fields.map((each): Written => [each, '1'])];
}

export interface Found {
  readonly words: readonly Written[];
  /** Whether nothing else may follow. */
  readonly isNeeded: boolean;
}

/** Null where the words are none of these. */
export function phraseWords(told: string, family: string): Found | null {
  for (const [behind, written, need] of phrases) {
    const found = behind.exec(told);
    if (found !== null) return { words: written(found, family), isNeeded: need !== 'may' };
  }
  return null;
}
