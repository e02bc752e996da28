import { type Address, parseAddress } from '../values/address.ts';
import type { Analysis } from './analysis.ts';

/**
 * What the cluster calls the node of these rules: as the snapshot or the live document says, else the Node whose address
 * is one of its interfaces'; null where neither tells.
 */
export function ownNodeName(analysis: Pick<Analysis, 'nodeName' | 'node' | 'objects'>): string | null {
  if (analysis.nodeName !== null) return analysis.nodeName;
  const { interfaces } = analysis.node;
  if (interfaces === null || analysis.objects === null) return null;
  const own = new Set(
    [...interfaces.values()].flatMap((each) => each.addresses.map(({ address }) => keyOf(address))),
  );
  const isOwn = (text: string): boolean => {
    const address = parseAddress(text);
    return address !== null && own.has(keyOf(address));
  };
  return analysis.objects.nodes.find((node) => node.addresses.some(isOwn))?.name ?? null;
}

function keyOf({ family, value }: Address): string {
  return `${family} ${value}`;
}

/** A node's name as Kubernetes allows it (RFC 1123): nothing else may become a part of a path. */
export function isNodeName(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(text);
}
