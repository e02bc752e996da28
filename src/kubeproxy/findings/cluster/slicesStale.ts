/** EndpointSlices that do not follow the selector of their Service: they have Pods that it does not match, or lack ready ones that it matches. */
import type { Family } from '../../../kernel/flow.ts';
import type { Coverage } from '../../../kubernetes/coverage.ts';
import type { KubernetesObjects, Pod, Service, ServicePortSpec } from '../../../kubernetes/objects.ts';
import { normalAddress, parseAddress } from '../../../values/address.ts';
import { firstFew } from '../../narrative/words.ts';
import type { ServicePort } from '../../services/catalog.ts';
import type { Evidence } from '../finding.ts';
import { matches, podsIn } from './emptyReason.ts';
import { podsOf } from './endpointPodGone.ts';

interface StaleSlices {
  /** A clause without a full stop. */
  readonly words: string;
  readonly because: readonly Evidence[];
}

/** What has to be so for it to be a fault, as a clause. */
export const BY_CONTROLLER =
  'kube-controller-manager writes these EndpointSlices, and the objects were read a while after their last change';

/** Null where they follow it, or not all Pods and EndpointSlices are known. */
export function staleSlices(
  { namespace, selector, clusterIPs }: Service,
  ports: readonly ServicePort[],
  objects: KubernetesObjects,
  coverage: Coverage,
): StaleSlices | null {
  const isKnown = coverage.covers('pods', namespace) && coverage.covers('endpointslices', namespace);
  if (selector === null || selector.size === 0 || !isKnown) return null;
  const listed = ports.flatMap((port) => port.listed ?? []);
  const names = new Set(listed.flatMap(({ endpoint: { pod } }) => pod?.name ?? []));
  // Who lists addresses without Pods writes them by himself.
  if (listed.some(({ endpoint }) => endpoint.pod === null)) return null;
  const used = new Set(
    listed.flatMap(({ endpoint: { pod, ready } }) => (ready === false ? [] : (pod?.name ?? []))),
  );
  const addresses = new Set(listed.map(({ address }) => normalAddress(address)));
  const known = podsOf(objects);
  const strange = [...used].flatMap((name) => {
    const pod = known.get(`${namespace}/${name}`);
    return pod === undefined || matches(pod, selector) ? [] : [pod];
  });
  const families = clusterIPs.flatMap((each) => parseAddress(each)?.family ?? []);
  const specs = ports.flatMap(({ spec }) => spec ?? []);
  const absent = podsIn(objects, namespace).filter(
    (pod) =>
      !names.has(pod.name) &&
      !pod.ips.some((ip) => addresses.has(normalAddress(ip))) &&
      matches(pod, selector) &&
      shouldBeListed(pod, specs, families),
  );
  if (strange.length + absent.length === 0) return null;
  const because = [
    ...strange.map((pod) => evidenceOf(pod, 'does not have the labels of the selector')),
    ...absent.map((pod) => evidenceOf(pod, 'is ready, and in no EndpointSlice of the Service')),
  ];
  return { words: clauseOf(strange, absent), because };
}

function evidenceOf({ namespace, name }: Pod, says: string): Evidence {
  return { about: { resource: 'pods', namespace, name }, says };
}

function shouldBeListed(
  { ready, terminating, ips, containerPorts }: Pod,
  specs: readonly ServicePortSpec[],
  families: readonly Family[],
): boolean {
  const hasPort = specs.some(
    ({ targetPort, protocol }) =>
      typeof targetPort !== 'string' ||
      containerPorts.some((port) => port.name === targetPort && port.protocol === protocol),
  );
  const own = ips.flatMap((ip) => parseAddress(ip)?.family ?? []);
  return ready && !terminating && hasPort && families.some((family) => own.includes(family));
}

const MOST_NAMED = 4;

function clauseOf(strange: readonly Pod[], absent: readonly Pod[]): string {
  const clauses = [
    strange.length === 0
      ? ''
      : `list ${podWords(strange)}, ${strange.length === 1 ? 'whose labels' : 'the labels of which'} it does not match`,
    absent.length === 0
      ? ''
      : `do not list ${podWords(absent)}, which it matches and which ${absent.length === 1 ? 'is' : 'are'} ready`,
  ];
  return clauses.filter((each) => each !== '').join(', and ');
}

function podWords(pods: readonly Pod[]): string {
  const names = firstFew(
    pods.map(({ name }) => name),
    MOST_NAMED,
  );
  return `${pods.length === 1 ? 'Pod' : 'Pods'} ${names}`;
}
