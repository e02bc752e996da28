/** Words of selectors: headers and their fields, keys of `meta` and `ct`, `fib`, and what a value is compared with. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import {
  ctKeys,
  fibFlags,
  fibResults,
  metaKeys,
  rtKeys,
  socketKeys,
  unqualifiedKeys,
} from '../../../rules/nftables/catalogue/keys.ts';
import { extensionHeaders, payloads } from '../../../rules/nftables/catalogue/payloads.ts';
import { typeMeanings } from '../typeMeanings.ts';
import type { Offer } from './offers.ts';
import { sampleOf } from './samples.ts';

const { Property } = CompletionItemKind;

/** Keys that `set` writes. */
const written: ReadonlySet<string> = new Set(
  'meta mark|meta priority|meta nftrace|meta pkttype|ct mark|ct zone|ct label|ct helper|ct timeout|ct expectation'.split(
    '|',
  ),
);

export function isWritten(selector: string): boolean {
  return (
    written.has(selector) ||
    written.has(`meta ${selector}`) ||
    /^(?:(?:ether|ip6?|tcp|udp) (?!option )|(?:maxseg|mss) size)/u.test(selector)
  );
}

function property(text: string, type: string | undefined, tail: string | null): Offer {
  const detail = type === undefined ? undefined : typeMeanings[type];
  return { text, kind: Property, tail, ...(detail === undefined ? {} : { detail }) };
}

function keyed(keys: ReadonlyMap<string, string>): readonly Offer[] {
  return [...keys].map(([key, type]) => property(key, type, sampleOf(type)));
}

/** In the manual of nft, and not read by it. */
const unread: ReadonlySet<string> = new Set([
  'srh seg-left',
  'icmpv6 packet-too-big',
  'icmpv6 parameter-problem',
]);

function fieldsOf(header: string): readonly Offer[] {
  const fields = payloads.get(header) ?? extensionHeaders.get(header) ?? new Map<string, never>();
  const found = [...fields.values()]
    .filter(({ name }) => !unread.has(`${header} ${name}`))
    .map(({ name, type }) => property(name, type, sampleOf(type)));
  if (header === 'ip' || header === 'tcp')
    return [...found, property('option', undefined, header === 'ip' ? 'rr exists' : 'maxseg exists')];
  return extensionHeaders.has(header) ? [...found, property('exists', 'boolean', '')] : found;
}

/** A selector's first words, each with what makes a whole one of it. */
export function selectorStarts(): readonly Offer[] {
  const headers = [...payloads, ...extensionHeaders].flatMap(([header, fields]) => {
    const [first] = [...fields.values()].filter(({ type }) => sampleOf(type) !== null);
    return first === undefined ? [] : property(header, undefined, `${first.name} ${sampleOf(first.type)}`);
  });
  const keys = [...unqualifiedKeys].map((key) =>
    property(key, metaKeys.get(key), sampleOf(metaKeys.get(key))),
  );
  return [
    property('meta', undefined, 'mark 1'),
    property('ct', undefined, 'state new'),
    property('fib', undefined, 'daddr type local'),
    property('rt', undefined, 'classid 1'),
    property('socket', undefined, 'transparent 1'),
    property('numgen', undefined, 'random mod 2 0'),
    property('symhash', undefined, 'mod 2 0'),
    ...keys,
    ...headers,
  ];
}

const ofDirections: Readonly<Record<string, string>> = {
  'ip saddr': 'ipv4_addr',
  'ip daddr': 'ipv4_addr',
  'ip6 saddr': 'ipv6_addr',
  'ip6 daddr': 'ipv6_addr',
  'proto-src': 'inet_service',
  'proto-dst': 'inet_service',
  zone: 'integer',
  protocol: 'inet_proto',
  l3proto: 'nf_proto',
  bytes: 'integer',
  packets: 'integer',
  avgpkt: 'integer',
};

/** `ct` asks for some keys only with a direction, and counts only what is added to a set. */
export const notAlone: ReadonlySet<string> = new Set([
  'saddr',
  'daddr',
  'proto-src',
  'proto-dst',
  'protocol',
  'count',
]);

function ctWords(): readonly Offer[] {
  const keys = [...ctKeys].filter(([key]) => !notAlone.has(key));
  return [
    ...keys.map(([key, type]) => property(key, type, key === 'event' ? 'set new' : sampleOf(type))),
    property('count', undefined, 'over 1'),
    property('timeout', undefined, null),
    property('expectation', undefined, null),
    property('original', undefined, 'bytes 1'),
    property('reply', undefined, 'bytes 1'),
  ];
}

/** `fib saddr .` → what is joined to it; `fib saddr` → what is asked of it. */
function fibWords(told: string): readonly Offer[] | null {
  const found =
    /(?:^| )fib((?: (?:saddr|daddr|mark|iif|oif)(?: \. (?:saddr|daddr|mark|iif|oif))*(?: \.)?)?)$/u.exec(
      told,
    );
  if (found === null) return null;
  const had = (found[1] ?? '').split(' ').filter((each) => each !== '' && each !== '.');
  const flags = [...fibFlags].filter((flag) => !had.includes(flag));
  const addressed = had.includes('saddr') || had.includes('daddr');
  if (had.length === 0 || told.endsWith('.')) {
    const needed = flags.filter(
      (flag) => addressed || flag === 'saddr' || flag === 'daddr' || had.length === 0,
    );
    const not = had.includes('saddr') ? 'daddr' : had.includes('daddr') ? 'saddr' : '';
    return needed
      .filter((flag) => flag !== not)
      .map((flag) =>
        property(flag, undefined, /addr/u.test(flag) || addressed ? 'type local' : '. daddr type local'),
      );
  }
  const results = [...fibResults].map(([key, type]) =>
    property(key, type, key === 'oif' || key === 'oifname' ? 'missing' : sampleOf(type)),
  );
  return addressed
    ? [...results, property('.', undefined, 'mark type local')]
    : [property('.', undefined, 'daddr type local')];
}

/** What follows a word that begins a selector; null where none stands before the cursor. */
export function selectorWords(told: string): readonly Offer[] | null {
  if (/ (?:set rt|rt ip6?)$|(?:^| )reset tcp$/u.test(told)) return null;
  const fib = fibWords(told);
  if (fib !== null) return fib;
  if (/(?:^| )ct$/u.test(told)) return ctWords();
  if (/(?:^| )ct (?:original|reply)$/u.test(told))
    return Object.entries(ofDirections).map(([text, type]) => property(text, type, sampleOf(type)));
  const directed = /(?:^| )ct (?:original|reply) (ip6?)$/u.exec(told);
  if (directed !== null)
    return ['saddr', 'daddr'].map((text) =>
      property(text, undefined, sampleOf(directed[1] === 'ip' ? 'ipv4_addr' : 'ipv6_addr')),
    );
  if (/(?:^| )meta$/u.test(told)) return keyed(metaKeys);
  if (/(?:^| )socket$/u.test(told)) return keyed(socketKeys);
  if (/(?:^| )rt$/u.test(told))
    return [
      ...keyed(rtKeys).filter(({ text }) => text !== 'nexthop'),
      property('ip nexthop', 'ipv4_addr', '10.0.0.1'),
      property('ip6 nexthop', 'ipv6_addr', 'fd00::1'),
      ...fieldsOf('rt'),
    ];
  const header = /(?:^| )([a-z]\w*)$/u.exec(told)?.[1] ?? '';
  const isHeader = payloads.has(header) || extensionHeaders.has(header);
  return isHeader &&
    !/(?:(?:with|(?<!status (?:[!=]= )?)(?:dnat|snat)|tproxy|flags|protocol|l4proto|nexthdr|type) |[,{=] )\w+$/u.test(
      told,
    )
    ? fieldsOf(header)
    : null;
}

/** Whether what `first` begins may be of the type; so may all where that is not known. */
export function mayReadType(first: string, type: string | undefined): boolean {
  if (type === undefined || first === 'meta' || first === 'ct') return true;
  const fields = payloads.get(first) ?? extensionHeaders.get(first);
  if (fields !== undefined) return [...fields.values()].some((field) => field.type === type);
  return metaKeys.get(first) === type;
}
