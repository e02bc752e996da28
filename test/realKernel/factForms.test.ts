/** What is read of the text that programs print, against what is read of their JSON, on random nodes. */
import { afterAll, expect, test } from 'vitest';
import { readNode } from '../../src/kernel/node/readNode.ts';
import type { Node, Route } from '../../src/kernel/node/node.ts';
import type { SnapshotFiles } from '../../src/kernel/snapshot.ts';
import { contentsOf } from '../../src/kubeproxy/facts/contents.ts';
import { factFilesOf } from '../../src/kubeproxy/facts/factFiles.ts';
import { formatAddress } from '../../src/values/address.ts';
import { Namespace } from './support/namespace.ts';
import { Random } from './support/random.ts';
import { RandomNetwork } from './support/randomNetwork.ts';
import { describeWithKernel } from './support/requirements.ts';

const SEEDS = Array.from({ length: Number(process.env['KPE_SEEDS'] ?? 8) }, (_, index) => index + 1);

const SETS = [
  'create hosts hash:ip timeout 1000 counters comment',
  'add hosts 10.0.0.1 comment "of a rack"',
  'add hosts 10.0.0.2',
  'create nets hash:net,iface',
  'add nets 10.0.0.0/8,eth0 nomatch',
  'create ports bitmap:port range 1-100',
  'create all list:set',
  'add all hosts',
];

/** A paste of a session: every command behind its prompt. */
function session(space: Namespace, commands: readonly string[]): string {
  return commands
    .map((command) => `root@node-1:~# ${command}\n${space.attempt(command.split(' ')).stdout}`)
    .join('');
}

function nodeOfSession(space: Namespace, commands: readonly string[]): Node {
  return readNode(factFilesOf([contentsOf(session(space, commands))]));
}

function nodeOf(files: SnapshotFiles): Node {
  return readNode(files);
}

describeWithKernel('facts as people have them', ['ipset', 'sysctl'], () => {
  const spaces: Namespace[] = [];
  afterAll(() => {
    for (const space of spaces) space.close();
  });

  test.each(SEEDS)('a random node (seed %i)', (seed) => {
    const random = new Random(seed);
    const node = new Namespace('node');
    const peer = new Namespace('peer');
    spaces.push(node, peer);
    new RandomNetwork(random).build(node, peer);
    node.run(['ipset', 'restore'], `${SETS.join('\n')}\n`);
    const byJson = nodeOf(node.snapshot());
    const byText = nodeOfSession(node, [
      'ip addr',
      'ip route show table all',
      'ip rule',
      'ip -6 rule',
      'bridge -d link',
      'ipset list',
      'sysctl -a --pattern ^net\\.',
    ]);
    expect(byText.problems).toEqual([]);
    expect(byText.interfaces).toEqual(byJson.interfaces);
    expect(byText.routes[4]).toEqual(byJson.routes[4]);
    expect(byText.routes[6]).toEqual(byJson.routes[6]);
    expect(byText.rules).toEqual(byJson.rules);
    expect(byText.bridgePorts).toEqual(byJson.bridgePorts);
    expect(byText.ipsets).toEqual(byJson.ipsets);
    expect(byText.sysctls).toEqual(byJson.sysctls);

    const byMain = nodeOfSession(node, ['ip -d -s addr', 'ip route', 'ip -6 route', 'ipset save']);
    expect(byMain.problems).toEqual([]);
    expect(byMain.interfaces).toEqual(byJson.interfaces);
    expect(inMain(byMain.routes[4])).toEqual(inMain(byJson.routes[4]));
    expect(inMain(byMain.routes[6])).toEqual(inMain(byJson.routes[6]));
    expect(byMain.ipsets).toEqual(byJson.ipsets);

    for (const command of ['ip -o addr', 'ip -br addr', 'ifconfig']) {
      const seen = nodeOfSession(node, [command]);
      expect(seen.problems).toEqual([]);
      expect(seen.interfaces).toBeNull();
      expect(unseen(seen.glimpsed, byJson.interfaces)).toEqual([]);
    }
    const old = nodeOfSession(node, ['route -n']);
    expect(old.problems).toEqual([]);
    expect(contradicting(inMain(old.routes[4]), inMain(byJson.routes[4]))).toEqual([]);
  });
});

function inMain(routes: readonly Route[] | null): readonly Route[] {
  return (routes ?? []).filter((route) => route.table === 'main');
}

function addressesOf(interfaces: Node['interfaces']): readonly string[] {
  return [...(interfaces?.values() ?? [])].flatMap(({ name, addresses }) =>
    addresses.map(({ address, prefixLength }) => `${name} ${formatAddress(address)}/${prefixLength}`),
  );
}

/** Addresses that were glimpsed and that no interface has. */
function unseen(glimpsed: Node['interfaces'], interfaces: Node['interfaces']): readonly string[] {
  const known = new Set(addressesOf(interfaces));
  const seen = addressesOf(glimpsed);
  expect(seen.length).toBeGreaterThan(0);
  return seen.filter((each) => !known.has(each));
}

/** Routes that `route -n` tells and the kernel has not. */
function contradicting(told: readonly Route[], known: readonly Route[]): readonly string[] {
  expect(told.length).toBeGreaterThan(0);
  return told.filter((route) => !known.some((each) => isLike(route, each))).map(wordsOf);
}

function isLike(told: Route, known: Route): boolean {
  if (prefixOf(told) !== prefixOf(known)) return false;
  const hop = known.nexthops[0] ?? known;
  if (told.type !== 'UNICAST') return known.type !== 'UNICAST';
  return (
    told.interface === hop.interface && (told.gateway === null || told.gateway.value === hop.gateway?.value)
  );
}

function prefixOf({ destination, prefixLength, metric }: Route): string {
  return `${formatAddress({ family: 4, value: destination.value })}/${prefixLength} ${metric}`;
}

function wordsOf(route: Route): string {
  return `${prefixOf(route)} ${route.type} ${route.interface}`;
}
