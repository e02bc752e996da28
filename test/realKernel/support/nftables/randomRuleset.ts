/** Random rulesets of nftables, a statement a line, for `nft -f`: what is refused can be left out line by line. */
import type { Random } from '../random.ts';
import { address4, address6 } from './randomMatches.ts';
import { type ChainKind, type Family, randomRule } from './randomStatements.ts';

const kinds: readonly ChainKind[] = [
  ...(['prerouting', 'input', 'forward', 'output', 'postrouting'] as const).map(
    (hook) => ({ name: `f_${hook}`, type: 'filter', hook }) as const,
  ),
  ...(['prerouting', 'input', 'output', 'postrouting'] as const).map(
    (hook) => ({ name: `n_${hook}`, type: 'nat', hook }) as const,
  ),
  { name: 'r_output', type: 'route', hook: 'output' },
  { name: 'service-ABCDEF-ns/svc/tcp/http__10.1.2.3/80', type: null, hook: null },
  { name: 'plain_1', type: null, hook: null },
];

const priorities: readonly string[] = [
  'raw',
  'mangle',
  'filter',
  'security',
  'filter + 7',
  'mangle - 10',
  '-7',
  '300',
  '0',
  'filter - 100',
];

/** `table` and `add …` lines of one table. */
export function randomTable(random: Random, family: Family, name: string): readonly string[] {
  const table = `${family} ${name}`;
  const lines = [`add table ${table}${random.chance(0.3) ? ' { comment "of mine" ; }' : ''}`];
  for (const kind of kinds) lines.push(`add chain ${table} ${kind.name}${headOf(random, kind)}`);
  lines.push(...definitions(random, table, family));
  for (const kind of kinds) {
    const count = 3 + random.below(7);
    for (let index = 0; index < count; index += 1) {
      lines.push(`add rule ${table} ${kind.name} ${randomRule(random, family, kind)}`);
    }
  }
  return lines;
}

function headOf(random: Random, { type, hook }: ChainKind): string {
  const comment = random.chance(0.2) ? ' comment "it is so" ;' : '';
  if (type === null || hook === null) return comment === '' ? '' : ` {${comment} }`;
  const named =
    type === 'nat'
      ? random.pick([
          hook === 'prerouting' ? 'dstnat' : '-100',
          hook === 'postrouting' ? 'srcnat + 5' : '100',
          '7',
        ])
      : random.pick(priorities);
  const policy = random.chance(0.5) ? ` policy ${random.pick(['accept', 'accept', 'drop'])} ;` : '';
  return ` { type ${type} hook ${hook} priority ${named} ;${policy}${comment} }`;
}

function definitions(random: Random, table: string, family: Family): readonly string[] {
  const isSix = family === 'ip6';
  const address = isSix ? address6 : address4;
  const type = isSix ? 'ipv6_addr' : 'ipv4_addr';
  const net = isSix ? 'fd00:5::/32' : '203.0.113.0/24';
  const field = isSix ? 'ip6 saddr' : 'ip saddr';
  return [
    `add counter ${table} http { packets ${random.below(10)} bytes ${random.below(9999)} ; }`,
    `add quota ${table} much { over 10 mbytes ; }`,
    `add quota ${table} some { 5 kbytes used 3 bytes ; comment "a quota" ; }`,
    `add limit ${table} slow { rate 5/second burst 9 packets ; }`,
    `add limit ${table} wide { rate over 10 mbytes/minute ; }`,
    `add synproxy ${table} syn { mss 1460 ; wscale 7 ; timestamp sack-perm ; }`,
    `add ct helper ${table} ftp1 { type "ftp" protocol tcp ; }`,
    `add ct timeout ${table} fast { protocol tcp ; policy = { established : 100, close : 4 } ; }`,
    `add ct expectation ${table} more { protocol udp ; dport 9876 ; timeout 2m ; size 12 ; l3proto ${isSix ? 'ip6' : 'ip'} ; }`,
    `add set ${table} hosts { type ${type} ; ${random.pick(['', 'size 99 ; ', 'counter ; ', 'policy memory ; '])}}`,
    `add element ${table} hosts { ${address(random)}, ${address(random)} comment "a \\ b" }`,
    `add set ${table} nets { type ${type} ; flags interval ; ${random.pick(['auto-merge ; ', ''])}comment "many nets" ; }`,
    `add element ${table} nets { ${net}, ${isSix ? '2001:db8::1-2001:db8::9' : '10.9.0.1-10.9.0.9'} }`,
    `add set ${table} dyn { type ${type} . inet_service ; flags dynamic,timeout ; timeout 1h30m ; gc-interval 10s ; size 1000 ; }`,
    `add element ${table} dyn { ${address(random)} . 80 timeout 2d expires 1d2h3m4s }`,
    `add set ${table} ports { typeof tcp dport ; flags interval ; elements = { 1-1023, 8080 } ; }`,
    `add set ${table} typed { typeof ${field} . meta mark . iifname ; elements = { ${address(random)} . 0x7 . "eth0" } ; }`,
    `add set ${table} pairs { type ${type} . inet_proto . inet_service ; flags interval ; elements = { ${net} . tcp . 1-1023, ${address(random)} . udp . 53 } ; }`,
    `add set ${table} limited { type ${type} ; flags dynamic ; limit rate 5/second ; }`,
    `add map ${table} marks { type inet_service : mark ; elements = { 80 : 0x1, 443 : 0x2 } ; }`,
    `add map ${table} verdicts { type ${type} : verdict ; counter ; flags interval ; elements = { ${net} : jump plain_1, * : drop } ; }`,
    `add map ${table} names { type ifname : verdict ; elements = { "eth0" : accept, "lo" : goto service-ABCDEF-ns/svc/tcp/http__10.1.2.3/80, "x" comment "c" : continue } ; }`,
    `add map ${table} targets { type ${type} . inet_service : ${type} . inet_service ; flags interval ; elements = { ${address(random)} . 80 : ${address(random)} . 8080, ${net} . 1-9 : ${address(random)} . 9 } ; }`,
    `add map ${table} counters { type inet_service : counter ; elements = { 80 : "http" } ; }`,
    `add map ${table} learned { type ${type} : mark ; flags dynamic,timeout ; timeout 30s ; size 77 ; }`,
    `add flowtable ${table} fast { hook ingress priority ${random.pick(['0', 'filter + 5'])} ; devices = { lo } ; }`,
  ];
}
