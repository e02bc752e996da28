import type { KubernetesObjects } from '../../../kubernetes/objects.ts';
import { type OwnNode, ownNodeName } from '../../ownNode.ts';
import type { NodeFacts } from './expectedEndpoints.ts';

/** What the facts are drawn from. */
interface FactSources extends OwnNode {
  readonly objects: KubernetesObjects | null;
  readonly dump: Pick<NodeFacts, 'sinceMinor' | 'untilMinor'>;
}

/** What decides on this node which endpoints kube-proxy takes. */
export function nodeFactsOf(sources: FactSources): NodeFacts {
  const name = ownNodeName(sources);
  const node = sources.objects?.nodes.find((each) => each.name === name) ?? null;
  return {
    name,
    zone: node === null ? null : (node.labels.get('topology.kubernetes.io/zone') ?? ''),
    sinceMinor: sources.dump.sinceMinor,
    untilMinor: sources.dump.untilMinor,
  };
}
