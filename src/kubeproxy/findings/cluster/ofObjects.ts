/** What the cluster's objects alone tell of Services: why one has no endpoints, and what forbids its connections. */
import type { Family } from '../../../kernel/flow.ts';
import type { Coverage } from '../../../kubernetes/coverage.ts';
import type { KubernetesObjects } from '../../../kubernetes/objects.ts';
import { append } from '../../../text/lists.ts';
import type { Steps } from '../../../values/steps.ts';
import { capitalized, plural } from '../../narrative/words.ts';
import { enforcerIn, ruleOfPolicy } from '../../policies/enforced.ts';
import { policiesOfPort } from '../../policies/ofPort.ts';
import { unreadPolicyWords } from '../../policies/unread.ts';
import { shutWords } from '../../policies/words.ts';
import type { Catalog, CatalogService, ServicePort } from '../../services/catalog.ts';
import type { Sources } from '../../sources.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { type ClusterCode, findingTable } from '../table.ts';
import { whyEmpty } from './emptyReason.ts';
import { gonePods } from './endpointPodGone.ts';
import { isLeftToOthers } from './expectedFrontends.ts';
import { BY_CONTROLLER, staleSlices } from './slicesStale.ts';

interface ObjectParts {
  readonly objects: KubernetesObjects | null;
  readonly coverage: Coverage;
  readonly catalog: Catalog;
  readonly sources: Sources;
}

/** Looked at between two pauses. */
const SERVICES_PER_STEP = 64;

/** Why a Service has no endpoints. */
export interface EmptyFinding extends Finding {
  /** What its message says behind the Service: a clause with a full stop, and what to do. */
  readonly why: string;
}

/** In the order of the catalog; nothing without objects. */
export function* findingsOfObjects(parts: ObjectParts): Steps<readonly Finding[]> {
  const { objects, catalog } = parts;
  if (objects === null) return [];
  const found: Finding[] = [...unread(objects)];
  for (const [index, service] of catalog.services.entries()) {
    append(found, findingsOfService(service, parts));
    if (index % SERVICES_PER_STEP === SERVICES_PER_STEP - 1) yield;
  }
  return found;
}

/** Of one Service, and of those of its ports that are meant. */
export function findingsOfService(
  service: CatalogService,
  parts: ObjectParts,
  ports: readonly ServicePort[] = service.ports,
): readonly Finding[] {
  const { object } = service;
  if (parts.objects === null || object === null || object.table !== undefined) return [];
  if (object.type === 'ExternalName' || object.clusterIPs.includes('None') || isLeftToOthers(object))
    return [];
  return [
    ...emptied(service, ports, parts, parts.objects),
    ...gone(service, ports, parts, parts.objects),
    ...shut(service, ports, parts, parts.objects),
  ];
}

/** The ports of a Service that no endpoint, ready or still serving, stands behind. */
export function emptyPorts<Port extends Pick<ServicePort, 'listed'>>(
  ports: readonly Port[],
): readonly Port[] {
  return ports.filter(
    ({ listed }) =>
      !(listed ?? []).some(({ endpoint }) => endpoint.ready !== false || endpoint.serving !== false),
  );
}

/**
 * Why the rules refuse what is sent to a port, where no finding of the objects tells: a sentence. Null where the objects do not tell
 * either.
 */
export function openReason(
  { object, spec, listed }: ServicePort,
  family: Family,
  { objects, coverage }: Pick<ObjectParts, 'objects' | 'coverage'>,
): string | null {
  if (objects === null || object === null || spec === null || object.table !== undefined) return null;
  const { namespace, selector } = object;
  if (!coverage.covers('endpointslices', namespace)) return null;
  const ready = (listed ?? []).filter((each) => each.family === family && each.endpoint.ready === true);
  if (ready.length > 0)
    return `Its EndpointSlices list ${plural(ready.length, 'ready endpoint')}, to which these rules do not balance here: kube-proxy has not written them yet, does not get its rules loaded (its log says why), or somebody else took them away.`;
  const isEmpty = emptyPorts([{ listed }]).length > 0;
  if (!isEmpty || (selector !== null && !coverage.covers('pods', namespace))) return null;
  const { code, words } = whyEmpty(object, [spec], objects, coverage, isListed([{ listed }]));
  return code === null ? capitalized(words) : null;
}

/** Whether EndpointSlices name endpoints of one of the ports, ready or not. */
export function isListed(ports: readonly Pick<ServicePort, 'listed'>[]): boolean {
  return ports.some(({ listed }) => (listed ?? []).length > 0);
}

function emptied(
  { id, object }: CatalogService,
  ports: readonly ServicePort[],
  { coverage }: ObjectParts,
  objects: KubernetesObjects,
): readonly EmptyFinding[] {
  const empty = emptyPorts(ports);
  if (object === null || empty.length === 0 || !coverage.covers('endpointslices', object.namespace))
    return [];
  const specs = empty.flatMap(({ spec }) => spec ?? []);
  const { code, words, pod } = whyEmpty(object, specs, objects, coverage, isListed(empty));
  if (code === null) return [];
  const [only] = empty;
  const service = empty.length === 1 && only !== undefined ? only.name : id;
  return [
    {
      ...clusterFinding(code, `${service} has no ready endpoints: ${words}`, service),
      why: words,
      because:
        pod === null
          ? []
          : [
              {
                about: { resource: 'pods', namespace: pod.namespace, name: pod.name },
                says: 'is the Pod that shows it',
              },
            ],
    },
  ];
}

/** Once, whatever Services there are. */
function unread(objects: KubernetesObjects): readonly Finding[] {
  const message = unreadPolicyWords(objects);
  return message === '' ? [] : [ruleFinding({ code: 'policies-unread', at: null, message })];
}

/** Of the Service, whose EndpointSlices are of all its ports. */
function gone(
  { id, object }: CatalogService,
  ports: readonly ServicePort[],
  { coverage }: ObjectParts,
  objects: KubernetesObjects,
): readonly Finding[] {
  const lost = gonePods(id, ports, objects, coverage);
  // Of a Service without any endpoint the reason is told for itself.
  const stale =
    object === null || emptyPorts(ports).length === ports.length
      ? null
      : staleSlices(object, ports, objects, coverage);
  if (lost !== null) {
    const also = stale === null ? '' : ` Against its selector they ${stale.words}, too.`;
    const because = [...lost.because, ...(stale?.because ?? [])];
    return [{ ...clusterFinding('endpoint-pod-gone', `${lost.words}${also}`, id), because }];
  }
  if (stale === null) return [];
  const message = `The EndpointSlices of ${id} do not follow its selector: they ${stale.words}. kube-proxy goes by the EndpointSlices. Look whether kube-controller-manager runs.`;
  return [{ ...clusterFinding('slices-stale', message, id), assumes: BY_CONTROLLER, because: stale.because }];
}

function shut(
  { object }: CatalogService,
  ports: readonly ServicePort[],
  { sources }: ObjectParts,
  objects: KubernetesObjects,
): readonly Finding[] {
  if (object === null || objects.policies.length === 0) return [];
  return ports.flatMap((port) => {
    const look = policiesOfPort(port, objects, 'shut');
    if (look.shut === null) return [];
    const enforcer = enforcerIn(sources);
    return [
      {
        ...clusterFinding('policy-forbids', capitalized(shutWords(look.shut, port.name, objects)), port.name),
        assumes: enforcer === null ? NOT_SEEN : null,
        at:
          look.policies.map((policy) => ruleOfPolicy(policy, sources)).find((each) => each !== null) ?? null,
        because: look.policies.map(({ namespace, name }) => ({
          about: { resource: 'networkpolicies' as const, namespace, name },
          says: 'selects its Pods',
        })),
      },
    ];
  });
}

/** A clause. */
export const NOT_SEEN =
  'the network plugin enforces NetworkPolicies, as Calico and Cilium do and flannel alone does not; these rules do not tell';

function clusterFinding(code: ClusterCode, message: string, service: string): Finding {
  const [namespace = '', rest = ''] = service.split('/');
  const [name = ''] = rest.split(':');
  return {
    code,
    severity: findingTable[code].severity,
    message,
    assumes: null,
    at: null,
    about: { resource: 'services', namespace, name },
    service,
    related: [],
    fixes: [],
    because: [],
  };
}
