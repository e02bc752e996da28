/** Random rules: every match and target that dumps of nodes use, in every table, in valid places. */
import type { Family } from '../../../src/kernel/flow.ts';
import type { Random } from './random.ts';
import type { Hook } from './random/feature.ts';
import { featureMatches, featureSets, featureTargets } from './random/features.ts';

const TABLES: Readonly<Record<string, readonly Hook[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

const CHAINS = 3;

const NETWORKS: Readonly<Record<Family, readonly string[]>> = {
  4: [
    '10.244.0.0/16',
    '10.244.1.0/24',
    '10.244.1.5/32',
    '192.168.0.0/24',
    '192.168.0.2/32',
    '198.51.100.0/24',
    '10.96.0.0/12',
    '127.0.0.0/8',
    '0.0.0.0/1',
    '10.0.1.5/255.0.255.255',
    '0.0.0.2/0.0.0.3',
    '172.18.0.0/24',
  ],
  6: [
    'fd00:10:244::/56',
    'fd00:10:244:1::/64',
    'fd00:10:244:1::5/128',
    'fd00:192:168::/64',
    'fd00:192:168::2/128',
    '2001:db8::/32',
    'fd00:10:96::/112',
    '::1/128',
    'fd00::/8',
    '::5/::ff',
    'fd00:172:18::/64',
  ],
};

const TARGETS: Readonly<Record<Family, readonly string[]>> = {
  4: [
    '10.244.1.5',
    '10.244.1.7:8080',
    '10.244.2.5:80',
    '198.51.100.7',
    '192.168.0.2:443',
    '127.0.0.1:8080',
    '10.244.1.1',
    '172.18.0.7:8080',
  ],
  6: [
    'fd00:10:244:1::5',
    '[fd00:10:244:1::7]:8080',
    '[fd00:10:244:2::5]:80',
    '2001:db8:2::10',
    '[fd00:192:168::2]:443',
  ],
};

const SOURCES: Readonly<Record<Family, readonly string[]>> = {
  4: ['192.168.0.2', '203.0.113.50', '10.244.1.1:6000-7000', '192.168.0.2:1024-65535'],
  6: ['fd00:192:168::2', '2001:db8::50', '[fd00:10:244:1::1]:6000-7000'],
};

/** For `ipset restore`: the sets that the rules name. */
export function randomSets(random: Random, family: Family): string {
  const inet = family === 4 ? 'inet' : 'inet6';
  const hosts =
    family === 4
      ? ['10.244.1.5', '10.244.1.7', '192.168.0.2', '198.51.100.7']
      : ['fd00:10:244:1::5', 'fd00:192:168::2', '2001:db8:2::10'];
  const networks = NETWORKS[family].filter((network) => !/\/1$|\/[\d:]*[.:f]/.test(network));
  return [
    `create hosts hash:ip family ${inet}`,
    `create nets hash:net family ${inet}`,
    `create services hash:ip,port family ${inet}`,
    'create ports bitmap:port range 0-65535',
    `create faces hash:net,iface family ${inet}`,
    ...hosts.filter(() => random.chance(0.6)).map((host) => `add hosts ${host}`),
    ...networks
      .filter(() => random.chance(0.4))
      .map((network) => `add nets ${network}${random.maybe(0.3, () => ' nomatch')}`),
    ...hosts.map(
      (host) => `add services ${host},${random.pick(['tcp', 'udp', 'sctp'])}:${random.pick(PORTS)}`,
    ),
    ...[22, 53, 80, 8080].filter(() => random.chance(0.5)).map((port) => `add ports ${port}`),
    ...networks
      .filter(() => random.chance(0.3))
      .map((network) => `add faces ${network},${random.pick(['eth0', 'cni0', 'lo'])}`),
    ...featureSets(random, family),
    '',
  ].join('\n');
}

const PORTS = [22, 53, 80, 443, 8080, 8443, 3306, 5000, 30080, 40000, 60001];

export class RandomRules {
  readonly #random: Random;
  readonly #family: Family;

  constructor(random: Random, family: Family) {
    this.#random = random;
    this.#family = family;
  }

  /** For `iptables-restore`. */
  text(): string {
    return Object.entries(TABLES)
      .filter(([table]) => table !== 'security' || this.#random.chance(0.3))
      .map(([table, hooks]) => this.#table(table, hooks))
      .join('');
  }

  #table(table: string, hooks: readonly Hook[]): string {
    const random = this.#random;
    const policies = hooks.map(
      (hook) =>
        `:${hook} ${random.chance(table === 'filter' ? 0.2 : table === 'nat' ? 0 : 0.03) ? 'DROP' : 'ACCEPT'} [0:0]`,
    );
    const kinds = table === 'nat' ? ['dst', 'src', 'in'] : ['user'];
    const chains = kinds.flatMap((kind) =>
      Array.from({ length: CHAINS }, (_, index) => ({ kind, index, name: `${table}-${kind}${index}` })),
    );
    const count = table === 'raw' ? 3 : 6;
    const rules = [
      ...hooks.flatMap((hook) =>
        Array.from({ length: 1 + random.below(count) }, () =>
          this.#rule(table, hook, hook, kindOf(table, hook), -1),
        ),
      ),
      ...chains.flatMap(({ kind, index, name }) =>
        Array.from({ length: 1 + random.below(4) }, () => this.#rule(table, name, null, kind, index)),
      ),
    ];
    return [
      `*${table}`,
      ...policies,
      ...chains.map(({ name }) => `:${name} - [0:0]`),
      ...rules,
      'COMMIT',
      '',
    ].join('\n');
  }

  /** `hook` null in a user chain; `depth`: the chain's number, rules jump to greater ones only. */
  #rule(table: string, chain: string, hook: Hook | null, kind: string, depth: number): string {
    const random = this.#random;
    const protocol = random.chance(0.08)
      ? random.pick(['dccp', 'udplite'])
      : random.pick(['tcp', 'tcp', 'udp', 'sctp', 'icmp', '', '', '']);
    // Half of the rules leave it to what comes behind whether they match: few packets would pass three conditions and meet the fourth.
    const bare = random.chance(0.5);
    const matches = [bare ? '' : this.#addresses(), bare ? '' : this.#faces(hook), this.#protocol(protocol)];
    // Of two matches of one name iptables-nft prints the last one only, so that the text does not say what the kernel has.
    const named = new Map<string, string>();
    for (let count = random.below(3); count > 0; count--) {
      const match = this.#match(table, protocol, hook, kind);
      named.set(match.split(' ')[1] ?? '', match);
    }
    const target = this.#target(table, hook, kind, depth, protocol);
    // A target that wants flags of TCP brings the match with it.
    if (target.startsWith('-m tcp ')) {
      matches[2] = '-p tcp';
      named.delete('tcp');
    }
    matches.push(...named.values());
    return [`-A ${chain}`, ...matches, target].filter((part) => part !== '').join(' ');
  }

  #not(): string {
    return this.#random.maybe(0.2, () => '! ');
  }

  #addresses(): string {
    const random = this.#random;
    const networks = NETWORKS[this.#family];
    const source = random.maybe(0.25, () => `${this.#not()}-s ${random.pick(networks)}`);
    const destination = random.maybe(0.25, () => `${this.#not()}-d ${random.pick(networks)}`);
    return `${source} ${destination}`.trim();
  }

  #faces(hook: Hook | null): string {
    const random = this.#random;
    const name = (): string =>
      random.pick(['eth0', 'eth1', 'cni0', 'lo', 'eth+', 'vethpods', 'br1', 'br+', 'eth1.5', 'eth1+']);
    const input =
      hook !== 'OUTPUT' && hook !== 'POSTROUTING'
        ? random.maybe(0.15, () => `${this.#not()}-i ${name()}`)
        : '';
    const output =
      hook !== 'PREROUTING' && hook !== 'INPUT' ? random.maybe(0.15, () => `${this.#not()}-o ${name()}`) : '';
    return hook === null && input !== '' ? input : `${input} ${output}`.trim();
  }

  #protocol(protocol: string): string {
    const random = this.#random;
    const icmp = this.#family === 4 ? 'icmp' : 'ipv6-icmp';
    if (protocol === '')
      return random.maybe(0.06, () =>
        this.#family === 4
          ? random.pick(['! -p tcp', '! -p udp', '-f', '! -f', '-p 47'])
          : random.pick(['! -p tcp', '-p esp']),
      );
    if (protocol === 'icmp') {
      const types = this.#family === 4 ? ['8', '0', '3/1', '13'] : ['128', '129', '1/4'];
      const type = random.maybe(
        0.5,
        () => ` -m ${this.#family === 4 ? 'icmp --icmp-type' : 'icmp6 --icmpv6-type'} ${random.pick(types)}`,
      );
      return `-p ${icmp}${type}`;
    }
    const port = (): string => random.pick([String(random.pick(PORTS)), '22:443', '1024:65535', '5000:']);
    const ports = random.pick([
      '',
      ` -m ${protocol} ${this.#not()}--dport ${port()}`,
      ` -m ${protocol} ${this.#not()}--sport ${port()}`,
      protocol === 'sctp'
        ? ''
        : ` -m ${protocol} ! --sport ${random.pick([22, 53, 80])} ! --dport ${random.pick([22, 53, 80])}`,
      ` -m multiport ${this.#not()}--dports ${random.pick(PORTS)},${random.pick(PORTS)},8000:9000`,
      ` -m multiport ${this.#not()}--${random.pick(['sports', 'ports'])} ${random.pick(PORTS)},1:100`,
    ]);
    return `-p ${protocol}${ports}`;
  }

  #match(table: string, protocol: string, hook: Hook | null, kind: string): string {
    const random = this.#random;
    const not = this.#not();
    const choices: (() => string)[] = [
      () => `-m mark ${not}--mark ${random.pick(['0x1', '0x4000/0x4000', '0x2/0x3', '0x0', '0x8/0x8'])}`,
      () => `-m connmark ${not}--mark ${random.pick(['0x1', '0x4000/0x4000', '0x10/0x10', '0x0/0x1'])}`,
      () =>
        `-m conntrack ${not}--ctstate ${random.pick(['NEW', 'INVALID', 'RELATED,ESTABLISHED', 'UNTRACKED', 'DNAT', 'SNAT', 'NEW,INVALID'])}`,
      () => `-m state --state ${random.pick(['NEW', 'INVALID', 'ESTABLISHED', 'NEW,ESTABLISHED'])}`,
      () =>
        `-m set ${not}--match-set ${random.pick(['hosts src', 'hosts dst', 'nets src', 'nets dst', 'services src,src', 'services dst,dst', 'services src,dst', 'ports dst', 'ports src', 'faces src,src', 'faces dst,dst'])}`,
      () =>
        `-m addrtype ${not}--${random.pick(['src', 'dst'])}-type ${random.pick(['LOCAL', 'UNICAST', 'MULTICAST', 'ANYCAST', 'UNREACHABLE', ...(this.#family === 4 ? ['BROADCAST', 'LOCAL,BROADCAST', 'BLACKHOLE', 'PROHIBIT', 'UNSPEC'] : ['LOCAL,UNREACHABLE'])])}`,
      () => `-m statistic --mode random ${not}--probability ${random.pick(['0.5', '0.25', '0.1'])}`,
      () => `-m comment --comment ${random.pick(['plain', '"two words"'])}`,
      () => `-m length ${not}--length ${random.pick(['0:60', '40', '48:100'])}`,
      () =>
        this.#family === 4
          ? `-m ttl --ttl-${random.pick(['lt 64', 'gt 63', 'eq 64'])}`
          : `-m hl --hl-${random.pick(['lt 64', 'gt 63', 'eq 64'])}`,
      () => `-m dscp ${not}--dscp ${random.pick(['0x0a', '0x04'])}`,
      () => `-m dscp ${not}--dscp-class ${random.pick(['EF', 'CS1', 'AF11', 'BE'])}`,
      () => `-m tos ${not}--tos ${random.pick(['0x10', '0x00/0xff', '0x08/0x3f', 'Maximize-Throughput'])}`,
      () => `-m pkttype ${not}--pkt-type ${random.pick(['unicast', 'broadcast', 'multicast'])}`,
      () =>
        this.#family === 4
          ? `-m iprange ${not}--${random.pick(['src', 'dst'])}-range ${random.pick(['10.244.1.4-10.244.1.99', '192.168.0.1-198.51.100.200'])}`
          : `-m iprange ${not}--src-range fd00:10:244:1::4-fd00:10:244:1::99`,
    ];
    if (hook !== 'OUTPUT')
      choices.push(
        () => `-m physdev ${not}--physdev-${random.pick(['in vethpods', 'in veth+', 'is-in', 'is-bridged'])}`,
      );
    if (protocol === 'tcp')
      choices.push(
        () => `-m tcp ${not}--tcp-flags ${random.pick(['SYN,RST,ACK,FIN SYN', 'ACK ACK', 'ALL NONE'])}`,
      );
    if (hook === 'OUTPUT' || hook === 'POSTROUTING')
      choices.push(
        () =>
          `-m owner ${not}${random.pick(['--uid-owner 0', '--uid-owner 1000-2000', '--gid-owner 0', '--gid-owner 1500', '--socket-exists'])}`,
      );
    choices.push(...this.#rarer(table, hook, not));
    const more = featureMatches({ random, family: this.#family, table, hook, kind, protocol, not });
    return random.chance(more.length / (more.length + choices.length))
      ? random.pick(more)
      : random.pick(choices)();
  }

  /** Matches that dumps seldom have, where iptables-legacy allows them. */
  #rarer(table: string, hook: Hook | null, not: string): readonly (() => string)[] {
    const random = this.#random;
    const own = this.#family === 4 ? '192.168.0.2' : 'fd00:192:168::2';
    const limit = hook === 'PREROUTING' || hook === 'INPUT' ? 'in' : 'out';
    const choices = [
      () => `-m addrtype ${not}--dst-type LOCAL${hook === null ? '' : ` --limit-iface-${limit}`}`,
      () => `-m conntrack ${not}--ctorigdst ${own}`,
      () => `-m conntrack --ctproto ${random.pick(['6', '17', '132'])}`,
      () => `-m conntrack --ctdir ${random.pick(['ORIGINAL', 'REPLY'])}`,
      () => `-m conntrack ${not}--ctstatus ${random.pick(['CONFIRMED', 'EXPECTED', 'SEEN_REPLY', 'NONE'])}`,
      () =>
        `-m recent --name seen ${random.pick(['--set', '--rcheck', '--update --seconds 60', '--rcheck --rdest'])}`,
    ];
    if (hook === 'PREROUTING' && table !== 'nat') {
      const options = ['--loose', '--validmark', '--accept-local', '--invert'].filter(() =>
        random.chance(0.3),
      );
      choices.push(() => ['-m rpfilter', ...options].join(' '));
    }
    return choices;
  }

  #target(table: string, hook: Hook | null, kind: string, depth: number, protocol: string): string {
    const random = this.#random;
    const choices = [
      '',
      '-j ACCEPT',
      '-j RETURN',
      '-j LOG --log-prefix "seen "',
      `-j MARK --set-xmark ${random.pick(['0x1/0x1', '0x4000/0x4000', '0x0/0x0', '0x2/0xffffffff', '0x0/0x1'])}`,
    ];
    if (table !== 'mangle') choices.pop();
    const further = depth + 1 + random.below(2);
    if (further < CHAINS) {
      const jump = `${random.pick(['-j', '-j', '-g'])} ${table}-${kind}${further}`;
      choices.push(jump, jump, jump);
    }
    choices.push(...this.#special(table, kind, protocol));
    choices.push(...featureTargets({ random, family: this.#family, table, hook, kind, protocol, not: '' }));
    return random.pick(choices);
  }

  #special(table: string, kind: string, protocol: string): readonly string[] {
    const random = this.#random;
    switch (table) {
      case 'raw':
        return ['-j CT --notrack', '-j MARK --set-xmark 0x1/0x1', random.maybe(0.1, () => '-j DROP')];
      case 'mangle':
        return [
          `-j CONNMARK ${random.pick(['--save-mark', '--restore-mark', '--set-xmark 0x1/0x1', '--restore-mark --nfmask 0xff --ctmask 0x3'])}`,
          `-j ${random.pick(['TOS --set-tos 0x10/0xff', 'DSCP --set-dscp 0x0a'])}`,
          this.#family === 4 ? '-j TTL --ttl-set 33' : '-j HL --hl-set 33',
          random.maybe(0.1, () => '-j DROP'),
          '-j NFLOG --nflog-prefix n',
        ];
      case 'nat':
        return this.#nat(kind, protocol);
      case 'security':
        return [random.maybe(0.3, () => '-j DROP')];
      default:
        return ['-j DROP', `-j REJECT --reject-with ${this.#rejection(protocol)}`];
    }
  }

  #rejection(protocol: string): string {
    const random = this.#random;
    if (protocol === 'tcp' && random.chance(0.5)) return 'tcp-reset';
    return random.pick(
      this.#family === 4
        ? ['icmp-port-unreachable', 'icmp-host-prohibited', 'icmp-admin-prohibited']
        : ['icmp6-port-unreachable', 'icmp6-adm-prohibited', 'icmp6-no-route'],
    );
  }

  #nat(kind: string, protocol: string): readonly string[] {
    const random = this.#random;
    const ported = ['tcp', 'udp', 'sctp', 'dccp'].includes(protocol);
    const plain = (target: string): string =>
      ported ? target : target.replace(/^\[(.*)\]:.*$/, '$1').replace(/^(\d+\.[\d.]+):.*$/, '$1');
    if (kind === 'dst') {
      const to = plain(random.pick(TARGETS[this.#family]));
      const mapped = this.#family === 4 ? '10.244.2.0/24' : 'fd00:10:244:2::/64';
      return [
        `-j NETMAP --to ${mapped}`,
        `-j DNAT --to-destination ${to}`,
        `-j DNAT --to-destination ${to}`,
        `-j REDIRECT${ported ? ' --to-ports 8080' : ''}`,
      ];
    }
    const source = `-j SNAT --to-source ${plain(random.pick(SOURCES[this.#family]))}`;
    return kind === 'in' ? [source] : [source, '-j MASQUERADE', '-j MASQUERADE --random-fully'];
  }
}

/** Chains for DNAT are reached from PREROUTING and OUTPUT only, MASQUERADE from POSTROUTING only. */
function kindOf(table: string, hook: Hook): string {
  if (table !== 'nat') return 'user';
  if (hook === 'INPUT') return 'in';
  return hook === 'PREROUTING' || hook === 'OUTPUT' ? 'dst' : 'src';
}
