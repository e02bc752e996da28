/** A node in a network namespace, with an outside and pods, whose kernel says what it did with a packet. */
import type { Family, Flow, Listener } from '../../../src/kernel/flow.ts';
import type { SnapshotFiles } from '../../../src/kernel/snapshot.ts';
import { Namespace } from './namespace.ts';
import { type Backend, type Observation, Recorder, withoutRecorder } from './recorder.ts';
import {
  BRIDGE_MAC,
  neighbour,
  nodeLinks,
  nodeSysctls,
  OUTSIDE_MAC,
  POD_MAC,
  podNeighbours,
  quietSysctls,
  requestOf,
  UPLINKS,
} from './labNetwork.ts';
import { addTaken } from './nftables/load.ts';
import { deleteMisprinted } from './nftables/misprinted.ts';
import { linesToForget } from './nftables/nativeRules.ts';
import { Listeners } from './listeners.ts';
import { Sender } from './sender.ts';

export interface LabOptions {
  readonly backend: Backend;
  /** Rules by family, as `iptables-restore` reads them. */
  readonly rules: { readonly 4?: string; readonly 6?: string };
  /** Lines for `nft -f`, of which those that it takes are loaded, behind the rules of iptables. */
  readonly native?: readonly string[];
  readonly ipsets?: string;
  readonly sysctls?: readonly string[];
  /** More bridges, with their addresses, beside cni0. */
  readonly bridges?: readonly Bridge[];
  /** Leave out rules that `iptables-restore` refuses and commands that the kernel refuses, instead of failing. */
  readonly lenient?: boolean;
  /** More commands of `ip` in the node. */
  readonly commands?: readonly string[];
}

/** `address`: of its network, of IPv4; `address6`: the same of IPv6, of 64 bits. */
export interface Bridge {
  readonly name: string;
  readonly address: string;
  readonly address6?: string;
}

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
  /** Native tables were loaded. */
  readonly #native: boolean;
  /** Lines for `nft -f`, where packets may change sets of native tables; else empty. */
  readonly #nativeSets: string;

  constructor(options: LabOptions) {
    this.#backend = options.backend;
    this.#sets = changingSets(options);
    for (const peer of [this.#outside, this.#pods]) peer.run(['sysctl', '-qw', ...quietSysctls]);
    this.node.run(['sysctl', '-qw', ...nodeSysctls]);
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
    this.node.mustIp(nodeLinks);
    this.#change(options.commands ?? [], options.lenient ?? false);
    this.node.mustIp(podNeighbours);
    for (const [index, bridge] of (options.bridges ?? []).entries()) this.#bridge(bridge, index);
    this.node.run(['sysctl', '-qw', ...(options.sysctls ?? ['net.ipv4.conf.all.route_localnet=0'])]);
    for (const name of ACCOUNTS) this.node.attempt(['nfacct', 'add', name]);
    if (options.ipsets !== undefined) this.node.run(['ipset', 'restore'], options.ipsets);
    for (const family of [4, 6] as const)
      this.#restore(family, options.rules[family], options.lenient ?? false);
    if (options.native !== undefined) {
      addTaken(this.node, options.native);
      deleteMisprinted(this.node, options.native);
    }
    this.#native = options.native !== undefined;
    // Of a table that was not loaded there is nothing to flush.
    this.#nativeSets = linesToForget(options.native ?? [])
      .filter((line) => this.node.attempt(['nft', line]).status === 0)
      .join('\n');
    this.#recorder = new Recorder(this.node, options.backend);
    this.#senders = {
      node: new Sender(this.node),
      outside: new Sender(this.#outside),
      pods: new Sender(this.#pods),
    };
    this.reset();
  }

  /** A bridge with one port, whose other end is among the pods and has the bridge's name. */
  #bridge({ name, address, address6 }: Bridge, index: number): void {
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
    if (address6 === undefined) return;
    this.node.mustIp([
      `addr add ${address6} dev ${name} nodad`,
      ...Array.from({ length: 8 }, (_, host) => neighbour(address6.replace(/1\/\d+$/, `${host + 2}`), name)),
    ]);
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

  /**
   * What `ip-addr.json` and its siblings say, with the rules as the kernel prints them back. Sets are as packets will meet them: what
   * the node sent of its own since they were made (neighbour discovery) may have changed them.
   */
  snapshot(): SnapshotFiles {
    this.#resetSets();
    const files = new Map(this.node.snapshot());
    files.set('iptables-save.txt', this.node.run([`iptables-${this.#backend}-save`]));
    files.set('ip6tables-save.txt', this.node.run([`ip6tables-${this.#backend}-save`]));
    if (this.#native) files.set('nft.txt', withoutRecorder(this.node.run(['nft', 'list', 'ruleset'])));
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

  #sendOne(flow: Flow): Promise<string> {
    const { space, line } = requestOf(flow);
    return this.#senders[space].ask(line);
  }

  /** Sets as they were at first, where packets may have changed them. */
  #resetSets(): void {
    if (this.#sets !== '') this.node.run(['ipset', 'restore'], this.#sets);
    if (this.#nativeSets !== '') this.node.run(['nft', '-f', '-'], this.#nativeSets);
  }

  /**
   * Loads the rules of iptables once more, which forgets what they counted: the kernel lists no connections that `connlimit` knows. It
   * keeps a table of `hashlimit` while a rule has it: at first there are none. Tables of nft are deleted, not emptied: new chains of an
   * old table run before those that are listed behind it.
   */
  renewRules(family: Family): void {
    const command = `${family === 4 ? 'iptables' : 'ip6tables'}-${this.#backend}`;
    const rules = this.node.run([`${command}-save`]);
    if (this.#backend === 'nft') this.node.run(['nft', '-f', '-'], deletionOf(rules, family));
    else this.node.run([`${command}-restore`], rules.replaceAll(/^[^*C].*\n/gm, ''));
    this.node.run([`${command}-restore`], rules);
    this.reset();
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

/** What deletes the tables of iptables-nft. */
function deletionOf(rules: string, family: Family): string {
  return rules
    .split('\n')
    .filter((line) => line.startsWith('*'))
    .map((line) => `delete table ${family === 4 ? 'ip' : 'ip6'} ${line.slice(1)}\n`)
    .join('');
}

/** What puts the entries back; sets of hardware addresses learn by being asked. */
function changingSets({ ipsets = '', rules }: LabOptions): string {
  const changes = /-j SET /.test(`${rules[4] ?? ''}${rules[6] ?? ''}`) || ipsets.includes('bitmap:ip,mac');
  const entries = ipsets.split('\n').filter((line) => line.startsWith('add '));
  return changes ? ['flush', ...entries, ''].join('\n') : '';
}
