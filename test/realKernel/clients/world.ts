/**
 * A small cluster of network namespaces: one node with kube-proxy's rules and a namespace for each of its Pods, other nodes
 * that are plain hosts with their Pods' addresses, a router with a client behind it, and a host on the nodes' own network.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SnapshotFiles } from '../../../src/kernel/snapshot.ts';
import { isLoopback } from '../../support/sentences/networks.ts';
import { Namespace } from '../support/namespace.ts';
import type { Backend } from '../support/recorder.ts';

export interface WorldOptions {
  readonly backend: Backend;
  readonly rules: { readonly 4: string; readonly 6: string };
  /** Addresses of Pods: those of 10.244.1.0/24 and fd00:10:244:1::/64 live on the node. */
  readonly pods: readonly string[];
  readonly sysctls?: readonly string[];
  /** More commands of `ip` on the node. */
  readonly commands?: readonly string[];
  /** Of the ports of the Pods' bridge. */
  readonly hairpin?: boolean;
}

/** Where a server listens, or a client sits. */
export interface Place {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

export interface Question extends Place {
  readonly from: Client;
  /** What the socket is bound to; null for nothing. */
  readonly source: string | null;
  readonly times: number;
}

/** `pod 10.244.1.5` is by its address; `lan` is on the nodes' network, `outside` behind the router. */
export type Client = 'node' | 'lan' | 'outside' | (string & {});

const LAN = '192.168.0.';
const LAN6 = 'fd00:192:168::';

/** What leads to the node's Services from elsewhere. */
const SERVICE_NETWORKS = [
  '10.96.0.0/12',
  '203.0.113.0/24',
  '198.18.0.0/24',
  'fd00:10:96::/112',
  '2001:db8:eeee::/64',
  '2001:db8:ffff::/64',
];

const QUIET = [
  'net.ipv6.conf.all.accept_dad=0',
  'net.ipv6.conf.default.accept_dad=0',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=0',
  'net.ipv4.conf.all.send_redirects=0',
  'net.ipv4.conf.default.send_redirects=0',
  'net.ipv4.icmp_ratelimit=0',
  'net.ipv6.icmp.ratelimit=0',
  'net.ipv4.icmp_msgs_per_sec=1000000',
  'net.ipv4.icmp_msgs_burst=1000000',
];

const FORWARDING = ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'];

const ACCOUNTS = ['ct_state_invalid_dropped_pkts', 'localhost_nps_accepted_pkts', 'kubelet_dropped_pkts'];

export const OUTSIDE = { 4: '198.51.100.7', 6: '2001:db8:51::7' } as const;
export const LAN_HOST = { 4: `${LAN}6`, 6: `${LAN6}6` } as const;

export class World {
  readonly node = new Namespace('node');
  readonly #router = new Namespace('router');
  readonly #spaces = new Map<string, Namespace>();
  readonly #backend: Backend;
  readonly #talk: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  constructor({ backend, rules, pods, sysctls = [], commands = [], hairpin = true }: WorldOptions) {
    this.#backend = backend;
    this.#buildRouter();
    this.#buildNode(pods.filter(isNear), hairpin ? 'on' : 'off');
    for (const index of [2, 3])
      this.#buildOtherNode(
        index,
        pods.filter((pod) => nodeOf(pod) === index),
      );
    this.#host('lan', LAN_HOST[4], LAN_HOST[6]);
    if (sysctls.length > 0) this.node.run(['sysctl', '-qw', ...sysctls]);
    this.node.mustIp(commands);
    for (const name of ACCOUNTS) this.node.attempt(['nfacct', 'add', name]);
    for (const [command, text] of [
      ['iptables', rules[4]],
      ['ip6tables', rules[6]],
    ] as const) {
      this.node.run([`${command}-${backend}-restore`], text);
    }
    this.#talk = spawn('python3', [fileURLToPath(new URL('talk.py', import.meta.url))]);
    this.#talk.stderr.pipe(process.stderr);
    this.#answers = createInterface({ input: this.#talk.stdout })[Symbol.asyncIterator]();
  }

  #buildRouter(): void {
    const outside = this.#space('outside');
    this.#router.run(['sysctl', '-qw', ...QUIET, ...FORWARDING]);
    this.#router.mustIp([
      'link add lan0 type bridge mcast_snooping 0',
      'link set lan0 up',
      `addr add ${LAN}1/24 dev lan0`,
      `addr add ${LAN6}1/64 dev lan0 nodad`,
      `link add wan type veth peer name eth0 netns ${outside.name}`,
      'link set wan up',
      'addr add 198.51.100.1/24 dev wan',
      'addr add 2001:db8:51::1/64 dev wan nodad',
      `route add 10.244.1.0/24 via ${LAN}2`,
      `route add 10.244.2.0/24 via ${LAN}3`,
      `route add 10.244.3.0/24 via ${LAN}4`,
      `route add fd00:10:244:1::/64 via ${LAN6}2`,
      `route add fd00:10:244:2::/64 via ${LAN6}3`,
      `route add fd00:10:244:3::/64 via ${LAN6}4`,
      // From outside to the node; what comes back from the nodes' network is lost, as nobody has these addresses.
      ...SERVICE_NETWORKS.flatMap((network) => [
        `route add ${network} via ${gatewayOf(network)}2 table 100`,
        `route add blackhole ${network}`,
      ]),
    ]);
    for (const version of ['-4', '-6']) {
      this.#router.run(['ip', version, 'rule', 'add', 'iif', 'wan', 'lookup', '100']);
    }
    outside.mustIp([
      'link set eth0 up',
      `addr add ${OUTSIDE[4]}/24 dev eth0`,
      `addr add ${OUTSIDE[6]}/64 dev eth0 nodad`,
      'route add default via 198.51.100.1',
      'route add default via 2001:db8:51::1',
    ]);
  }

  /** A namespace that is left quiet. */
  #space(name: string): Namespace {
    const space = new Namespace(name.replaceAll(':', '-'));
    space.run(['sysctl', '-qw', ...QUIET]);
    this.#spaces.set(name, space);
    return space;
  }

  /** On the nodes' network. */
  #host(name: string, address: string, address6: string, space = this.#space(name)): Namespace {
    this.#router.mustIp([
      `link add ${name} type veth peer name eth0 netns ${space.name}`,
      `link set ${name} master lan0 up`,
    ]);
    const isNode = name === 'node';
    space.mustIp([
      'link set eth0 up',
      `addr add ${address}/24 dev eth0`,
      `addr add ${address6}/64 dev eth0 nodad`,
      `route add default via ${LAN}1`,
      `route add default via ${LAN6}1`,
      ...[1, 2, 3]
        .filter((index) => address !== `${LAN}${index + 1}`)
        .flatMap((index) => [
          `route add 10.244.${index}.0/24 via ${LAN}${index + 1}`,
          `route add fd00:10:244:${index}::/64 via ${LAN6}${index + 1}`,
        ]),
      ...(isNode ? [] : SERVICE_NETWORKS.map((network) => `route add ${network} via ${gatewayOf(network)}2`)),
    ]);
    return space;
  }

  #buildNode(pods: readonly string[], hairpin: 'on' | 'off'): void {
    this.node.run(['sysctl', '-qw', ...QUIET, ...FORWARDING]);
    this.#spaces.set('node', this.node);
    this.#host('node', `${LAN}2`, `${LAN6}2`, this.node);
    const spaces = pods.map((pod, index) => ({ pod, link: `pod${index}`, space: this.#space(pod) }));
    this.node.mustIp([
      'link add cni0 type bridge mcast_snooping 0',
      'link set cni0 up',
      'addr add 10.244.1.1/24 dev cni0',
      'addr add fd00:10:244:1::1/64 dev cni0 nodad',
      ...spaces.flatMap(({ link, space }) => [
        `link add ${link} type veth peer name eth0 netns ${space.name}`,
        `link set ${link} master cni0 up`,
        `link set ${link} type bridge_slave hairpin ${hairpin}`,
      ]),
    ]);
    for (const { pod, space } of spaces) {
      const [length, gateway] = pod.includes(':') ? [64, 'fd00:10:244:1::1'] : [24, '10.244.1.1'];
      space.mustIp([
        'link set eth0 up',
        `addr add ${pod}/${length} dev eth0`,
        `route add default via ${gateway}`,
      ]);
    }
    this.node.run([
      'sysctl',
      '-qw',
      'net.bridge.bridge-nf-call-iptables=1',
      'net.bridge.bridge-nf-call-ip6tables=1',
    ]);
  }

  #buildOtherNode(index: number, pods: readonly string[]): void {
    const space = this.#host(`node-${index}`, `${LAN}${index + 1}`, `${LAN6}${index + 1}`);
    space.mustIp(pods.map((pod) => `addr add ${pod}/${pod.includes(':') ? '128' : '32'} dev lo`));
  }

  /** In the namespace that has the address. */
  async serve(places: readonly Place[]): Promise<void> {
    await this.#order({
      serve: places.map((place) => ({ ...place, space: this.#spaceOf(place.address).name })),
    });
  }

  /**
   * What each of the connections got. Where one was not answered, all are asked again, with more patience: a packet may get
   * lost where hundreds are sent at a time. What the rules drop stays without an answer.
   */
  async ask(questions: readonly Question[]): Promise<readonly (readonly string[])[]> {
    const first = await this.#askOnce(questions, 1.7);
    const doubtful = questions.filter((_, index) => first[index]?.includes('TIMEOUT'));
    const again = new Map(
      (await this.#askOnce(doubtful, 3.5)).map((answers, index) => [doubtful[index], answers] as const),
    );
    return first.map((answers, index) => again.get(questions[index]) ?? answers);
  }

  async #askOnce(questions: readonly Question[], patience: number): Promise<readonly (readonly string[])[]> {
    const asked = questions.map(({ from, source, address, port, protocol, times }) => {
      const space = this.#spaces.get(from) ?? this.#spaceOf(from);
      return { space: space.name, source, address, port, protocol, times };
    });
    const answer: { readonly answers: readonly (readonly string[])[] } = JSON.parse(
      await this.#order({ ask: asked, patience }),
    );
    return answer.answers;
  }

  async #order(order: object): Promise<string> {
    this.#talk.stdin.write(`${JSON.stringify(order)}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error('talk.py ended');
    return answer.value;
  }

  #spaceOf(address: string): Namespace {
    const own = this.#spaces.get(address);
    if (own !== undefined) return own;
    if (address.startsWith(LAN) || address.startsWith(LAN6)) {
      const last = Number(address.replace(/.*[.:]/, ''));
      if (last === 1) return this.#router;
      if (address === LAN_HOST[4] || address === LAN_HOST[6]) return this.#spaces.get('lan') ?? this.#router;
      return this.#spaces.get(last === 2 ? 'node' : `node-${last - 1}`) ?? this.#router;
    }
    if (isLoopback(address)) return this.node;
    if (address === OUTSIDE[4] || address === OUTSIDE[6]) return this.#spaces.get('outside') ?? this.#router;
    return this.#spaces.get(`node-${nodeOf(address)}`) ?? this.#router;
  }

  snapshot(): SnapshotFiles {
    const files = new Map(this.node.snapshot());
    files.set('iptables-save.txt', this.node.run([`iptables-${this.#backend}-save`]));
    files.set('ip6tables-save.txt', this.node.run([`ip6tables-${this.#backend}-save`]));
    return files;
  }

  close(): void {
    this.#talk.stdin.end();
    for (const space of [this.#router, ...this.#spaces.values()]) space.close();
  }
}

function isNear(pod: string): boolean {
  return nodeOf(pod) === 1;
}

function nodeOf(address: string): number {
  return Number(/^(?:10\.244\.|fd00:10:244:)(\d+)/.exec(address)?.[1] ?? 0);
}

function gatewayOf(network: string): string {
  return network.includes(':') ? LAN6 : LAN;
}
