/** A node in a network namespace, with an outside and pods, whose kernel says what it did with a packet. */
import type { Family, Flow, Listener } from '../../../src/kernel/flow.ts';
import type { SnapshotFiles } from '../../../src/kernel/snapshot.ts';
import { Namespace } from './namespace.ts';
import { type Backend, type Observation, Recorder } from './recorder.ts';
import { frameOf, ipPacket } from './rawPacket.ts';
import { Listeners } from './listeners.ts';
import { Sender } from './sender.ts';

export interface LabOptions {
  readonly backend: Backend;
  /** Rules by family, as `iptables-restore` reads them. */
  readonly rules: { readonly 4?: string; readonly 6?: string };
  readonly ipsets?: string;
  readonly sysctls?: readonly string[];
  /** More bridges, with their addresses, beside cni0. */
  readonly bridges?: readonly { readonly name: string; readonly address: string }[];
  /** Leave out rules that `iptables-restore` refuses and commands that the kernel refuses, instead of failing. */
  readonly lenient?: boolean;
  /** More commands of `ip` in the node. */
  readonly commands?: readonly string[];
}

const NODE_MAC = '02:00:00:00:00:02';
const BRIDGE_MAC = '02:00:00:00:01:01';
const OUTSIDE_MAC = '02:00:00:00:00:aa';
const POD_MAC = '02:00:00:00:01:aa';

/** The node's interfaces to the outside. */
const UPLINKS = ['eth0', 'eth1'];

const QUIET = ['net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1'];

const NODE_SYSCTLS = [
  'net.ipv4.ip_forward=1',
  'net.ipv6.conf.all.forwarding=1',
  'net.ipv6.conf.all.accept_dad=0',
  'net.ipv6.conf.default.accept_dad=0',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=0',
  'net.ipv4.icmp_ratelimit=0',
  'net.ipv4.icmp_ratemask=0',
  'net.ipv6.icmp.ratelimit=0',
  'net.bridge.bridge-nf-call-iptables=1',
  'net.bridge.bridge-nf-call-ip6tables=1',
];

const NODE_LINKS = [
  `link set eth0 address ${NODE_MAC} up`,
  `link set eth1 address ${NODE_MAC} up`,
  `link add cni0 address ${BRIDGE_MAC} type bridge mcast_snooping 0`,
  'link set cni0 up',
  'link set vethpods master cni0 up',
  'link set vethpods type bridge_slave hairpin on',
  'addr add 192.168.0.2/24 dev eth0',
  'addr add fd00:192:168::2/64 dev eth0 nodad',
  'addr add 10.244.1.1/24 dev cni0',
  'addr add fd00:10:244:1::1/64 dev cni0 nodad',
  'addr add 172.16.5.2/24 dev eth1',
  'addr add fd00:172:5::2/64 dev eth1 nodad',
  'route add 172.16.9.0/24 via 172.16.5.1',
  'route add fd00:172:9::/64 via fd00:172:5::1',
  'route add default via 192.168.0.1',
  'route add 10.244.2.0/24 via 192.168.0.3',
  'route add 10.244.3.0/24 via 192.168.0.4',
  'route add default via fd00:192:168::1',
  'route add fd00:10:244:2::/64 via fd00:192:168::3',
  'route add fd00:10:244:3::/64 via fd00:192:168::4',
];

/** Who is met on the uplinks: a router that does not answer in time would make an error of the packet. */
const NEIGHBOURS = [
  ...[
    '192.168.0.1',
    '192.168.0.3',
    '192.168.0.4',
    'fd00:192:168::1',
    'fd00:192:168::3',
    'fd00:192:168::4',
  ].map((address) => neighbour(address, 'eth0', OUTSIDE_MAC)),
  ...['172.16.5.1', '172.16.5.9', 'fd00:172:5::1', 'fd00:172:5::9'].map((address) =>
    neighbour(address, 'eth1', OUTSIDE_MAC),
  ),
];

/** What every dump of the repository may name: `nfacct` objects of kube-proxy. */
const ACCOUNTS = ['ct_state_invalid_dropped_pkts', 'localhost_nps_accepted_pkts', 'kubelet_dropped_pkts'];

/** The commands that a lab needs beside `ip`. */
export const labTools: readonly string[] = [
  'python3',
  'nft',
  'conntrack',
  'nfacct',
  'ipset',
  'bridge',
  'sysctl',
  'iptables-nft-restore',
  'iptables-legacy-restore',
];

export class Lab {
  readonly node = new Namespace('node');
  readonly #outside = new Namespace('out');
  readonly #pods = new Namespace('pods');
  readonly #senders: Readonly<Record<'node' | 'outside' | 'pods', Sender>>;
  readonly #backend: Backend;
  readonly #recorder: Recorder;
  #listeners: Listeners | null = null;
  /** For `ipset restore`, where rules or packets may change sets; else empty. */
  readonly #sets: string;
  readonly #met = new Set<string>();

  constructor(options: LabOptions) {
    this.#backend = options.backend;
    this.#sets = changingSets(options);
    for (const peer of [this.#outside, this.#pods]) peer.run(['sysctl', '-qw', ...QUIET]);
    this.node.run(['sysctl', '-qw', ...NODE_SYSCTLS]);
    for (const name of UPLINKS) {
      this.node.run([
        'ip',
        'link',
        'add',
        name,
        'type',
        'veth',
        'peer',
        'name',
        name,
        'netns',
        this.#outside.name,
      ]);
      this.#outside.run(['ip', 'link', 'set', name, 'address', OUTSIDE_MAC, 'up']);
    }
    this.node.run([
      'ip',
      'link',
      'add',
      'vethpods',
      'type',
      'veth',
      'peer',
      'name',
      'cni0',
      'netns',
      this.#pods.name,
    ]);
    this.#pods.run(['ip', 'link', 'set', 'cni0', 'address', POD_MAC, 'up']);
    this.node.mustIp([...NODE_LINKS, ...NEIGHBOURS]);
    this.#change(options.commands ?? [], options.lenient ?? false);
    this.node.mustIp(Array.from({ length: 253 }, (_, index) => neighbour(`10.244.1.${index + 2}`)));
    this.node.mustIp(
      Array.from({ length: 254 }, (_, index) => neighbour(`fd00:10:244:1::${(index + 2).toString(16)}`)),
    );
    for (const [index, bridge] of (options.bridges ?? []).entries())
      this.#bridge(bridge.name, bridge.address, index);
    this.node.run(['sysctl', '-qw', ...(options.sysctls ?? ['net.ipv4.conf.all.route_localnet=0'])]);
    for (const name of ACCOUNTS) this.node.attempt(['nfacct', 'add', name]);
    if (options.ipsets !== undefined) this.node.run(['ipset', 'restore'], options.ipsets);
    for (const family of [4, 6] as const)
      this.#restore(family, options.rules[family], options.lenient ?? false);
    this.#recorder = new Recorder(this.node, options.backend);
    this.#senders = {
      node: new Sender(this.node),
      outside: new Sender(this.#outside),
      pods: new Sender(this.#pods),
    };
    this.reset();
  }

  /** A bridge with one port, whose other end is among the pods and has the bridge's name. */
  #bridge(name: string, address: string, index: number): void {
    const port = `port${index}`;
    this.node.run([
      'ip',
      'link',
      'add',
      port,
      'type',
      'veth',
      'peer',
      'name',
      name,
      'netns',
      this.#pods.name,
    ]);
    this.#pods.run(['ip', 'link', 'set', name, 'up']);
    this.node.mustIp([
      `link add ${name} address ${BRIDGE_MAC} type bridge mcast_snooping 0`,
      `link set ${name} up`,
      `link set ${port} master ${name} up`,
      `link set ${port} type bridge_slave hairpin on`,
      `addr add ${address} dev ${name}`,
    ]);
    const network = address.split('.').slice(0, 3).join('.');
    this.node.mustIp(Array.from({ length: 20 }, (_, host) => neighbour(`${network}.${host + 2}`, name)));
  }

  /** `lenient`: commands that the kernel refuses are left out. */
  #change(commands: readonly string[], lenient: boolean): void {
    if (lenient) this.node.ip(commands);
    else this.node.mustIp(commands);
  }

  /** `lenient`: rules that the kernel refuses are left out. */
  #restore(family: 4 | 6, rules: string | undefined, lenient: boolean): void {
    if (rules === undefined) return;
    const command = `${family === 4 ? 'iptables' : 'ip6tables'}-${this.#backend}-restore`;
    let text = rules;
    for (let tries = 0; ; tries++) {
      const { status, stderr } = this.node.attempt([command], text);
      const refused = new Set([...stderr.matchAll(/line:? (\d+)/g)].map((match) => Number(match[1])));
      if (status === 0) return;
      if (!lenient || refused.size === 0 || tries > 40) throw new Error(`${command}: ${stderr}\n${text}`);
      text = text
        .split('\n')
        .filter((_, index) => !refused.has(index + 1))
        .join('\n');
    }
  }

  /** What `ip-addr.json` and its siblings say, with the rules as the kernel prints them back. */
  snapshot(): SnapshotFiles {
    const files = new Map(this.node.snapshot());
    files.set('iptables-save.txt', this.node.run([`iptables-${this.#backend}-save`]));
    files.set('ip6tables-save.txt', this.node.run([`ip6tables-${this.#backend}-save`]));
    return files;
  }

  /** Opens sockets in the node that never answer. */
  async listen(listeners: readonly Listener[]): Promise<void> {
    this.#listeners = new Listeners(this.node);
    await this.#listeners.open(listeners);
  }

  /** Sends the packets that the flow comes after, all the way, then its own; the answer is of this packet alone. `between`: called when those before have gone. */
  async send(flow: Flow, between = (): void => undefined): Promise<string> {
    this.#resetSets();
    const before = flow.after ?? [];
    if (before.length > 0) {
      this.#recorder.letPass(true);
      for (const each of before) {
        this.observe(each.family, await this.#sendOne(each), false);
      }
      this.#recorder.letPass(false);
      between();
    }
    return this.#sendOne(flow);
  }

  /**
   * Puts a neighbour at an address among the pods, where there is none: of a packet that rules send back to its bridge the
   * kernel asks for the neighbour before FORWARD, and the pods here do not answer.
   */
  meet(address: string): void {
    if (this.#met.has(address)) return;
    this.#met.add(address);
    this.node.mustIp([neighbour(address)]);
  }

  /** What `conntrack -L` says of both families. */
  connections(): string {
    return this.node.run(['sh', '-c', 'conntrack -L -f ipv4 2>/dev/null; conntrack -L -f ipv6 2>/dev/null']);
  }

  async #sendOne(flow: Flow): Promise<string> {
    const packet = ipPacket(flow, flow.from.address ?? '0.0.0.0');
    const name = flow.from.interface ?? null;
    if (name !== null) {
      // The other end of every interface has its name.
      const uplink = UPLINKS.includes(name);
      const to = uplink ? NODE_MAC : flow.packet?.l2 === 'bridged' ? '02:00:00:00:01:bb' : BRIDGE_MAC;
      const frame = frameOf(packet, flow.family, {
        from: flow.sourceMac ?? (uplink ? OUTSIDE_MAC : POD_MAC),
        to,
      });
      return this.#senders[uplink ? 'outside' : 'pods'].frame(name, frame);
    }
    const { from, to, mark = 0 } = flow;
    return this.#senders.node.packet(from.address, to.address, mark, packet, from);
  }

  /** Sets as they were at first, where packets may have changed them. */
  #resetSets(): void {
    if (this.#sets !== '') this.node.run(['ipset', 'restore'], this.#sets);
  }

  /** Forgets connections and `recent` lists, and starts counting anew. */
  reset(): void {
    this.#recorder.reset();
  }

  /** What counted and was seen since the last time. `forgetting`: of the packet's connection and `recent` lists. */
  observe(family: Family, sent: string, forgetting = true): Observation {
    return this.#recorder.observe(family, sent, forgetting);
  }

  /** The same observation with what came in since. */
  observeMore(family: Family, before: Observation): Observation {
    return this.#recorder.observeMore(family, before);
  }

  close(): void {
    this.#listeners?.close();
    for (const sender of Object.values(this.#senders)) sender.close();
    for (const space of [this.node, this.#outside, this.#pods]) space.close();
  }
}

/** What puts the entries back; sets of hardware addresses learn by being asked. */
function changingSets({ ipsets = '', rules }: LabOptions): string {
  const changes = /-j SET /.test(`${rules[4] ?? ''}${rules[6] ?? ''}`) || ipsets.includes('bitmap:ip,mac');
  const entries = ipsets.split('\n').filter((line) => line.startsWith('add '));
  return changes ? ['flush', ...entries, ''].join('\n') : '';
}

/** A bridge asks for the neighbour before FORWARD when DNAT sent a packet back to it. */
function neighbour(address: string, name = 'cni0', mac = POD_MAC): string {
  return `neigh replace ${address} lladdr ${mac} nud permanent dev ${name}`;
}
