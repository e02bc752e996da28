/**
 * Random Services as kube-proxy's IPVS mode writes them. The rules are those of the sample, which a real kube-proxy 1.36.3 wrote, and
 * which are the same whatever the Services; sets and virtual servers are filled as pkg/proxy/ipvs/proxier.go fills them.
 */
import { readFileSync } from 'node:fs';
import type { Family } from '../../../../src/kernel/flow.ts';
import type { Random } from '../../../realKernel/support/random.ts';
import {
  commonSysctls,
  type Frontend,
  type IpvsNode,
  LOCAL_PODS,
  NODE_ADDRESSES,
  type Server,
  virtualServer,
} from './ipvsNode.ts';
import { type RandomService, randomService } from './randomService.ts';

const sample = (name: string): string =>
  readFileSync(new URL(`../../../../media/samples/ipvs-node/${name}`, import.meta.url), 'utf8');

/** `add KUBE-CLUSTER-IP 10.96.0.1,tcp:443` */
type Entries = string[];

/** What a kube-proxy is told: by its flags, and by the API server. */
export interface ProxySetup {
  readonly family: Family;
  readonly scheduler: string;
  /** `--masquerade-all` */
  readonly masqueradeAll: boolean;
  readonly services: readonly RandomService[];
}

export function proxySetup(random: Random): ProxySetup {
  const family = random.pick([4, 4, 6] as const);
  return {
    family,
    scheduler: random.pick(['rr', 'rr', 'wrr', 'lc', 'sh', 'dh', 'sed', 'nq', 'mh']),
    masqueradeAll: random.chance(0.3),
    services: Array.from({ length: 6 + random.below(5) }, (_, index) =>
      randomService(random, family, index + 1),
    ),
  };
}

export function proxyNode(random: Random, setup = proxySetup(random)): IpvsNode {
  const { family, scheduler } = setup;
  const services = new Services(random, family, scheduler);
  for (const service of setup.services) services.add(service);
  return {
    family,
    kind: `as kube-proxy writes it, ${scheduler}`,
    ipvs: services.virtualServers.join(''),
    ipsets: `${[...createdSets(), ...new Set(services.entries)].join('\n')}\n`,
    rules: proxyRules(family, setup.masqueradeAll),
    sysctls: [
      ...commonSysctls(random),
      'net.ipv4.vs.conntrack=1',
      'net.ipv4.vs.expire_nodest_conn=1',
      'net.ipv4.vs.expire_quiescent_template=1',
    ],
    addresses: [...services.addresses],
    frontends: services.frontends,
  };
}

class Services {
  readonly #random: Random;
  readonly #family: Family;
  readonly #scheduler: string;
  readonly entries: Entries = [];
  readonly virtualServers: string[] = [];
  readonly frontends: Frontend[] = [];
  readonly addresses = new Set<string>();

  constructor(random: Random, family: Family, scheduler: string) {
    this.#random = random;
    this.#family = family;
    this.#scheduler = scheduler;
  }

  add(service: RandomService): void {
    const { protocol, port, isLocal, nodePort, externalIp, loadBalancer } = service;
    const servers = this.#servers(service);
    const local = servers.filter(({ address }) => LOCAL_PODS[this.#family].includes(address));
    const affinity = service.affinity ? ' -p 10800' : '';
    this.#frontend('CLUSTER-IP', { address: service.clusterIp, port, protocol }, affinity, servers);
    // A Service of policy Local without endpoints of its own goes to all of them.
    const reached = isLocal && local.length > 0 ? local : servers;
    if (nodePort !== null) this.#nodePort(nodePort, protocol, isLocal, affinity, reached);
    if (externalIp !== null) {
      const kind = isLocal ? 'EXTERNAL-IP-LOCAL' : 'EXTERNAL-IP';
      this.#frontend(kind, { address: externalIp, port, protocol }, affinity, reached);
    }
    if (loadBalancer === null) return;
    const frontend = { address: loadBalancer.address, port, protocol };
    this.#frontend('LOAD-BALANCER', frontend, affinity, reached);
    if (isLocal) this.#entry('LOAD-BALANCER-LOCAL', entryOf(frontend));
    if (loadBalancer.sourceRanges !== null) this.#sourceRanges(frontend, loadBalancer.sourceRanges);
  }

  #servers({ endpoints, targetPort, protocol }: RandomService): readonly Server[] {
    for (const address of endpoints) {
      if (LOCAL_PODS[this.#family].includes(address))
        this.#entry('LOOP-BACK', `${address},${protocol}:${targetPort},${address}`);
    }
    return endpoints.map((address) => ({
      address,
      port: targetPort,
      weight: this.#random.pick([0, 1, 1, 1, 1, 1]),
      forwarding: '-m',
    }));
  }

  #frontend(kind: string, frontend: Frontend, options: string, servers: readonly Server[]): void {
    this.addresses.add(frontend.address);
    this.#entry(kind, entryOf(frontend));
    this.#entry('IPVS-IPS', frontend.address);
    this.#serve(frontend, options, servers);
  }

  #serve(frontend: Frontend, options: string, servers: readonly Server[]): void {
    this.frontends.push(frontend);
    this.virtualServers.push(virtualServer(frontend, this.#scheduler, options, servers));
  }

  #nodePort(
    port: number,
    protocol: string,
    isLocal: boolean,
    options: string,
    servers: readonly Server[],
  ): void {
    const own = NODE_ADDRESSES[this.#family].map((address) => ({ address, port, protocol }));
    // The entries of SCTP have addresses; of other protocols the port alone.
    for (const suffix of isLocal ? ['', '-LOCAL'] : ['']) {
      if (protocol === 'sctp') {
        for (const frontend of own) this.#entry(`NODE-PORT${suffix}-SCTP-HASH`, entryOf(frontend));
      } else {
        this.#entry(`NODE-PORT${suffix}-${protocol.toUpperCase()}`, String(port));
      }
    }
    for (const frontend of own) this.#serve(frontend, options, servers);
  }

  #sourceRanges(frontend: Frontend, ranges: readonly string[]): void {
    this.#entry('LOAD-BALANCER-FW', entryOf(frontend));
    for (const source of ranges) this.#entry('LOAD-BALANCER-SOURCE-CIDR', `${entryOf(frontend)},${source}`);
  }

  #entry(set: string, entry: string): void {
    this.entries.push(`add ${setName(set, this.#family)} ${entry}`);
  }
}

function entryOf({ address, port, protocol }: Frontend): string {
  return `${address},${protocol}:${port}`;
}

function setName(name: string, family: Family): string {
  return `KUBE-${family === 6 ? '6-' : ''}${name}`.slice(0, 31);
}

function createdSets(): readonly string[] {
  return sample('ipset-save.txt')
    .split('\n')
    .filter((line) => line.startsWith('create '))
    .map((line) => line.replace(/ initval \w+/, ''));
}

/** `-A KUBE-IPVS-OUT-FILTER -s 203.0.113.30/32 …` names load balancers of the sample. */
const OF_SAMPLE = /^-A KUBE-IPVS-OUT-FILTER -s /;

/** `masqueradeAll`: as with `--masquerade-all`. */
function proxyRules(family: Family, masqueradeAll: boolean): string {
  const lines = sample('iptables-save.txt')
    .split('\n')
    .filter((line) => !OF_SAMPLE.test(line))
    .map((line) => (masqueradeAll ? line.replace('! -s 10.244.0.0/16 ', '') : line));
  return family === 4 ? lines.join('\n') : lines.map(ofIPv6).join('\n');
}

/** As kube-proxy writes it for the other family. */
function ofIPv6(line: string): string {
  return line
    .replaceAll(/--match-set KUBE-(\S+)/g, (_, name: string) => `--match-set ${setName(name, 6)}`)
    .replace('10.244.0.0/16', 'fd00:10:244::/48')
    .replace('127.0.0.0/8', '::1/128')
    .replace('icmp-port-unreachable', 'icmp6-port-unreachable');
}
