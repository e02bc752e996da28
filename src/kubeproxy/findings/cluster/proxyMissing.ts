/** No kube-proxy runs on the node of these rules, while other nodes have one: its rules stay as they were. */
import type { Coverage } from '../../../kubernetes/coverage.ts';
import type { Pod } from '../../../kubernetes/objects.ts';
import { isProxyPod } from '../../../kubernetes/proxyPods.ts';
import type { Analysis } from '../../analysis.ts';
import { replacementOn } from '../../mode/replacement.ts';
import { plural } from '../../narrative/words.ts';
import { ownNodeName } from '../../ownNode.ts';
import type { Finding } from '../finding.ts';
import { findingTable } from '../table.ts';

type Parts = Pick<Analysis, 'objects' | 'node' | 'nodeName' | 'sources' | 'files' | 'mode'> & {
  readonly coverage: Coverage;
};

/** Nothing where not all Pods are known, or something else does its work. */
export function proxyMissing(parts: Parts): readonly Finding[] {
  const { objects, coverage } = parts;
  const node = ownNodeName(parts);
  if (objects === null || node === null || !coverage.covers('pods', null)) return [];
  const all = objects.pods.filter((pod) => pod.hostNetwork && isProxyPod((name) => pod.labels.get(name)));
  const own = all.filter(({ nodeName }) => nodeName === node);
  const elsewhere = new Set(all.map(({ nodeName }) => nodeName)).size - (own.length > 0 ? 1 : 0);
  if (own.some(({ ready }) => ready)) return [];
  const replaced = replacementOn(parts);
  const isReplaced = replaced !== null && replaced.leaves !== true;
  if ((own.length === 0 && elsewhere === 0) || isReplaced) return [];
  const [waiting] = own;
  const what =
    waiting === undefined
      ? `No kube-proxy Pod is on ${node}, while ${plural(elsewhere, 'other node')} ${elsewhere === 1 ? 'has' : 'have'} one`
      : `kube-proxy’s Pod ${waiting.namespace}/${waiting.name} on ${node} is not ready (${stateOf(waiting)})`;
  const code = 'kube-proxy-missing';
  return [
    {
      code,
      severity: findingTable[code].severity,
      message: `${what}: rules of Services stay here as they were, and what changes since is not followed.`,
      assumes: null,
      at: null,
      about:
        waiting === undefined ? null : { resource: 'pods', namespace: waiting.namespace, name: waiting.name },
      service: null,
      related: [],
      fixes: [],
      because: [],
    },
  ];
}

function stateOf({ phase, health }: Pod): string {
  const [container] = health.waiting;
  return container === undefined || container.reason === '' ? phase : container.reason;
}
