import type { Address, Family } from '../values/address.ts';
import type { SourceKind } from './flow.ts';
import type { Node, NodeInterface } from './node/node.ts';
import { addressType, lookupRoute } from './node/routing.ts';
import { ANY_TRAFFIC, reversed, type Traffic } from './node/traffic.ts';

/** How packets of an address reach the node. */
export interface ArrivalGuess {
  readonly kind: SourceKind;
  /** Null = the node itself makes them; undefined = the snapshot does not say. */
  readonly interface: string | null | undefined;
  /** Nothing but the default route leads back there: other ways in are as good where the node has more than one. */
  readonly byDefault?: true;
}

/** Names that network plugins give the node's end of a pod's cable. */
const podInterface = /^(?:veth|cali|lxc|eni|azv|cilium|weave|nodelocaldns|gke|tap|tun|v\d)/;

/**
 * Works out, from addresses, routes and bridges, whether `address` is the node's own, a pod behind one of its bridges or
 * cables, or somebody else, and by which interface its packets come in: the one that the route to it leads out by.
 * `answer`: what an answer to the packet would be to policy rules.
 */
export function inferArrival(
  node: Node,
  family: Family,
  address: Address,
  answer: Traffic = reversed(ANY_TRAFFIC),
): ArrivalGuess {
  if (addressType(node, address) === 'LOCAL') return { kind: 'node', interface: null };
  const query = {
    destination: address,
    source: null,
    inputInterface: null,
    outputInterface: null,
    mark: 0,
    tos: 0,
    traffic: answer,
  };
  const found = lookupRoute(node, family, query);
  if (found.kind !== 'found') return { kind: 'external', interface: undefined };
  const isDirect = found.gateway === null && found.prefixLength > 0;
  const isPod = isDirect && leadsToPods(node, found.interface);
  const guess = { kind: isPod ? 'pod' : 'external', interface: found.interface } as const;
  return found.prefixLength === 0 ? { ...guess, byDefault: true } : guess;
}

/** Whether neither interfaces nor routes are known: then no address is known to be a pod's of this node. */
export function isBlind({ interfaces, routes }: Node, family: Family): boolean {
  return interfaces === null && routes[family] === null;
}

const uplinks: Readonly<Record<Family, WeakMap<Node, readonly string[]>>> = {
  4: new WeakMap(),
  6: new WeakMap(),
};

/** The interfaces by which others than pods may come in: up, with an address of the family in a network that others are in. */
export function uplinksOf(node: Node, family: Family): readonly string[] {
  const known = uplinks[family].get(node);
  if (known !== undefined) return known;
  const found = [...(node.interfaces?.values() ?? [])]
    .filter((of) => of.up && !of.loopback && !leadsToPods(node, of.name) && reachesOthers(of, family))
    .map((of) => of.name);
  uplinks[family].set(node, found);
  return found;
}

function reachesOthers({ addresses }: NodeInterface, family: Family): boolean {
  return addresses.some(
    (at) =>
      at.address.family === family && at.scope === 'global' && at.prefixLength < (family === 4 ? 32 : 128),
  );
}

/** Whether pods, or containers, are directly behind the interface. */
export function leadsToPods(node: Node, name: string): boolean {
  if (podInterface.test(name)) return true;
  if (node.bridgePorts?.some((port) => port.bridge === name) === true) return true;
  const hasPorts = [...(node.interfaces?.values() ?? [])].some((of) => of.master === name);
  return hasPorts || /^(?:cni|cbr|docker|br-|kube-bridge)/.test(name);
}
