/** A random node: interfaces, addresses, routes, policy rules and sysctls, as commands. */
import type { Namespace } from './namespace.ts';
import type { Random } from './random.ts';

export const interfaces = ['eth0', 'eth1', 'eth2'] as const;

/** Those that policy rules ask for, and others. */
export const PORTS = [53, 80, 443, 1500, 40000] as const;

const TABLES = ['main', 'main', 'main', '100', '200'] as const;

export class RandomNetwork {
  readonly #random: Random;
  readonly #withRules: boolean;

  constructor(random: Random, { withRules = true } = {}) {
    this.#random = random;
    this.#withRules = withRules;
  }

  /** Sets up `node`; `peer` holds the other ends of its interfaces. */
  build(node: Namespace, peer: Namespace): void {
    const random = this.#random;
    for (const name of interfaces) {
      node.run(['ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', `p${name}`, 'netns', peer.name]);
    }
    const down = random.chance(0.5) ? random.pick(interfaces) : null;
    peer.mustIp(interfaces.filter((name) => name !== down).map((name) => `link set p${name} up`));
    this.#sysctls(node);
    node.mustIp(interfaces.map((name) => `link set ${name} up`));
    if (random.chance(0.3)) node.mustIp([`link set ${random.pick(interfaces)} group 7`]);
    node.ip(interfaces.flatMap((name, index) => this.#addresses(name, index)));
    node.ip(Array.from({ length: 14 }, () => this.#route4()));
    node.ip(
      Array.from({ length: 12 }, () => this.#route6()),
      ['-6'],
    );
    node.settle();
    if (!this.#withRules) return;
    if (random.chance(0.7)) node.ip(Array.from({ length: 5 }, () => this.#rule(4)));
    if (random.chance(0.7))
      node.ip(
        Array.from({ length: 4 }, () => this.#rule(6)),
        ['-6'],
      );
  }

  #sysctls(node: Namespace): void {
    const random = this.#random;
    const settings = [
      ...['all', ...interfaces].map((name) => `net.ipv6.conf.${name}.accept_dad=0`),
      'net.ipv6.conf.all.forwarding=1',
    ];
    for (const name of ['all', ...interfaces]) {
      settings.push(`net.ipv4.conf.${name}.rp_filter=${random.pick([0, 0, 1, 2])}`);
      for (const setting of [
        'accept_local',
        'route_localnet',
        'src_valid_mark',
        'ignore_routes_with_linkdown',
      ]) {
        settings.push(`net.ipv4.conf.${name}.${setting}=${random.pick([0, 0, 0, 1])}`);
      }
      settings.push(`net.ipv4.conf.${name}.forwarding=${random.pick([0, 1, 1, 1])}`);
      settings.push(`net.ipv4.conf.${name}.send_redirects=${random.pick([0, 1])}`);
      settings.push(`net.ipv6.conf.${name}.ignore_routes_with_linkdown=${random.pick([0, 0, 1])}`);
    }
    node.run([
      'sysctl',
      '-q',
      '-w',
      ...settings.toSorted((a, b) => Number(b.includes('.all.')) - Number(a.includes('.all.'))),
    ]);
  }

  #addresses(name: string, index: number): string[] {
    const random = this.#random;
    const lines = [
      `addr add 10.${index}.0.1/24 dev ${name}${random.maybe(0.2, () => ' scope link')}${random.maybe(0.5, () => ' brd +')}`,
      `-6 addr add fd00:${index}::1/64 dev ${name} nodad`,
    ];
    if (random.chance(0.4)) lines.push(`addr add 10.${index}.0.${9 + random.below(5)}/24 dev ${name}`);
    if (random.chance(0.3))
      lines.push(`addr add 10.${index}.1.1/${random.pick([25, 30, 31, 32])} dev ${name}`);
    if (random.chance(0.2)) lines.push(`addr add 10.${index}.7.1 peer 10.${index}.7.2/32 dev ${name}`);
    if (random.chance(0.3)) lines.push(`-6 addr add 2001:db8:${index}::1/64 dev ${name} nodad`);
    if (random.chance(0.2)) lines.push(`-6 addr add fd00:${index}::2/64 dev ${name} nodad preferred_lft 0`);
    if (random.chance(0.2)) lines.push(`addr add 192.168.${index}.1/32 dev lo`);
    return lines;
  }

  #route4(): string {
    const random = this.#random;
    const table = `table ${random.pick(TABLES)}`;
    const to = `${this.prefix4()}${random.maybe(0.1, () => ` tos ${random.pick(['0x10', '0x08', '0x18'])}`)}`;
    const metric = random.maybe(0.3, () => ` metric ${random.pick([10, 100, 1000])}`);
    const kind = random.below(20);
    if (kind < 4)
      return `route add ${random.pick(['unreachable', 'blackhole', 'prohibit', 'throw'])} ${to} ${table}${metric}`;
    if (kind < 5) return `route add local ${to} dev lo ${random.pick(['', 'table local'])}`;
    const index = random.below(3);
    if (kind < 7) {
      const hops = [0, 1, 2].filter(() => random.chance(0.6)).map((hop) => `nexthop via 10.${hop}.0.254`);
      return `route add ${to} ${table}${metric} ${hops.join(' ')}`;
    }
    const via = random.chance(0.6) ? `via 10.${index}.0.${random.pick([2, 254])} ` : '';
    const source = random.maybe(0.2, () => ` src 10.${random.below(3)}.0.1`);
    const scope = via === '' ? random.maybe(0.3, () => ' scope global') : '';
    return `route add ${to} ${via}dev eth${index} ${table}${metric}${source}${scope}`;
  }

  #route6(): string {
    const random = this.#random;
    const table = `table ${random.pick(TABLES)}`;
    const to = this.prefix6();
    const metric = random.maybe(0.4, () => ` metric ${random.pick([10, 100, 2000])}`);
    const kind = random.below(20);
    if (kind < 3)
      return `route add ${random.pick(['unreachable', 'blackhole', 'prohibit', 'throw'])} ${to} ${table}${metric}`;
    if (kind < 4) return `route add local ${to} dev lo table local`;
    const index = random.below(3);
    const via = random.chance(0.6) ? `via fd00:${index}::${random.pick(['9', '254'])} ` : '';
    const source = random.maybe(0.1, () => ` src fd00:${random.below(3)}::1`);
    return `route ${random.pick(['add', 'append'])} ${to} ${via}dev eth${index} ${table}${metric}${source}`;
  }

  #rule(family: 4 | 6): string {
    const random = this.#random;
    const prefix = (): string => (family === 4 ? this.prefix4() : this.prefix6());
    const parts = [
      random.maybe(0.25, () => 'not '),
      random.maybe(0.3, () => `from ${prefix()} `),
      random.maybe(0.3, () => `to ${prefix()} `),
      random.maybe(0.3, () => `fwmark ${random.pick(['1', '0x10/0xf0', '0x4000/0x4000'])} `),
      random.maybe(0.2, () => `iif ${random.pick(['lo', ...interfaces])} `),
      random.maybe(0.15, () => `oif ${random.pick(interfaces)} `),
      random.maybe(
        0.15,
        () => `tos ${random.pick(family === 4 ? ['0x10', '0x08'] : ['0x10', '0x08', '0x28', '0xb8'])} `,
      ),
      random.maybe(0.2, () => `ipproto ${random.pick(['tcp', 'udp', family === 4 ? 'icmp' : 'ipv6-icmp'])} `),
      random.maybe(0.15, () => `sport ${random.pick(['53', '1000-2000', '40000'])} `),
      random.maybe(0.15, () => `dport ${random.pick(['53', '80-90', '443', '1-65535'])} `),
      random.maybe(0.15, () => `uidrange ${random.pick(['0-0', '1000-1000', '0-1000', '1001-4294967294'])} `),
      random.maybe(0.05, () => `tun_id 5 `),
    ].join('');
    const action = random.pick([
      'lookup 100',
      'lookup 200',
      'lookup main suppress_prefixlength 0',
      'lookup main suppress_prefixlength 16',
      'prohibit',
      'unreachable',
      'blackhole',
      'goto 32766',
      'nop',
      'lookup main suppress_ifgroup 7',
    ]);
    return `rule add pref ${1 + random.below(30000)} ${parts === 'not ' ? '' : parts}${action}`;
  }

  prefix4(): string {
    const random = this.#random;
    const length = random.pick([0, 8, 15, 16, 20, 24, 24, 27, 32]);
    if (length === 0) return 'default';
    const address = this.address4().split('.').map(Number);
    const value =
      ((address[0] ?? 0) * 2 ** 24 +
        (address[1] ?? 0) * 2 ** 16 +
        (address[2] ?? 0) * 256 +
        (address[3] ?? 0)) >>>
      0;
    const masked = length === 32 ? value : (value & ~(2 ** (32 - length) - 1)) >>> 0;
    return `${[24, 16, 8, 0].map((shift) => (masked >>> shift) & 255).join('.')}/${length}`;
  }

  prefix6(): string {
    const random = this.#random;
    return random.pick([
      'default',
      `fd00:${random.below(4)}::/32`,
      `fd00:${random.below(4)}:1::/48`,
      `fd00:${random.below(4)}::/64`,
      `fd00:${random.below(4)}::${random.below(12)}/128`,
      'fd00::/16',
      '2001:db8::/32',
      `2001:db8:${random.below(4)}::/48`,
    ]);
  }

  address4(): string {
    const random = this.#random;
    return random.pick([
      () => `10.${random.below(4)}.${random.below(3)}.${random.pick([0, 1, 2, 9, 10, 127, 254, 255])}`,
      () => `10.${random.below(4)}.0.${random.below(256)}`,
      () => `10.${random.below(3)}.7.${random.below(3)}`,
      () => `192.168.${random.below(4)}.${random.pick([1, 2])}`,
      () =>
        `${random.pick([8, 100, 172, 203])}.${random.below(4)}.${random.below(4)}.${1 + random.below(200)}`,
    ])();
  }

  odd4(): string {
    const odd = ['127.0.0.1', '127.0.0.9', '255.255.255.255', '224.0.0.1', '240.0.0.1', '169.254.3.3'];
    return this.#random.pick(odd);
  }

  address6(): string {
    const random = this.#random;
    return random.pick([
      () => `fd00:${random.below(4)}::${random.below(12)}`,
      () => `fd00:${random.below(4)}:1::${random.below(4)}`,
      () => `2001:db8:${random.below(4)}::${random.below(3)}`,
      () => `2a00:${random.below(9)}::1`,
    ])();
  }
}
