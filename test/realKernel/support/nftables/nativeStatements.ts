/** What the rules of the native judge do: changes, look-ups, verdicts, translations. With a counter where only comes what all of the rule has matched. */
import { headerOf, hostOf, hostsOf, type NativePlace, netOf, portOf, portsOf } from './nativePlace.ts';
import type { Make } from './nativeMatches.ts';
import { writeEnds } from './randomStatements.ts';

const choose =
  (...makes: readonly (string | Make)[]): Make =>
  (place) => {
    const made = place.random.pick(makes);
    return typeof made === 'string' ? made : made(place);
  };

/** Any change that nft lists, but for those that make another packet of it than the flow tells. */
const rareChange: Make = ({ random, family }) =>
  random.pick([
    ...writeEnds(family === 6).filter((each) => !/^(?:@nh|ether )/.test(each)),
    'queue num 5',
    'queue flags bypass to 1-3',
    'log group 2 snaplen 256 queue-threshold 20',
    'log prefix "x" flags tcp sequence,options flags skuid',
    'log level audit',
  ]);

const change = choose(
  rareChange,
  rareChange,
  'meta mark set 0x1',
  'meta mark set 0x4',
  'meta mark set meta mark | 0x2',
  'meta mark set meta mark & 0xfffffff1 | 0x10',
  'meta mark set meta mark ^ 0x3',
  'ct mark set 0x2',
  'ct mark set meta mark',
  'ct mark set ct mark | 0x1',
  'meta mark set ct mark',
  'meta mark set ct mark & 0x3',
  'meta mark set numgen inc mod 2',
  (at) => `meta mark set jhash ${headerOf(at)} saddr mod 4 seed 0x1 offset 16`,
  (at) => `${headerOf(at)} dscp set ${at.random.pick(['cs1', 'af11', 'cs0'])}`,
  (at) => `${headerOf(at)} ${at.family === 4 ? 'ttl' : 'hoplimit'} set ${at.random.pick([33, 2, 64])}`,
  (at) => `${headerOf(at)} ${at.random.pick(['saddr', 'daddr'])} set ${hostOf(at)}`,
  (at) => `${at.random.pick(['tcp', 'udp'])} ${at.random.pick(['dport', 'sport'])} set ${portOf(at)}`,
  'notrack',
  (at) => `${at.random.pick(['add', 'update'])} @seen { ${headerOf(at)} saddr }`,
  (at) => `update @seen { ${headerOf(at)} daddr timeout 60s }`,
  (at) => `delete @seen { ${headerOf(at)} saddr }`,
  'meta priority set 1:2',
  'log prefix "x"',
  (at) =>
    `${at.random.pick(['add', 'update'])} @rates { ${headerOf(at)} saddr limit rate over ${at.random.pick(['1/hour burst 1 packets', '9000/second burst 9000 packets'])} }`,
  (at) => `add @rates { ${headerOf(at)} daddr limit rate 2/hour burst 2 packets }`,
  (at) => `add @tallies { ${headerOf(at)} saddr . meta l4proto ct count over ${at.random.pick([0, 1, 2])} }`,
  (at) => `add @tallies { ${headerOf(at)} saddr . meta l4proto counter }`,
  (at) => `update @tallies { ${headerOf(at)} daddr . meta l4proto quota over 60 bytes }`,
  (at) => `update @learned { ${headerOf(at)} saddr : ${at.random.pick(['0x1', '0x4', 'meta mark'])} }`,
  'counter name "seen"',
  (at) => `counter name tcp dport map { 80 : "seen", ${portOf(at)} : "seen" }`,
  'limit name "wide"',
  'limit name "narrow"',
  'quota name "much"',
  'quota name "little"',
);

/** Rules that end here have no counter: one before the look-up would count what finds nothing. */
const lookUp = choose(
  (at) => `${headerOf(at)} daddr . tcp dport vmap @verdicts`,
  (at) => `${headerOf(at)} ${at.random.pick(['saddr', 'daddr'])} vmap @chains`,
  'tcp dport vmap { 22 : continue, 80-443 : jump u1, 8080 : return }',
  'meta l4proto vmap { tcp : jump u1, udp : continue }',
  'iifname vmap { "eth0" : jump u1, "cni0" : goto u0, "lo" : accept }',
  'oifname vmap { "eth*" : jump u1, "cni0" : goto u0 }',
  'ct state vmap { new : jump u1, established : accept, invalid : continue }',
  'meta mark vmap { 0x0 : jump u1, 0x1-0x4 : goto u0 }',
  'fib daddr type vmap { local : jump u1, unicast : goto u0 }',
  'numgen random mod 2 vmap { 0 : jump u1, 1 : continue }',
  (at) => `jhash ${headerOf(at)} saddr mod 3 seed 0x7 vmap { 0 : jump u1, 1 : goto u0 }`,
  (at) => `meta l4proto . th dport vmap { tcp . 80 : jump u1, udp . ${portOf(at)} : goto u0 }`,
  (at) => `${headerOf(at)} saddr . ${headerOf(at)} daddr vmap { ${netOf(at)} . ${hostOf(at)} : jump u1 }`,
  (at) => `${headerOf(at)} daddr vmap { ${netOf(at)} : jump u1, * : jump u0 }`,
  'meta l4proto . th dport vmap @ranges',
  (at) => `${headerOf(at)} saddr . meta l4proto . th dport vmap @routes`,
  (at) => `meta mark set ${headerOf(at)} ${at.random.pick(['saddr', 'daddr'])} map @learned counter`,
  (at) =>
    `ct original ${headerOf(at)} saddr . ct original proto-dst vmap { ${hostOf(at)} . ${portOf(at)} : jump u1 }`,
  'fib daddr . iif type vmap { local : jump u1, unicast : goto u0 }',
  'meta mark set tcp dport map @marks counter',
  (at) =>
    `meta mark set ${headerOf(at)} ${at.random.pick(['saddr', 'daddr'])} . tcp dport map @spans counter`,
  'ct mark set tcp dport map @marks counter',
  (at) => `meta mark set ${headerOf(at)} saddr map @nmarks counter`,
  (at) =>
    `meta mark set ${headerOf(at)} daddr . meta l4proto map { ${hostOf(at)} . tcp : 0x1, ${hostOf(at)} . udp : 0x4 } counter`,
);

const refusal: Make = ({ random, hook, family }) =>
  hook === 'postrouting'
    ? 'drop'
    : random.pick([
        'drop',
        'reject',
        'reject with icmpx admin-prohibited',
        'reject with tcp reset',
        family === 4 ? 'reject with icmp host-unreachable' : 'reject with icmpv6 addr-unreachable',
      ]);

function sourceTranslation(place: NativePlace, of: string): string {
  const { random, family, hook } = place;
  const own = family === 4 ? '192.168.0.2' : 'fd00:192:168::2';
  const makes: readonly (() => string)[] = [
    () => `counter snat${of} to ${own}`,
    () => `counter snat${of} to ${family === 4 ? '10.244.1.1' : 'fd00:10:244:1::1'}`,
    () => `meta l4proto tcp counter snat${of} to ${family === 4 ? own : `[${own}]`}:2000-2009`,
    () => `snat${of} to ${headerOf(place)} saddr map { ${hostOf(place)} : ${own} }`,
    () => `counter snat${of} to ${own} persistent`,
  ];
  const masquerades = [
    'counter masquerade',
    'counter masquerade',
    'counter masquerade fully-random',
    'meta l4proto tcp counter masquerade to :3000-3009',
  ];
  return hook === 'postrouting' && random.chance(0.5) ? random.pick(masquerades) : random.pick(makes)();
}

function destinationTranslation(place: NativePlace, of: string): string {
  const { random, family } = place;
  const header = headerOf(place);
  const host = hostOf(place);
  const [key = '', one = '', other = ''] = hostsOf(place, 3);
  const [port = 0, second = 0] = portsOf(place, 2);
  const withPort = family === 4 ? `${host}:8080` : `[${host}]:8080`;
  const makes: readonly (() => string)[] = [
    () => `counter dnat${of} to ${host}`,
    () => `meta l4proto tcp counter dnat${of} to ${withPort}`,
    () => `dnat${of} to ${header} daddr map { ${key} : ${one}, ${other} : ${one} }`,
    () => `dnat${of} to numgen random mod 2 map { 0 : ${one}, 1 : ${other} }`,
    () => `counter dnat${of} to jhash ${header} saddr mod 2 seed 0x5 map { 0 : ${one}, 1 : ${other} }`,
    () =>
      `dnat${of} addr . port to ${header} daddr . tcp dport map { ${key} . ${port} : ${one} . ${second}, ${other} . ${second} : ${key} . ${port} }`,
    () => `meta l4proto { tcp, udp } dnat${of} to ${header} daddr . th dport map @translations`,
    () => 'counter redirect',
    () => `meta l4proto ${random.pick(['tcp', 'udp', '{ tcp, udp }'])} counter redirect to :${portOf(place)}`,
    () => `redirect to :tcp dport map { 80 : 8080, 443 : ${port} }`,
    () =>
      `counter dnat${of} to ${family === 4 ? '10.244.1.5-10.244.1.7' : 'fd00:10:244:1::5-fd00:10:244:1::7'}`,
  ];
  return random.pick(makes)();
}

function translation(place: NativePlace): string {
  const isInet = place.table.startsWith('inet');
  const of = isInet ? ` ${headerOf(place)}` : '';
  const isSource = place.hook === 'input' || place.hook === 'postrouting';
  return isSource ? sourceTranslation(place, of) : destinationTranslation(place, of);
}

const VERDICTS: Readonly<Record<string, readonly string[]>> = {
  u1: ['return', 'accept', 'continue', ''],
  u0: ['jump u1', 'goto u1', 'return', 'accept', ''],
};
const OTHERS = ['jump u0', 'jump u0', 'goto u0', 'jump u1', 'goto u1', 'accept', 'return', 'continue', ''];

/** The end of a rule of this chain. */
export function nativeEnding(place: NativePlace, chain: string): string {
  const { random, type } = place;
  if (type === 'nat' && random.chance(0.6)) return translation(place);
  if (chain !== 'u1' && chain !== 'u0' && random.chance(0.2)) return lookUp(place);
  if (random.chance(0.35)) return `${change(place)} counter`;
  if (type !== 'nat' && random.chance(0.05)) return `counter ${refusal(place)}`;
  return `counter ${random.pick(VERDICTS[chain] ?? OTHERS)}`;
}
