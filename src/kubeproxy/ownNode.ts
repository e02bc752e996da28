import { type Address, parseAddress } from '../values/address.ts';
import type { Node } from '../kernel/node/node.ts';
import type { KubernetesObjects } from '../kubernetes/objects.ts';

/** What tells which of the cluster's nodes the rules are of. */
export interface OwnNode {
  /** As the snapshot or the live document says; null where neither does. */
  readonly nodeName: string | null;
  readonly node: Pick<Node, 'interfaces' | 'glimpsed'>;
  readonly objects: Pick<KubernetesObjects, 'nodes'> | null;
}

/**
 * What the cluster calls the node of these rules: as the snapshot or the live document says, else the Node whose address
 * is one of its interfaces'; null where neither tells.
 */
export function ownNodeName({ nodeName, node, objects }: OwnNode): string | null {
  if (nodeName !== null) return nodeName;
  const interfaces = node.interfaces ?? node.glimpsed;
  if (interfaces === null || objects === null) return null;
  const own = new Set(
    [...interfaces.values()].flatMap((each) => each.addresses.map(({ address }) => keyOf(address))),
  );
  const isOwn = (text: string): boolean => {
    const address = parseAddress(text);
    return address !== null && own.has(keyOf(address));
  };
  return objects.nodes.find((each) => each.addresses.some(isOwn))?.name ?? null;
}

function keyOf({ family, value }: Address): string {
  return `${family} ${value}`;
}

/** A node's name as Kubernetes allows it (RFC 1123): nothing else may become a part of a path. */
export function isNodeName(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(text);
}
