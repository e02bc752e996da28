/**
 * Rules made by chance, judged by `iptables-restore --test` of this machine: what it takes, the parser and the value
 * readers must take, and the other way round. Root and network namespaces are needed; elsewhere it is left out.
 */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as fc from 'fast-check';
import type { Option, Rule } from '../../../src/rules/iptables/nodes.ts';
import type { Family } from '../../../src/values/address.ts';
import { findValueFault } from '../../../src/rules/iptables/values/check.ts';
import { describeWithKernel } from '../../realKernel/support/requirements.ts';
import { ruleOf } from './describe.ts';

const NAMESPACE = `a-judge-${process.pid}`;

function run(
  program: string,
  args: readonly string[],
  input = '',
): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(program, args, { input, encoding: 'utf8' });
}

/** Why iptables refuses the rule; null where it takes it. */
function refusal(line: string, family: Family): string | null {
  const program = family === 4 ? 'iptables-nft-restore' : 'ip6tables-nft-restore';
  const table = `*${tableOf(line)}\n:X - [0:0]\n${line}\nCOMMIT\n`;
  const { status, stderr } = run('ip', ['netns', 'exec', NAMESPACE, program, '--test'], table);
  return status === 0 ? null : (stderr.split('\n', 1)[0] ?? '');
}

function tableOf(line: string): string {
  return /-j (DNAT|SNAT|MASQUERADE|REDIRECT|NETMAP)/.test(line) ? 'nat' : 'mangle';
}

/** Why this code refuses it; null where it takes it. */
function fault(rule: Rule, family: Family): string | null {
  const [problem] = rule.problems;
  if (problem !== undefined) return `${problem.code} ${problem.detail}`;
  const options: readonly Option[] = [
    ...rule.general,
    ...rule.matches.flatMap((match) => match.options),
    ...(rule.target?.options ?? []),
  ];
  for (const { definition, values } of options) {
    const found = definition === null ? null : findValueFault(definition, values, family);
    if (found !== null) return `${found.word.text} ${found.reason}`;
  }
  return null;
}

const number = fc.oneof(
  fc.nat(70_000).map(String),
  fc.constantFrom(
    '0',
    '1',
    '63',
    '64',
    '255',
    '256',
    '65535',
    '65536',
    '4294967295',
    '4294967296',
    '0x50',
    '0X1F',
    '010',
    '08',
    '-1',
    '+5',
    '1.5',
    '1e3',
    '0x',
    'x',
  ),
);
const port = fc.oneof(
  { weight: 3, arbitrary: number },
  { weight: 1, arbitrary: fc.constantFrom('http', 'domain', 'nosuch', '') },
);
const smallPort = fc.oneof(fc.nat(65_535).map(String), fc.constantFrom('http', 'domain', 'nosuch', ''));
const pair = (part: fc.Arbitrary<string>, separator: string): fc.Arbitrary<string> =>
  fc.oneof(
    part,
    fc.tuple(part, part).map((parts) => parts.join(separator)),
  );
const listOf = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(','));

const address4 = fc.oneof(
  { weight: 4, arbitrary: fc.ipV4() },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '10',
      '1.2',
      '1.2.3',
      '010.0.0.1',
      '0x7f.0.0.1',
      '256.1.1.1',
      '1.2.3.4.5',
      '1.2.3.',
      'fd00::1',
    ),
  },
);
/** Without /0: where iptables reads that, it does not look at the address at all. */
const network4 = fc.oneof(
  address4,
  fc
    .tuple(address4, fc.constantFrom('1', '8', '32', '33', '08', '255.0.255.0', '255.255', '', 'x', '-1'))
    .map((parts) => parts.join('/')),
);
/** For options where a mask may be short as an address may (255.255 is 255.0.0.255), and a prefix of 33 wraps around. */
const oddMasks = network4.filter((text) => !/\/(33|255\.255)$/.test(text));
const address6 = fc.oneof(
  { weight: 4, arbitrary: fc.ipV6() },
  {
    weight: 1,
    arbitrary: fc.constantFrom('::', '::1', '::ffff:1.2.3.4', '1::2::3', 'fd00:', '10.0.0.1', 'fd00::g'),
  },
);
const network6 = fc.oneof(
  address6,
  fc
    .tuple(address6, fc.constantFrom('1', '64', '128', '129', 'ffff::', '', 'x'))
    .map((parts) => parts.join('/')),
);
const mark = fc.oneof(
  number,
  fc.tuple(number, number).map((parts) => parts.join('/')),
);
const states = fc.constantFrom(
  'NEW',
  'ESTABLISHED',
  'new',
  'REL',
  'UNTRACKED',
  'DNAT',
  'N',
  'OPEN',
  '',
  'NEWER',
);
const flags = listOf(fc.constantFrom('SYN', 'ack', 'FIN', 'RST', 'ALL', 'NONE', 'ECE', 'URG'));

/** Conditions and targets of IPv4, each with the values that its readers know. */
const conditions4: readonly fc.Arbitrary<string>[] = [
  network4.map((value) => `-s ${value}`),
  listOf(network4).map((value) => `-d ${value}`),
  network4.map((value) => `! -d ${value}`),
  fc.constantFrom(
    '-p tcp',
    '-p 6',
    '-p 256',
    '-p TCP',
    '-p nosuch',
    '-p all',
    '-p icmpv6',
    '-p udplite',
    '! -p udp',
  ),
  fc.constantFrom('-i eth0', '-o eth+', '! -i lo', '-i abcdefghijklmnop', '-i +'),
  pair(port, ':').map((value) => `-p tcp --dport ${value}`),
  pair(smallPort, ':').map((value) => `-p udp -m udp ! --sport ${value}`),
  listOf(pair(port, ':')).map((value) => `-p tcp -m multiport --dports ${value}`),
  fc.tuple(flags, flags).map((values) => `-p tcp --tcp-flags ${values.join(' ')}`),
  number.map((value) => `-p tcp --tcp-option ${value}`),
  mark.map((value) => `-m mark ! --mark ${value}`),
  mark.map((value) => `-m connmark --mark ${value}`),
  listOf(states).map((value) => `-m conntrack --ctstate ${value}`),
  oddMasks.map((value) => `-m conntrack --ctorigdst ${value}`),
  pair(number, ':').map((value) => `-m conntrack --ctexpire ${value}`),
  // getaddrinfo, which reads these, takes a port modulo 65536.
  pair(smallPort, ':').map((value) => `-m conntrack --ctorigdstport ${value}`),
  listOf(fc.constantFrom('LOCAL', 'local', 'UNI', 'BROADCAST', 'NOPE', '')).map(
    (value) => `-m addrtype --dst-type ${value}`,
  ),
  fc
    .constantFrom(
      '8',
      '3/4',
      'any',
      'echo-request',
      'echo',
      'ping',
      '256',
      '3/256',
      'port-unr',
      '3/',
      'Echo-Reply',
    )
    .map((value) => `-p icmp --icmp-type ${value}`),
  fc
    .constantFrom(
      '5/s',
      '5',
      '3/hour',
      '3/h',
      '0/s',
      '5/',
      '5/fortnight',
      '10000/s',
      '10001/s',
      'x/s',
      '5/SEC',
    )
    .map((value) => `-m limit --limit ${value}`),
  fc
    .constantFrom('0', '1', '0.5', '0.33333333349', '1.1', '-0.1', '.5', '1e-3', 'x', '5%')
    .map((value) => `-m statistic --mode random --probability ${value}`),
  fc
    .tuple(fc.constantFrom('random', 'nth', 'other', 'RANDOM'), number)
    .map(
      ([mode, value]) =>
        `-m statistic --mode ${mode} ${mode === 'nth' ? `--every ${value} --packet 0` : '--probability 0.5'}`,
    ),
  pair(address4, '-').map((value) => `-m iprange --src-range ${value}`),
  pair(number, ':').map((value) => `-m length --length ${value}`),
  number.map((value) => `-m ttl --ttl-lt ${value}`),
  number.map((value) => `-m dscp --dscp ${value}`),
  fc
    .constantFrom('EF', 'be', 'AF11', 'AF44', 'CS7', 'CS8', 'cs10', 'EFx', 'af1', 'be,eth0')
    .map((value) => `-m dscp --dscp-class ${value}`),
  fc
    .oneof(mark, fc.constantFrom('Minimize-Delay', 'minimize-cost', 'Minimize'))
    .map((value) => `-m tos --tos ${value}`),
  fc.constantFrom('unicast', 'UNI', 'host', 'bcast', 'none').map((value) => `-m pkttype --pkt-type ${value}`),
  fc
    .constantFrom(
      '00:11:22:33:44:55',
      '0:1:2:3:4:5',
      '00:11:22:33:44',
      '00-11-22-33-44-55',
      '00:11:22:33:44:5g',
    )
    .map((value) => `-m mac --mac-source ${value}`),
  pair(fc.nat(70_000).map(String), '-').map((value) => `-m owner --uid-owner ${value}`),
  number.map((value) => `-m recent --rcheck --seconds ${value}`),
];

const targets4: readonly fc.Arbitrary<string>[] = [
  mark.map((value) => `-j MARK --set-xmark ${value}`),
  number.map((value) => `-j MARK --or-mark ${value}`),
  fc
    .tuple(pair(address4, '-'), pair(number, '-'))
    .map((parts) => `-p tcp -j DNAT --to-destination ${parts.join(':')}`),
  pair(address4, '-').map((value) => `-j DNAT --to-destination ${value}`),
  pair(number, '-').map((value) => `-p tcp -j DNAT --to-destination :${value}`),
  fc.tuple(address4, pair(number, '-')).map((parts) => `-p tcp -j SNAT --to-source ${parts.join(':')}`),
  pair(number, '-').map((value) => `-p tcp -j REDIRECT --to-ports ${value}`),
  pair(number, '-').map((value) => `-p tcp -j MASQUERADE --to-ports ${value}`),
  oddMasks.map((value) => `-j NETMAP --to ${value}`),
  number.map((value) => `-j TTL --ttl-set ${value}`),
  number.map((value) => `-j DSCP --set-dscp ${value}`),
  number.map((value) => `-p tcp -j TCPMSS --set-mss ${value}`),
];

const conditions6: readonly fc.Arbitrary<string>[] = [
  network6.map((value) => `-s ${value}`),
  pair(address6, '-').map((value) => `-m iprange --dst-range ${value}`),
  fc
    .constantFrom('128', '1/4', 'echo-request', 'packet-too-big', 'any', 'echo')
    .map((value) => `-p icmpv6 --icmpv6-type ${value}`),
  network6.map((value) => `-m conntrack --ctorigsrc ${value}`),
  fc
    .tuple(address6, pair(number, '-'))
    .map(([to, ports]) => `-p tcp -j DNAT --to-destination [${to}]:${ports}`),
  address6.map((value) => `-j DNAT --to-destination ${value}`),
  address6.map((value) => `-j SNAT --to-source [${value}]`),
  network6.map((value) => `-j NETMAP --to ${value}`),
];

describeWithKernel('judged by iptables-restore', ['iptables-nft-restore'], () => {
  beforeAll(() => {
    run('ip', ['netns', 'add', NAMESPACE]);
  });

  afterAll(() => {
    run('ip', ['netns', 'delete', NAMESPACE]);
  });

  const kinds = [
    ...[...conditions4, ...targets4].map((arbitrary) => ({ arbitrary, family: 4 as const })),
    ...conditions6.map((arbitrary) => ({ arbitrary, family: 6 as const })),
  ].map((kind) => ({ ...kind, example: fc.sample(kind.arbitrary, { numRuns: 1, seed: 1 })[0] }));

  it.each(kinds)('IPv$family $example', ({ arbitrary, family }) => {
    fc.assert(
      fc.property(arbitrary, (words) => {
        const line = `-A X ${words}`;
        const theirs = refusal(line, family);
        const ours = fault(ruleOf(line), family);
        expect(ours === null, `${line}: iptables says ${theirs}, we say ${ours}`).toBe(theirs === null);
      }),
      { numRuns: Number(process.env['JUDGE_RUNS'] ?? 12) },
    );
  });
});
