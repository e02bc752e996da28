import { parseAddress } from '../../values/address.ts';
import type { Pod } from '../../kubernetes/objects.ts';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import { isOver } from '../../kubeproxy/services/objectIndex.ts';
import { ownNodeName } from '../../kubeproxy/ownNode.ts';
import { outsideAddresses } from '../../kubeproxy/form/sourceText.ts';
import { families } from '../../kubeproxy/rulesets.ts';
import type { Family } from '../../kernel/flow.ts';
import type { SourceChoice } from '../../protocol/requests.ts';

/** Who may send: somebody outside, this node, and the pods: by the objects, else by the endpoints that the rules name. */
export function* sourceChoices(analysis: Analysis): Generator<SourceChoice> {
  const present = families.filter((family) => analysis.rulesets[family] !== null);
  yield* present.flatMap(fixedChoices);
  yield* analysis.objects === null
    ? endpointChoices(analysis, present)
    : podChoices(analysis, analysis.objects.pods, present);
}

function fixedChoices(family: Family): readonly SourceChoice[] {
  const version = `IPv${family}`;
  return [
    {
      side: 'source',
      label: 'outside the cluster',
      description: `${outsideAddresses[family]}, ${version}`,
      from: { kind: 'external', address: outsideAddresses[family], port: null },
      family,
    },
    {
      side: 'source',
      label: 'this node',
      description: `a process of the node itself, ${version}`,
      from: { kind: 'node', address: null, port: null },
      family,
    },
  ];
}

function podChoices(
  analysis: Analysis,
  pods: readonly Pod[],
  present: readonly Family[],
): readonly SourceChoice[] {
  const here = ownNodeName(analysis);
  const sending = pods.filter((pod) => !pod.hostNetwork && !isOver(pod));
  const first = sending.filter((pod) => pod.nodeName === here);
  const others = sending.filter((pod) => pod.nodeName !== here);
  return [...first, ...others].flatMap((pod) => choicesOfPod(pod, present));
}

function choicesOfPod(pod: Pod, present: readonly Family[]): readonly SourceChoice[] {
  return pod.ips.flatMap((ip): readonly SourceChoice[] => {
    const family = parseAddress(ip)?.family;
    if (family === undefined || !present.includes(family)) return [];
    const on = pod.nodeName === null ? '' : ` on ${pod.nodeName}`;
    return [
      {
        side: 'source',
        label: `${pod.namespace}/${pod.name}`,
        description: `pod ${ip}${on}`,
        from: { kind: 'pod', address: ip, port: null },
        family,
      },
    ];
  });
}

function* endpointChoices(analysis: Analysis, present: readonly Family[]): Generator<SourceChoice> {
  const found = new Set<string>();
  for (const port of analysis.catalog.ports) {
    for (const { address, family } of port.endpoints) {
      if (found.has(address) || !present.includes(family)) continue;
      found.add(address);
      yield {
        side: 'source',
        label: address,
        description: `endpoint of ${port.name}`,
        from: { kind: 'pod', address, port: null },
        family,
      };
    }
  }
}
