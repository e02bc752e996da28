import type { Analysis } from '../../analysis.ts';
import { ownNodeName } from '../../ownNode.ts';
import type { NodeFacts } from './expectedEndpoints.ts';

/** What decides on this node which endpoints kube-proxy takes. */
export function nodeFactsOf(analysis: Pick<Analysis, 'nodeName' | 'node' | 'objects' | 'dump'>): NodeFacts {
  const name = ownNodeName(analysis);
  const node = analysis.objects?.nodes.find((each) => each.name === name) ?? null;
  return {
    name,
    zone: node === null ? null : (node.labels.get('topology.kubernetes.io/zone') ?? ''),
    sinceMinor: analysis.dump.sinceMinor,
    untilMinor: analysis.dump.untilMinor,
  };
}
