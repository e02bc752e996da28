import type { Address, Family } from '../values/address.ts';
import type { SourceKind } from './flow.ts';
import type { Node } from './node/node.ts';
import { addressType, lookupRoute } from './node/routing.ts';
import { ANY_TRAFFIC, reversed, type Traffic } from './node/traffic.ts';

/** How packets of an address reach the node. */
export interface ArrivalGuess {
  readonly kind: SourceKind;
  /** Null = the node itself makes them; undefined = the snapshot does not say. */
  readonly interface: string | null | undefined;
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
  return { kind: isPod ? 'pod' : 'external', interface: found.interface };
}

/** Whether pods, or containers, are directly behind the interface. */
export function leadsToPods(node: Node, name: string): boolean {
  if (podInterface.test(name)) return true;
  if (node.bridgePorts?.some((port) => port.bridge === name) === true) return true;
  const hasPorts = [...(node.interfaces?.values() ?? [])].some((of) => of.master === name);
  return hasPorts || /^(?:cni|cbr|docker|br-|kube-bridge)/.test(name);
}
