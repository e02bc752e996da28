/** Whom NetworkPolicies keep from a Service port, by the Pods that are known. */
import { groupBy } from '../../text/groupBy.ts';
import type { NetworkPolicy } from '../../kubernetes/networkPolicy.ts';
import type { KubernetesObjects, Pod } from '../../kubernetes/objects.ts';
import { isOver } from '../services/objectIndex.ts';
import type { ServicePort } from '../services/catalog.ts';
import {
  type Forbidden,
  forbiddenBy,
  policiesFor,
  type PolicyClient,
  type PolicyTarget,
  rulesAt,
} from './decide.ts';

export interface PolicyLook {
  /** The endpoints that were looked at: one of each set of labels. */
  readonly targets: readonly PolicyTarget[];
  /** Those that select an endpoint's Pod for what comes in. */
  readonly policies: readonly NetworkPolicy[];
  /** An endpoint that nobody may reach, since no rule means its port; null where there is none. */
  readonly shut: PolicyTarget | null;
  /** Of the Pods that were asked for: how many, and those that are kept out. */
  readonly asked: number;
  readonly kept: readonly { readonly pod: Pod; readonly why: Forbidden }[];
  /** How many of them it is not known of, since the labels of their namespaces are not. */
  readonly open: number;
  /** Whether a rule lets in everybody, or some address outside. */
  readonly hasOutside: boolean;
}

/** More sets of labels behind one port are not looked at, and more Pods are not asked for. */
const MOST_TARGETS = 8;
const MOST_CLIENTS = 400;

/** `shut`: without asking for every Pod of the cluster, which costs most. */
export function policiesOfPort(
  port: ServicePort,
  objects: KubernetesObjects,
  depth: 'shut' | 'clients' = 'clients',
): PolicyLook {
  const targets = targetsOf(port, objects);
  const policies = [...new Set(targets.flatMap(({ pod }) => policiesFor(pod, 'ingress', objects)))];
  const isLimited = policies.length > 0 || objects.policies.some(({ egress }) => egress !== null);
  const clients = isLimited && depth === 'clients' ? clientsAmong(objects) : [];
  const kept = clients.flatMap((pod) => {
    const why = keptFrom({ kind: 'pod', pod }, targets, objects);
    return why === null ? [] : [{ pod, why }];
  });
  const told = new Set(kept.map(({ pod }) => pod));
  const open = clients.filter((pod) => !told.has(pod) && isOpen({ kind: 'pod', pod }, targets, objects));
  return {
    targets,
    policies,
    shut: targets.find((target) => isShut(target, objects)) ?? null,
    asked: clients.length,
    kept,
    open: open.length,
    hasOutside: targets.some((target) =>
      rulesAt(policiesFor(target.pod, 'ingress', objects), 'ingress', target).some(
        ({ rule: { peers } }) => peers.length === 0 || peers.some(({ kind }) => kind === 'block'),
      ),
    ),
  };
}

/** Why a client does not get to one of the endpoints; null where it gets to all, as far as that is known. */
export function keptFrom(
  client: PolicyClient,
  targets: readonly PolicyTarget[],
  objects: KubernetesObjects,
): Forbidden | null {
  for (const target of targets) {
    const why = forbiddenBy(client, target, objects);
    if (why !== null && why !== 'unknown') return why;
  }
  return null;
}

function isOpen(client: PolicyClient, targets: readonly PolicyTarget[], objects: KubernetesObjects): boolean {
  return targets.some((target) => forbiddenBy(client, target, objects) === 'unknown');
}

function isShut(target: PolicyTarget, objects: KubernetesObjects): boolean {
  const into = policiesFor(target.pod, 'ingress', objects);
  return into.length > 0 && rulesAt(into, 'ingress', target).length === 0;
}

function targetsOf({ listed, spec }: ServicePort, objects: KubernetesObjects): readonly PolicyTarget[] {
  if (spec === null) return [];
  const { protocol } = spec;
  const found = (listed ?? []).flatMap((each): readonly PolicyTarget[] => {
    const named = each.endpoint.pod;
    const pod = named === null ? undefined : podNamed(named, objects);
    return pod === undefined || pod.hostNetwork ? [] : [{ pod, port: each.port, protocol }];
  });
  const kinds = groupBy(found, ({ pod, port }) => `${port} ${labelKey(pod)}`).values();
  return [...kinds].flatMap(([first]) => first ?? []).slice(0, MOST_TARGETS);
}

/** One of each namespace and set of labels: policies tell no others apart, but by address. */
function clientsAmong({ pods }: KubernetesObjects): readonly Pod[] {
  const alive = pods.filter((pod) => !isOver(pod) && !pod.hostNetwork);
  return [...groupBy(alive, (pod) => `${pod.namespace} ${labelKey(pod)}`).values()]
    .flatMap(([first]) => first ?? [])
    .slice(0, MOST_CLIENTS);
}

/** Labels that controllers make up for each Pod or revision decide nothing that a policy would ask. */
const MADE_UP: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
]);

function labelKey({ labels }: Pod): string {
  return JSON.stringify(
    [...labels]
      .filter(([key]) => !MADE_UP.has(key))
      .map((each) => each.join('='))
      .sort(),
  );
}

const byName = new WeakMap<readonly Pod[], ReadonlyMap<string, Pod>>();

function podNamed(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { pods }: KubernetesObjects,
): Pod | undefined {
  let known = byName.get(pods);
  if (known === undefined) {
    known = new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
    byName.set(pods, known);
  }
  return known.get(`${namespace}/${name}`);
}
