/** What is read from /proc against what `ip` says, and the routing of both against `ip route get`, on random nodes. */
import { afterAll, expect, test } from 'vitest';
import { procState } from '../../src/cluster/collect/proc/procState.ts';
import { commands } from '../../src/cluster/collect/commands.ts';
import { readNode } from '../../src/netfilter/node/readNode.ts';
import type { Node, Route } from '../../src/netfilter/node/node.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../src/netfilter/snapshot.ts';
import { formatAddress } from '../../src/iptables/values/address.ts';
import { Namespace } from './support/namespace.ts';
import { Random } from './support/random.ts';
import { RandomNetwork } from './support/randomNetwork.ts';
import { describeWithKernel } from './support/requirements.ts';
import { agree, askKernel, commandOf, ourAnswer, randomQuery } from './support/routeQueries.ts';

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
    const byIp = readNode(node.snapshot());
    const byProc = nodeByProc(node);
    expect(byProc.problems).toEqual([]);
    expect(contradictions(byProc.routes[4] ?? [], byIp.routes[4] ?? [])).toEqual([]);
    expect(contradictions(ofNamedTables(byProc.routes[6]), byIp.routes[6] ?? [])).toEqual([]);
    const told = new Set((byProc.routes[4] ?? []).map((route) => keyOf(route, false)));
    expect(
      (byIp.routes[4] ?? []).map((route) => keyOf(route, false)).filter((key) => !told.has(key)),
    ).toEqual([]);
    for (const [name, glimpsed] of byProc.glimpsed ?? []) {
      const own = byIp.interfaces?.get(name)?.addresses.map((at) => formatAddress(at.address)) ?? [];
      expect(own, name).toEqual(
        expect.arrayContaining(glimpsed.addresses.map((at) => formatAddress(at.address))),
      );
    }
  });

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
      return agree(ours, ours.text.endsWith(' -') ? withoutSource(theirs) : theirs)
        ? []
        : [`${commandOf(query)}\n  kernel: ${theirs}\n  ours:   ${ours.text}`];
    });
    expect(differences.join('\n')).toBe('');
    // In IPv4 without policy rules what is the node's own is certain.
    if (known.rules !== null) expect(sure).toBeGreaterThan(10);
  });
});

/** Which source routing chooses is not known from /proc. */
function withoutSource(answer: string): string {
  return answer === 'error' ? answer : answer.replace(/ \S+$/, ' -');
}

/** Without tables whose names /proc does not tell. */
function ofNamedTables(routes: readonly Route[] | null): readonly Route[] {
  return (routes ?? []).filter((route) => !route.table.startsWith('unnamed-'));
}

/** Of other tables, and of what cannot be brought together, the metric is not known. */
function hasMetric(byProc: Route): boolean {
  return byProc.family === 6 || !byProc.partial || byProc.interface !== null;
}
