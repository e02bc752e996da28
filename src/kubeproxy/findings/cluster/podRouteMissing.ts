/** The Pods of another node to which this node has no route, while it has one to those of other nodes (`ip route`). */
import type { Node, Route } from '../../../kernel/node/node.ts';
import type { KubernetesNode } from '../../../kubernetes/objects.ts';
import {
  type Address,
  contains,
  type Family,
  formatAddress,
  type Network,
  parseAddress,
} from '../../../values/address.ts';
import { readNetwork } from '../../../values/networks.ts';
import type { Analysis } from '../../analysis.ts';
import { firstFew, plural } from '../../narrative/words.ts';
import { ownNodeName } from '../../ownNode.ts';
import { families } from '../../rulesets.ts';
import type { ServicePort } from '../../services/catalog.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';

type Parts = Pick<Analysis, 'objects' | 'node' | 'nodeName'>;

/**
 * Said only where the network plugin seems to make a route for each node (flannel, kindnet, the bridge plugin with routes by hand):
 * as many nodes as lack one have exactly theirs. Others have one route for all, or routes of blocks of their own.
 */
export function podRouteMissing(parts: Parts): readonly Finding[] {
  return lostIn(parts).map(({ lost, had, routes }) => found(lost, had, routes));
}

/** The same, where the rules balance connections of the ports to some of those Pods. */
export function lostRoutesTo(ports: readonly ServicePort[], parts: Parts): readonly Finding[] {
  const ends = ports.flatMap(({ endpoints }) =>
    endpoints
      .filter(({ balanced: { cluster, local } }) => cluster || local)
      .map(({ address }) => parseAddress(address)),
  );
  return lostIn(parts).flatMap(({ lost, had, routes }) => {
    const hit = lost.filter(({ network }) => ends.some((end) => end !== null && contains(network, end)));
    return hit.length === 0 ? [] : [found(hit, had, routes)];
  });
}

/** Of one family. */
interface Lost {
  readonly lost: readonly PodsOfNode[];
  /** Nodes to whose Pods there is a route. */
  readonly had: number;
  readonly routes: readonly Route[];
}

function lostIn(parts: Parts): readonly Lost[] {
  const { objects, node } = parts;
  const own = ownNodeName(parts);
  if (objects === null || own === null) return [];
  const others = objects.nodes.filter(({ name }) => name !== own);
  return families.flatMap((family) => ofFamily(family, others, node) ?? []);
}

interface PodsOfNode {
  readonly name: string;
  readonly network: Network;
  /** Not of a node that is not ready, or does not answer: it has no network plugin yet, or no Pods any more. */
  readonly isInUse: boolean;
}

function ofFamily(
  family: Family,
  others: readonly KubernetesNode[],
  { routes }: Pick<Node, 'routes'>,
): Lost | null {
  const all = routes[family];
  if (all === null) return null;
  const isTold = others.some(({ ready }) => ready !== null);
  const narrow = all.filter(({ prefixLength }) => prefixLength > 0);
  const pods = others.flatMap(({ name, podCIDRs, ready }) =>
    podCIDRs.flatMap((text): readonly PodsOfNode[] => {
      const read = readNetwork(text, family);
      return read.kind === 'value' ? [{ name, network: read.value, isInUse: ready === true || !isTold }] : [];
    }),
  );
  const destinations = new Set(narrow.map(({ destination }) => wordsOf(destination)));
  const had = pods.filter(({ network }) => destinations.has(wordsOf(network))).length;
  // A cluster has thousands of nodes, and a node as many routes: where none has its own, they are not held against each other.
  if (had === 0) return null;
  const lost = pods.filter(
    ({ network, isInUse }) =>
      isInUse &&
      !destinations.has(wordsOf(network)) &&
      !narrow.some((route) => overlap(route.destination, network)),
  );
  return lost.length === 0 || had < lost.length ? null : { lost, had, routes: all };
}

function found(lost: readonly PodsOfNode[], had: number, routes: readonly Route[]): Finding {
  const whose = firstFew(lost.map(({ name, network }) => `${name} (${wordsOf(network)})`));
  const [first] = lost;
  const way = defaultWay(routes);
  const so =
    way === null
      ? 'has no way at all: the sender is told that the network is unreachable'
      : `leaves ${way}, where nobody knows these addresses, and is lost`;
  return ruleFinding({
    code: 'pod-route-missing',
    at: null,
    message: `This node has routes to the Pods of ${plural(had, 'other node')}, and none to those of ${whose}: what Pods here send there, to Services with endpoints there among it, ${so}. Look at the network plugin’s Pod on both nodes and at its log; "ip route get ${first === undefined ? '' : formatAddress(firstHost(first.network))}" shows the way.`,
    assumes: `the network plugin makes a route for each node, as these rules of routing show it of ${plural(had, 'node')}`,
  });
}

/** `by the default route, via 192.168.0.1 dev eth0`; null without one. */
function defaultWay(routes: readonly Route[]): string | null {
  const route = routes.find(({ prefixLength, type }) => prefixLength === 0 && type === 'UNICAST');
  if (route === undefined) return null;
  const { gateway, interface: device } = route;
  const by = [
    ...(gateway === null ? [] : [`via ${formatAddress(gateway)}`]),
    ...(device === null ? [] : [`dev ${device}`]),
  ].join(' ');
  return by === '' ? 'by the default route' : `by the default route, ${by}`;
}

function overlap(one: Network, other: Network): boolean {
  return contains(one, other) || contains(other, one);
}

function firstHost({ family, value }: Network): Address {
  return { family, value: value + 1n };
}

function wordsOf({ family, value, mask }: Network): string {
  const bits = mask.toString(2).replaceAll('0', '').length;
  return `${formatAddress({ family, value })}/${bits}`;
}
