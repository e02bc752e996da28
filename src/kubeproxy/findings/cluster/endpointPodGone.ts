/** Ready endpoints whose Pod is gone, or has another address: the EndpointSlices have them, so that kube-proxy sends there all the same. */
import type { Coverage } from '../../../kubernetes/coverage.ts';
import type { KubernetesObjects, Pod } from '../../../kubernetes/objects.ts';
import { normalAddress, parseAddress } from '../../../values/address.ts';
import { either, firstFew } from '../../narrative/words.ts';
import type { ServicePort } from '../../services/catalog.ts';
import type { ObjectEndpoint } from '../../services/objectIndex.ts';
import type { Evidence } from '../finding.ts';

/** More of one Service are counted. */
const MOST_NAMED = 4;

/** A sentence with the cure, and the Pods that were meant. */
interface GonePods {
  readonly words: string;
  readonly because: readonly Evidence[];
}

/** Of the ports of a Service that is called `name`; null where all are there, or not all Pods are known. */
export function gonePods(
  name: string,
  ports: readonly ServicePort[],
  objects: KubernetesObjects,
  coverage: Coverage,
): GonePods | null {
  const gone = new Map<string, Lost>();
  for (const each of ports.flatMap(({ listed }) => listed ?? [])) {
    const lost = gone.has(each.address) ? null : lostPod(each, objects, coverage);
    if (lost !== null) gone.set(each.address, lost);
  }
  if (gone.size === 0) return null;
  const all = [...gone.values()];
  const listed = firstFew(
    all.map(({ says }) => says),
    MOST_NAMED,
  );
  const so = all.some(({ has }) => has.length > 0)
    ? 'which is not so now'
    : 'and the cluster has no such Pod now';
  return {
    words: `The EndpointSlices of ${name} list ${listed}, ${so}: connections that are sent there fail, or reach somebody else. Look whether kube-controller-manager runs, or who else writes these EndpointSlices.`,
    because: all.map(({ reference, has }) => ({
      about: { resource: 'pods', ...reference },
      says: has.length === 0 ? 'is not there' : `has ${either(has, 'and')}`,
    })),
  };
}

interface Lost {
  /** `10.244.1.5 (Pod shop/web-0)` */
  readonly says: string;
  readonly reference: { readonly namespace: string; readonly name: string };
  /** Addresses of the family that the Pod has now; none of one that is gone. */
  readonly has: readonly string[];
}

function lostPod(
  { address, family, endpoint: { pod, ready } }: ObjectEndpoint,
  objects: KubernetesObjects,
  coverage: Coverage,
): Lost | null {
  if (ready === false || pod === null) return null;
  const key = `${pod.namespace}/${pod.name}`;
  const known = podsOf(objects).get(key);
  if (known === undefined)
    return coverage.covers('pods', pod.namespace)
      ? { says: `${address} (Pod ${key})`, reference: pod, has: [] }
      : null;
  const has = known.ips.filter((ip) => parseAddress(ip)?.family === family).map(normalAddress);
  if (has.length === 0 || has.includes(normalAddress(address))) return null;
  return { says: `${address} (Pod ${key}, which has ${either(has, 'and')})`, reference: pod, has };
}

const podsByName = new WeakMap<readonly Pod[], ReadonlyMap<string, Pod>>();

/** `shop/web-0` → the Pod. */
export function podsOf({ pods }: KubernetesObjects): ReadonlyMap<string, Pod> {
  let known = podsByName.get(pods);
  if (known === undefined) {
    known = new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
    podsByName.set(pods, known);
  }
  return known;
}
