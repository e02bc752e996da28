/** Virtual servers of every kind that ipvsadm makes, beside rules of any kind. */
import type { Family } from '../../../../src/kernel/flow.ts';
import type { Random } from '../../../realKernel/support/random.ts';
import { randomSets, RandomRules } from '../../../realKernel/support/randomRules.ts';
import {
  commonSysctls,
  type Frontend,
  type IpvsNode,
  LOCAL_PODS,
  markedServer,
  NODE_ADDRESSES,
  REMOTE_PODS,
  SCHEDULERS,
  type Server,
  virtualServer,
} from './ipvsNode.ts';

/** The first two are kube-ipvs0's; the others are nobody's, the node's own and a pod's. */
const VIRTUAL: Readonly<Record<Family, readonly string[]>> = {
  4: ['10.96.0.10', '10.96.0.20', '10.96.0.99'],
  6: ['fd00:10:96::10', 'fd00:10:96::20', 'fd00:10:96::99'],
};

/** Also where a server may be that is no pod. */
const ELSEWHERE: Readonly<Record<Family, readonly string[]>> = {
  4: ['172.16.9.9', '192.168.0.3', '198.51.100.7', '127.0.0.1'],
  6: ['fd00:172:9::9', 'fd00:192:168::3', '2001:db8:2::10', '::1'],
};

const PORTS = [22, 53, 80, 443, 8080, 8443, 3306];

/** Rules that remember packets would answer the next one otherwise. */
const MEMORY =
  /recent|--rcheck|--update|--remove|-j SET|hashlimit|quota|connlimit|connlabel|connbytes|-m limit|-m time|--match-set (?:learned|few|banned|pairs|ways|triples|all|bits)|-j CT --zone|-m nfacct|-j NFQUEUE|TPROXY|-m socket|SYNPROXY|--nth|--every|-m mac/;

export function handMadeNode(random: Random): IpvsNode {
  const family = random.pick([4, 4, 6] as const);
  const frontends: Frontend[] = [];
  const texts: string[] = [];
  const named = new Set<string>();
  for (let count = 10 + random.below(6); count > 0; count--) {
    const address = random.pick([...VIRTUAL[family], ...VIRTUAL[family], ...NODE_ADDRESSES[family]]);
    const frontend = {
      address,
      port: random.pick(PORTS),
      protocol: random.pick(['tcp', 'tcp', 'udp', 'udp', 'sctp']),
    };
    const name = JSON.stringify(frontend);
    if (named.has(name)) continue;
    named.add(name);
    frontends.push(frontend);
    const isUdp = frontend.protocol === 'udp';
    texts.push(virtualServer(frontend, ...serverOptions(random, family, isUdp)));
  }
  for (const mark of [1, 2].filter(() => random.chance(0.4))) {
    texts.push(markedServer(family, mark, ...serverOptions(random, family, false)));
  }
  if (random.chance(0.3)) {
    const frontend = { address: VIRTUAL[family][1] ?? '', port: 0, protocol: random.pick(['tcp', 'udp']) };
    const servers = someServers(random, family).map((server) => ({ ...server, port: 0 }));
    texts.push(virtualServer(frontend, random.pick(SCHEDULERS), ' -p 300', servers));
    frontends.push({ ...frontend, port: random.pick(PORTS) });
  }
  return {
    family,
    kind: 'made by hand',
    ipvs: texts.join(''),
    ipsets: randomSets(random, family),
    rules: withIpvsRules(random, family, frontends, rulesOfOnePacket(random, family)),
    sysctls: [...commonSysctls(random), ...vsSysctls(random)],
    addresses: VIRTUAL[family].slice(0, 2),
    frontends,
  };
}

/** The scheduler, more options, the servers. */
function serverOptions(
  random: Random,
  family: Family,
  isUdp: boolean,
): [scheduler: string, options: string, servers: readonly Server[]] {
  const scheduler = random.pick(SCHEDULERS);
  const flags =
    scheduler === 'sh'
      ? random.pick(['', '', ' -b sh-port', ' -b sh-fallback', ' -b sh-fallback,sh-port'])
      : '';
  const mask = family === 4 ? ' -M 255.255.255.0' : ' -M 64';
  const persistence = random.maybe(
    0.25,
    () => ` -p ${random.pick([60, 10800])}${random.maybe(0.3, () => mask)}`,
  );
  const onePacket = isUdp ? random.maybe(0.2, () => ' -o') : '';
  const servers = someServers(random, family);
  return [scheduler, `${flags}${persistence}${onePacket}`, scheduler === 'ovf' ? roomy(servers) : servers];
}

/** With `ovf` a weight is how many connections a server takes, and those of every packet before count. */
function roomy(servers: readonly Server[]): readonly Server[] {
  return servers.map((server) => ({ ...server, weight: server.weight * 1000 }));
}

function someServers(random: Random, family: Family): readonly Server[] {
  const pool = random.shuffled([
    ...LOCAL_PODS[family],
    ...REMOTE_PODS[family],
    random.pick(ELSEWHERE[family]),
    random.pick(NODE_ADDRESSES[family]),
  ]);
  const forwarding = random.pick(['-m', '-m', '-m', '-m', '-m', '-m', '-m', '-g', '-i']);
  const same = random.chance(0.5) ? random.pick(PORTS) : null;
  return pool.slice(0, random.pick([0, 1, 1, 2, 2, 3, 4])).map((address) => ({
    address,
    port: same ?? random.pick(PORTS),
    weight: random.pick([0, 1, 1, 1, 3]),
    forwarding,
  }));
}

/** The recorder would take a copy for the packet's own doing. */
const COPIES = /-j TEE/;

/** The kernel of the machine, 6.1, takes any of them, also where it is not told so; later ones the first. */
const PORTS_IN_TURN =
  /-j (?:DNAT --to-destination \S+:\d+-\d+|REDIRECT --to-ports \d+-\d+)(?: --persistent)?$/;

function rulesOfOnePacket(random: Random, family: Family): readonly string[] {
  return new RandomRules(random, family)
    .text()
    .split('\n')
    .filter((line) => !line.startsWith('-A') || !(MEMORY.test(line) || COPIES.test(line)))
    .map((line) => line.replace(PORTS_IN_TURN, '$& --random'));
}

/** At the head of every chain of a hook a rule without a match, and some that ask for IPVS; a mark for those that go by one. */
function withIpvsRules(
  random: Random,
  family: Family,
  frontends: readonly Frontend[],
  lines: readonly string[],
): string {
  let table = '';
  let pending: string[] = [];
  return lines
    .flatMap((line) => {
      if (line.startsWith('*')) table = line.slice(1);
      const [, chain] = /^:([A-Z]+) (?:ACCEPT|DROP)/.exec(line) ?? [];
      if (chain !== undefined) pending.push(...ownRules(random, family, frontends, table, chain));
      if (line.startsWith(':') || pending.length === 0 || line.startsWith('*')) return [line];
      const before = pending;
      pending = [];
      return [...before, line];
    })
    .join('\n');
}

function ownRules(
  random: Random,
  family: Family,
  frontends: readonly Frontend[],
  table: string,
  chain: string,
): readonly string[] {
  const { address, port, protocol } = random.pick(frontends);
  const marks = table === 'mangle' && chain === 'PREROUTING';
  const numbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };
  const asked = [
    '--ipvs',
    '! --ipvs',
    `--vaddr ${address}/${family === 4 ? 32 : 128}`,
    `--vaddr ${address} --vport ${port}`,
    `--vproto ${numbers[protocol]}`,
    '--vdir ORIGINAL',
    '--vdir REPLY',
    '--vmethod MASQ',
  ];
  return [
    `-A ${chain}`,
    ...asked.filter(() => random.chance(0.25)).map((match) => `-A ${chain} -m ipvs ${match}`),
    ...(marks
      ? [1, 2]
          .filter(() => random.chance(0.5))
          .map(
            (mark) =>
              `-A ${chain} -d ${address} -p ${protocol} -m ${protocol} --dport ${random.pick([port, ...PORTS])} -j MARK --set-xmark ${mark}/0xffffffff`,
          )
      : []),
  ];
}

function vsSysctls(random: Random): readonly string[] {
  const values: Readonly<Record<string, readonly number[]>> = {
    conntrack: [0, 1, 1],
    expire_nodest_conn: [0, 1],
    expire_quiescent_template: [0, 1],
    conn_reuse_mode: [0, 1, 1],
    sloppy_tcp: [0, 0, 1],
    sloppy_sctp: [0, 0, 1],
    snat_reroute: [0, 1, 1],
    nat_icmp_send: [0, 1],
    schedule_icmp: [0, 0, 1],
    cache_bypass: [0, 0, 1],
    pmtu_disc: [0, 1, 1],
    drop_packet: [0, 0, 0, 0, 3],
    backup_only: [0, 0, 0, 0, 0, 1],
    ignore_tunneled: [0, 1],
    secure_tcp: [0, 0, 3],
  };
  return Object.entries(values).map(([name, choices]) => `net.ipv4.vs.${name}=${random.pick(choices)}`);
}
