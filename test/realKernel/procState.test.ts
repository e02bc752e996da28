/** What is read from /proc against what `ip` says, and the routing of both against `ip route get`, on random nodes. */
import { afterAll, expect, test } from 'vitest';
import { procState } from '../../src/cluster/collect/proc/procState.ts';
import { commands } from '../../src/cluster/collect/commands.ts';
import { readNode } from '../../src/kernel/node/readNode.ts';
import type { Node, Route } from '../../src/kernel/node/node.ts';
import { NO_TRAFFIC } from '../../src/kernel/node/traffic.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../src/kernel/snapshot.ts';
import { formatAddress, parseAddress } from '../../src/values/address.ts';
import { Namespace } from './support/namespace.ts';
import { Random } from './support/random.ts';
import { RandomNetwork } from './support/randomNetwork.ts';
import { describeWithKernel } from './support/requirements.ts';
import { agree, askKernel, commandOf, ourAnswer, type Query, randomQuery } from './support/routeQueries.ts';

const SEEDS = Array.from({ length: Number(process.env['KPE_SEEDS'] ?? 8) }, (_, index) => index + 1);

/** The node as it is seen from a Pod without `ip`, by the argv that would be run there. */
function nodeByProc(space: Namespace): Node {
  const read = (argv: readonly string[]): string => space.run(argv);
  const { fibTrie, route, addresses6, route6, devices } = commands.proc;
  const { files } = procState(
    {
      fibTrie: read(fibTrie.argv),
      route: read(route.argv),
      addresses6: read(addresses6.argv),
      route6: read(route6.argv),
      devices: read(devices.argv),
    },
    'the Pod x has no ip',
  );
  const sysctls = space.run(commands.sysctls.argv);
  const named = [...files, ['sysctl.txt', sysctls] as const].filter(
    (entry): entry is [SnapshotFileName, string] =>
      (snapshotFileNames as readonly string[]).includes(entry[0]),
  );
  return readNode(new Map(named));
}

/** `10.0.0.0/24 main 0 0`: what tells routes of one table apart, but for who made them. */
function keyOf(route: Route, withMetric = true): string {
  const { family, destination, prefixLength, table, metric, tos, from } = route;
  const prefix = formatAddress({ family, value: destination.value });
  const source = from === null ? '' : ` from ${formatAddress({ family, value: from.value })}`;
  return `${prefix}/${prefixLength} ${table} ${withMetric ? metric : '?'} ${tos}${source}`;
}

function interfacesOf(route: Route): readonly (string | null)[] {
  return route.nexthops.length > 0 ? route.nexthops.map((hop) => hop.interface) : [route.interface];
}

function gatewaysOf(route: Route): readonly (string | null)[] {
  const hops = route.nexthops.length > 0 ? route.nexthops : [route];
  return hops.map((hop) => (hop.gateway === null ? null : formatAddress(hop.gateway)));
}

/** What /proc says of a table's routes and `ip` does not, one line each. */
function contradictions(byProc: readonly Route[], byIp: readonly Route[]): readonly string[] {
  return byProc.flatMap((route) => {
    const same = byIp.filter((each) => keyOf(each, hasMetric(route)) === keyOf(route, hasMetric(route)));
    if (same.length === 0) return [`${keyOf(route)}: ip has no such route`];
    const [known] = interfacesOf(route);
    const fits = same.some((each) => {
      const unknown = route.partial && known === null;
      const typeFits = unknown || each.type === route.type;
      const deviceFits =
        known === null || interfacesOf(route).every((name) => interfacesOf(each).includes(name));
      const gateways = gatewaysOf(route).filter((gateway) => gateway !== null);
      return typeFits && deviceFits && gateways.every((gateway) => gatewaysOf(each).includes(gateway));
    });
    return fits ? [] : [`${keyOf(route)}: ${JSON.stringify(route, bigintAsText)}`];
  });
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString(16) : value;
}

/** Fails where /proc says of the node what `ip` does not, or leaves out an IPv4 route. */
function expectSubset(node: Namespace): void {
  const byIp = readNode(node.snapshot());
  const byProc = nodeByProc(node);
  expect(byProc.problems).toEqual([]);
  expect(contradictions(byProc.routes[4] ?? [], byIp.routes[4] ?? [])).toEqual([]);
  expect(contradictions(ofNamedTables(byProc.routes[6]), byIp.routes[6] ?? [])).toEqual([]);
  const told = new Set((byProc.routes[4] ?? []).map((route) => keyOf(route, false)));
  expect((byIp.routes[4] ?? []).map((route) => keyOf(route, false)).filter((key) => !told.has(key))).toEqual(
    [],
  );
  for (const [name, glimpsed] of byProc.glimpsed ?? []) {
    const own = byIp.interfaces?.get(name)?.addresses.map((at) => formatAddress(at.address)) ?? [];
    expect(own, name).toEqual(
      expect.arrayContaining(glimpsed.addresses.map((at) => formatAddress(at.address))),
    );
  }
}

interface Setup {
  /** Commands of `ip`. */
  readonly lines: readonly string[];
  /** IPv4 addresses whose interface is clear. */
  readonly placed: readonly string[];
  /** Whether somebody set a policy rule. */
  readonly policy: boolean;
  /** Destinations to ask the way to, and for how many it is not known from /proc. */
  readonly ways: readonly string[];
  readonly unknown: number;
}

/** Nodes as network plugins and cloud providers make them. */
const plugins: Readonly<Record<string, Setup>> = {
  'a bridge and host gateways (kubenet, flannel host-gw)': {
    lines: [
      'link add cni0 type bridge',
      'link set cni0 up',
      'addr add 10.244.1.1/24 brd + dev cni0',
      'route add 10.244.2.0/24 via 10.0.0.6 dev eth0',
      'link add veth1 type veth peer name q1',
      'link set veth1 master cni0 up',
    ],
    placed: ['eth0 10.0.0.5', 'cni0 10.244.1.1'],
    policy: false,
    ways: [
      '10.244.1.9',
      '10.244.2.9',
      '8.8.8.8',
      '10.0.0.5',
      '10.0.0.255',
      '127.0.0.9',
      'fd00::9',
      '2a00::1',
    ],
    unknown: 1,
  },
  'a route for each Pod (Calico)': {
    lines: [
      'link add cali1 type veth peer name q1',
      'link set cali1 up',
      'route add 192.168.5.7 dev cali1 scope link',
      'route add blackhole 192.168.5.0/26 proto 80',
      'link add vxlan.calico type bridge',
      'link set vxlan.calico up',
      'addr add 192.168.5.1/32 dev vxlan.calico',
      'route add 192.168.9.0/26 via 192.168.9.1 dev vxlan.calico onlink',
    ],
    placed: ['eth0 10.0.0.5'],
    policy: false,
    ways: ['192.168.5.7', '192.168.5.8', '192.168.5.1', '192.168.9.4', '1.1.1.1'],
    unknown: 0,
  },
  'policy rules for each interface (AWS)': {
    lines: [
      'link add eth1 type veth peer name p1',
      'link set p1 up',
      'link set eth1 up',
      'addr add 10.0.0.9/24 brd + dev eth1',
      'route add default via 10.0.0.1 dev eth1 table 2',
      'route add 10.0.0.44 dev eth1 scope link',
      'rule add from 10.0.0.44 lookup 2 pref 1536',
      'rule add to 10.0.0.44 lookup main pref 512',
    ],
    placed: [],
    policy: true,
    ways: ['10.0.0.44', '8.8.8.8', '10.0.0.9'],
    unknown: 2,
  },
  'one address of 32 bits (Google)': {
    lines: [
      'addr del 10.0.0.5/24 dev eth0',
      'addr add 10.128.0.5/32 dev eth0',
      'route replace 10.128.0.1 dev eth0 scope link',
      'route replace default via 10.128.0.1 dev eth0',
    ],
    placed: [],
    policy: false,
    ways: ['8.8.8.8', '10.128.0.5', '10.128.0.1'],
    unknown: 0,
  },
  'addresses of Services on an interface that is down (IPVS)': {
    lines: [
      'link add kube-ipvs0 type bridge',
      'addr add 10.96.0.1/32 dev kube-ipvs0',
      'addr add 10.96.0.10/32 dev kube-ipvs0',
      'addr add 10.0.0.77/32 dev lo',
    ],
    placed: [],
    policy: false,
    ways: ['10.96.0.1', '10.0.0.77', '10.96.0.2'],
    unknown: 0,
  },
  'several next hops, gateways of the other family, and routes that refuse': {
    lines: [
      'route add 10.9.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3',
      'nexthop add id 1 via 10.0.0.7 dev eth0',
      'nexthop add id 2 via 10.0.0.8 dev eth0',
      'nexthop add id 9 group 1/2',
      'route add 10.10.0.0/16 nhid 9',
      '-6 route add fd09::/64 nexthop via fd00::2 nexthop via fd00::3',
      '-6 route add unreachable fd0a::/64',
      '-6 route add throw fd0b::/64',
      '-6 route add fd0c::/64 from fd00::/64 dev eth0',
      'route add 10.11.0.0/16 via inet6 fd00::7 dev eth0',
      'route add unreachable 10.12.0.0/16',
      'route add prohibit 10.13.0.0/16',
      'route add throw 10.14.0.0/16',
      'route add 10.15.0.0/16 dev eth0 tos 0x10',
    ],
    placed: ['eth0 10.0.0.5'],
    policy: false,
    ways: ['10.12.0.1', '10.13.0.1', '10.14.0.1', '10.15.0.1', 'fd0a::1', 'fd0b::1', '10.0.0.5'],
    unknown: 2,
  },
};

/** A packet that the node makes, its source left to routing. */
function wayTo(destination: string): Query {
  const address = parseAddress(destination);
  if (address === null) throw new Error(`${destination} is no address`);
  const { family } = address;
  return {
    family,
    source: null,
    destination: address,
    inputInterface: null,
    outputInterface: null,
    mark: 0,
    tos: 0,
    traffic: NO_TRAFFIC,
  };
}

describeWithKernel('what /proc tells of a node', ['sysctl'], () => {
  const spaces: Namespace[] = [];
  afterAll(() => {
    for (const space of spaces) space.close();
  });

  function build(
    seed: number,
    withRules: boolean,
  ): { random: Random; network: RandomNetwork; node: Namespace } {
    const random = new Random(seed);
    const node = new Namespace('node');
    const peer = new Namespace('peer');
    spaces.push(node, peer);
    const network = new RandomNetwork(random, { withRules });
    network.build(node, peer);
    return { random, network, node };
  }

  test.each(SEEDS)('is never otherwise than what ip says (seed %i)', (seed) => {
    const { node } = build(seed, seed % 2 === 0);
    expectSubset(node);
  });

  test.each(Object.entries(plugins))(
    'is never otherwise than what ip says on a node with %s',
    (_name, setup) => {
      const node = new Namespace('node');
      spaces.push(node);
      const quiet = ['all', 'default'].map((name) => `net.ipv6.conf.${name}.accept_dad=0`);
      node.run(['sysctl', '-qw', ...quiet]);
      const base = [
        'link add eth0 type veth peer name p0',
        'link set p0 up',
        'link set eth0 up',
        'addr add 10.0.0.5/24 brd + dev eth0',
        '-6 addr add fd00::5/64 dev eth0 nodad',
        'route add default via 10.0.0.1',
        '-6 route add default via fd00::1',
      ];
      const run = [...base, ...setup.lines];
      for (const line of run) node.run(['ip', ...line.split(' ')]);
      expectSubset(node);
      const byProc = nodeByProc(node);
      const placed = [...(byProc.glimpsed?.values() ?? [])].flatMap((of) =>
        of.addresses
          .filter((at) => at.address.family === 4 && of.name !== 'lo')
          .map((at) => `${of.name} ${formatAddress(at.address)}`),
      );
      expect(placed).toEqual(setup.placed);
      expect(byProc.rules === null).toBe(setup.policy);
      const answers = askKernel(node, setup.ways.map(wayTo));
      const ours = setup.ways.map((way) => ourAnswer(byProc, wayTo(way)));
      const differences = ours.flatMap((answer, index) =>
        answer.text.startsWith('unknown') || agree(answer, asFarAsKnown(answer, answers[index] ?? ''))
          ? []
          : [
              `${setup.ways[index] ?? ''}: kernel ${answers[index] ?? ''}, ours ${answer.text} (${answer.assuming.join('; ')})`,
            ],
      );
      expect(differences).toEqual([]);
      expect(ours.filter((answer) => answer.text.startsWith('unknown')).length).toBe(setup.unknown);
    },
  );

  test.each(SEEDS)('routes as the kernel, or says what it takes for granted (seed %i)', (seed) => {
    const withRules = seed % 2 === 0;
    const { node, network, random } = build(seed, withRules);
    const known = nodeByProc(node);
    const queries = Array.from({ length: 400 }, () => randomQuery(random, network));
    const answers = askKernel(node, queries);
    let sure = 0;
    const differences = queries.flatMap((query, index) => {
      const ours = ourAnswer(known, query);
      const open = ours.assuming.filter((each) => withRules || !each.includes('no policy routing rules'));
      if (ours.text.startsWith('unknown') || open.length > 0) return [];
      sure++;
      const theirs = answers[index] ?? 'no answer';
      return agree(ours, asFarAsKnown(ours, theirs))
        ? []
        : [`${commandOf(query)}\n  kernel: ${theirs}\n  ours:   ${ours.text}`];
    });
    expect(differences.join('\n')).toBe('');
    // In IPv4 without policy rules what is the node's own is certain.
    if (known.rules !== null) expect(sure).toBeGreaterThan(10);
  });
});

/** The kernel's answer, without the source that routing chooses where ours leaves it open. */
function asFarAsKnown(ours: { readonly text: string }, theirs: string): string {
  return theirs === 'error' || !ours.text.endsWith(' -') ? theirs : theirs.replace(/ \S+$/, ' -');
}

/** Without tables whose names /proc does not tell. */
function ofNamedTables(routes: readonly Route[] | null): readonly Route[] {
  return (routes ?? []).filter((route) => !route.table.startsWith('unnamed-'));
}

/** Of other tables, and of what cannot be brought together, the metric is not known. */
function hasMetric(byProc: Route): boolean {
  return byProc.family === 6 || !byProc.partial || byProc.interface !== null;
}
