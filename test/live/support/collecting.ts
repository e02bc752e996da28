import { type CollectRequest, collectNode } from '../../../src/cluster/collect/collectNode.ts';
import type { NodeReading } from '../../../src/cluster/liveNode.ts';
import type { ClusterAccess } from '../../../src/cluster/liveSession.ts';

/** Collects a node as the product does; nobody agrees to a debug Pod unless `more` says so. */
export function collectWith(
  access: ClusterAccess,
  node: string,
  more: Partial<CollectRequest> = {},
): Promise<NodeReading> {
  return collectNode({
    api: access.api,
    context: 'live',
    node,
    pods: [],
    nodeObject: null,
    command: null,
    confirmDebugPod: () => Promise.resolve(false),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...more,
  });
}
