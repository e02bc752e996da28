/** What the matches and targets need beside their name, and which of their options exclude each other. */

/** Each row is satisfied by any one of its options. */
export type Needs = readonly (readonly string[])[];

export const needsOfMatch: ReadonlyMap<string, Needs> = new Map([
  ['addrtype', [['--src-type', '--dst-type']]],
  ['bpf', [['--bytecode', '--object-pinned']]],
  ['cgroup', [['--path', '--cgroup']]],
  [
    'cluster',
    [
      ['--cluster-total-nodes'],
      ['--cluster-local-node', '--cluster-local-nodemask'],
      ['--cluster-hash-seed'],
    ],
  ],
  ['comment', [['--comment']]],
  ['connbytes', [['--connbytes'], ['--connbytes-dir'], ['--connbytes-mode']]],
  ['connlabel', [['--label']]],
  ['connlimit', [['--connlimit-above', '--connlimit-upto']]],
  ['connmark', [['--mark']]],
  [
    'conntrack',
    [
      [
        '--ctstate',
        '--ctproto',
        '--ctorigsrc',
        '--ctorigdst',
        '--ctreplsrc',
        '--ctrepldst',
        '--ctorigsrcport',
        '--ctorigdstport',
        '--ctreplsrcport',
        '--ctrepldstport',
        '--ctstatus',
        '--ctexpire',
        '--ctdir',
      ],
    ],
  ],
  ['cpu', [['--cpu']]],
  ['devgroup', [['--src-group', '--dst-group']]],
  ['dscp', [['--dscp', '--dscp-class']]],
  ['ecn', [['--ecn-tcp-cwr', '--ecn-tcp-ece', '--ecn-ip-ect']]],
  ['hashlimit', [['--hashlimit-upto', '--hashlimit-above'], ['--hashlimit-name']]],
  ['helper', [['--helper']]],
  ['icmp', [['--icmp-type']]],
  ['icmp6', [['--icmpv6-type']]],
  ['ipv6header', [['--header']]],
  ['iprange', [['--src-range', '--dst-range']]],
  ['length', [['--length']]],
  ['mac', [['--mac-source']]],
  ['mark', [['--mark']]],
  ['multiport', [['--dports', '--sports', '--ports']]],
  ['nfacct', [['--nfacct-name']]],
  ['osf', [['--genre']]],
  ['owner', [['--uid-owner', '--gid-owner', '--socket-exists']]],
  [
    'physdev',
    [['--physdev-in', '--physdev-out', '--physdev-is-in', '--physdev-is-out', '--physdev-is-bridged']],
  ],
  ['pkttype', [['--pkt-type']]],
  ['policy', [['--dir']]],
  ['quota', [['--quota']]],
  ['rateest', [['--rateest', '--rateest1']]],
  ['realm', [['--realm']]],
  ['recent', [['--set', '--rcheck', '--update', '--remove']]],
  ['set', [['--match-set']]],
  ['state', [['--state']]],
  ['statistic', [['--mode']]],
  ['string', [['--algo'], ['--string', '--hex-string']]],
  ['tcpmss', [['--mss']]],
  ['tos', [['--tos']]],
  ['ttl', [['--ttl-eq', '--ttl-lt', '--ttl-gt']]],
  ['hl', [['--hl-eq', '--hl-lt', '--hl-gt']]],
  ['u32', [['--u32']]],
]);

const markChanges = ['--set-xmark', '--set-mark', '--and-mark', '--or-mark', '--xor-mark'] as const;

/** What a mark is made of. */
const hmarkParts: readonly string[] = [
  '--hmark-tuple',
  '--hmark-src-prefix',
  '--hmark-dst-prefix',
  '--hmark-sport-mask',
  '--hmark-dport-mask',
  '--hmark-spi-mask',
  '--hmark-sport',
  '--hmark-dport',
  '--hmark-spi',
  '--hmark-proto-mask',
];

export const needsOfTarget: ReadonlyMap<string, Needs> = new Map([
  ['AUDIT', [['--type']]],
  ['CHECKSUM', [['--checksum-fill']]],
  ['CLASSIFY', [['--set-class']]],
  ['CONNMARK', [[...markChanges, '--save-mark', '--restore-mark']]],
  ['CONNSECMARK', [['--save', '--restore']]],
  ['DNAT', [['--to-destination']]],
  ['DNPT', [['--src-pfx'], ['--dst-pfx']]],
  ['DSCP', [['--set-dscp', '--set-dscp-class']]],
  ['ECN', [['--ecn-tcp-remove', '--ecn-tcp-cwr', '--ecn-tcp-ece', '--ecn-ip-ect']]],
  ['HL', [['--hl-set', '--hl-dec', '--hl-inc']]],
  ['HMARK', [['--hmark-mod'], ['--hmark-rnd'], hmarkParts]],
  ['IDLETIMER', [['--timeout'], ['--label']]],
  ['MARK', [markChanges]],
  ['NETMAP', [['--to']]],
  ['RATEEST', [['--rateest-name'], ['--rateest-interval'], ['--rateest-ewmalog']]],
  ['SECMARK', [['--selctx']]],
  ['SET', [['--add-set', '--del-set', '--map-set']]],
  ['SNAT', [['--to-source']]],
  ['SNPT', [['--src-pfx'], ['--dst-pfx']]],
  ['TCPMSS', [['--clamp-mss-to-pmtu', '--set-mss']]],
  ['TEE', [['--gateway']]],
  ['TOS', [['--set-tos', '--and-tos', '--or-tos', '--xor-tos']]],
  ['TPROXY', [['--on-port']]],
  ['TTL', [['--ttl-set', '--ttl-dec', '--ttl-inc']]],
]);

/** An option that needs another beside it: `--mode nth`, or the option alone, and what it needs. */
export const neededBeside: ReadonlyMap<string, string> = new Map([
  ['--mode random', '--probability'],
  ['--mode nth', '--every'],
  ['--next', '--strict'],
  ['--reap', '--seconds'],
  ['--rt-0-res', '--rt-type'],
  ['--rt-0-addrs', '--rt-type'],
  ['--rt-0-not-strict', '--rt-0-addrs'],
]);

/** The first words of `neededBeside`: of no other option a key is put together. */
export const needingOptions: ReadonlySet<string> = new Set([
  '--mode',
  '--next',
  '--reap',
  '--rt-0-res',
  '--rt-0-addrs',
  '--rt-0-not-strict',
]);

/** Options that ask for a protocol, where their match does not. */
export const protocolsOfOption: ReadonlyMap<string, readonly string[]> = new Map([
  ['--ecn-tcp-cwr', ['tcp']],
  ['--ecn-tcp-ece', ['tcp']],
]);

/** Of each row one option at most. */
type Exclusions = readonly (readonly string[])[];

export const exclusionsOfMatch: ReadonlyMap<string, Exclusions> = new Map([
  ['addrtype', [['--limit-iface-in', '--limit-iface-out']]],
  ['bpf', [['--bytecode', '--object-pinned']]],
  ['cgroup', [['--path', '--cgroup']]],
  ['cluster', [['--cluster-local-node', '--cluster-local-nodemask']]],
  ['connlimit', [['--connlimit-above', '--connlimit-upto']]],
  ['dscp', [['--dscp', '--dscp-class']]],
  ['hashlimit', [['--hashlimit-upto', '--hashlimit-above']]],
  ['hl', [['--hl-eq', '--hl-lt', '--hl-gt']]],
  ['multiport', [['--sports', '--dports', '--ports']]],
  [
    'recent',
    [
      ['--set', '--rcheck', '--update', '--remove'],
      ...['--seconds', '--hitcount', '--rttl'].flatMap((option) => [
        [option, '--set'],
        [option, '--remove'],
      ]),
    ],
  ],
  ['string', [['--string', '--hex-string']]],
  ['tcp', [['--syn', '--tcp-flags']]],
  ['ttl', [['--ttl-eq', '--ttl-lt', '--ttl-gt']]],
]);

export const exclusionsOfTarget: ReadonlyMap<string, Exclusions> = new Map([
  [
    'CONNMARK',
    [
      [...markChanges, '--save-mark', '--restore-mark'],
      ['--ctmask', '--mask'],
      ['--nfmask', '--mask'],
    ],
  ],
  ['DSCP', [['--set-dscp', '--set-dscp-class']]],
  ['HL', [['--hl-set', '--hl-dec', '--hl-inc']]],
  ['MARK', [markChanges]],
  ['NFQUEUE', [['--queue-num', '--queue-balance']]],
  ['TTL', [['--ttl-set', '--ttl-dec', '--ttl-inc']]],
]);

const arriving: readonly string[] = ['PREROUTING', 'INPUT', 'FORWARD'];
const leaving: readonly string[] = ['FORWARD', 'OUTPUT', 'POSTROUTING'];

/**
 * Options that only some hooks allow, where their extension is allowed in more: `checkentry` of net/netfilter/
 * xt_addrtype.c, xt_policy.c, xt_physdev.c and xt_TCPMSS.c. Written as in `neededBeside`.
 */
export const hooksOfOption: ReadonlyMap<string, readonly string[]> = new Map([
  ['addrtype --limit-iface-in', arriving],
  ['addrtype --limit-iface-out', leaving],
  ['policy --dir in', arriving],
  ['policy --dir out', leaving],
  ['TCPMSS --clamp-mss-to-pmtu', leaving],
]);

/** The first words of `hooksOfOption`. */
export const hookBoundExtensions: ReadonlySet<string> = new Set(['addrtype', 'policy', 'TCPMSS']);
