/** Why a Service has no ready endpoints, as far as its Pods and what was noticed of them tell. */
import type { Coverage } from '../../../kubernetes/coverage.ts';
import type {
  KubernetesObjects,
  Pod,
  PodEvent,
  Service,
  ServicePortSpec,
} from '../../../kubernetes/objects.ts';
import { nearest } from '../../../text/nearest.ts';
import { firstFew, plural } from '../../narrative/words.ts';
import type { FindingCode } from '../table.ts';
import { isOver } from '../../services/objectIndex.ts';
import { isSafeName } from '../../services/safeName.ts';

type EmptyCode = 'selector-matches-nothing' | 'pods-not-ready' | 'target-port-missing';

/** What is the reason of `no-endpoints` where both are found. */
export const emptyCodes: ReadonlySet<FindingCode> = new Set<EmptyCode>([
  'selector-matches-nothing',
  'pods-not-ready',
  'target-port-missing',
]);

export interface EmptyReason {
  readonly code: EmptyCode | null;
  /** A clause with a full stop, and what to do. */
  readonly words: string;
  /** The Pod that shows it; null where none does. */
  readonly pod: Pod | null;
}

/** `specs`: those ports of the Service that have none. `isListed`: EndpointSlices have some for them, none of which is ready. */
export function whyEmpty(
  service: Service,
  specs: readonly ServicePortSpec[],
  objects: KubernetesObjects,
  coverage: Coverage,
  isListed: boolean,
): EmptyReason {
  const { selector, namespace } = service;
  if (selector === null)
    return open(`it has no selector, ${writtenWords(service, specs, objects, isListed)}`);
  if (!coverage.covers('pods', namespace)) return open('its Pods were not looked at.');
  const pods = podsIn(objects, namespace);
  const matched = pods.filter((pod) => matches(pod, selector));
  if (matched.length === 0) return noneMatch(selector, pods);
  const waiting = matched.filter(({ ready }) => !ready);
  if (waiting.length > 0) return notReady(matched, waiting, objects);
  return (
    lacksPort(specs, matched) ??
    open(
      `its Pods are ready, and the EndpointSlices ${isListed ? 'still list them as not ready' : 'do not list them yet'}: look whether kube-controller-manager runs.`,
    )
  );
}

/** What came of it that somebody has to write the EndpointSlices. */
function writtenWords(
  { namespace, name }: Service,
  specs: readonly ServicePortSpec[],
  { slices }: KubernetesObjects,
  isListed: boolean,
): string {
  if (isListed) return 'and none of the endpoints that its EndpointSlices list is ready.';
  const own = slices.filter(
    (slice) => slice.namespace === namespace && slice.service === name && slice.endpoints.length > 0,
  );
  const [spec] = specs;
  if (own.length === 0 || spec === undefined)
    return 'so that somebody has to write its EndpointSlices, and nobody did.';
  const proxied = own.filter(({ addressType }) => addressType !== 'FQDN');
  if (proxied.length === 0)
    return 'and its EndpointSlices list names of hosts alone (addressType FQDN), to which kube-proxy does not balance: list addresses.';
  const ports = proxied.flatMap((slice) => slice.ports.map((each) => portWords(each.name, each.protocol)));
  const listed = ports.length === 0 ? 'no port' : firstFew([...new Set(ports)], MOST_PORTS);
  return `and its EndpointSlices list ${listed}, where the Service has ${portWords(spec.name, spec.protocol)}: name and protocol have to be the same.`;
}

const MOST_PORTS = 4;

function portWords(name: string, protocol: string): string {
  return name === ''
    ? `an unnamed port of ${protocol.toUpperCase()}`
    : `port ${name}/${protocol.toUpperCase()}`;
}

function open(words: string): EmptyReason {
  return { code: null, words, pod: null };
}

const byNamespace = new WeakMap<readonly Pod[], Map<string, readonly Pod[]>>();

/** Pods of a namespace that are not over. */
export function podsIn({ pods }: KubernetesObjects, namespace: string): readonly Pod[] {
  let known = byNamespace.get(pods);
  if (known === undefined) byNamespace.set(pods, (known = new Map()));
  let own = known.get(namespace);
  if (own === undefined) {
    own = pods.filter((pod) => pod.namespace === namespace && !isOver(pod));
    known.set(namespace, own);
  }
  return own;
}

/** Whether a Pod has all labels of a selector. */
export function matches({ labels }: Pod, selector: ReadonlyMap<string, string>): boolean {
  return [...selector].every(([key, value]) => labels.get(key) === value);
}

/** Names the Pod that comes nearest, where one label alone is another. */
function noneMatch(selector: ReadonlyMap<string, string>, pods: readonly Pod[]): EmptyReason {
  const wanted = [...selector].map(([key, value]) => `${key}=${value}`).join(',');
  const near = nearMiss(selector, pods);
  const says = near === null ? ' Is its workload scaled to 0?' : near.says;
  return {
    code: 'selector-matches-nothing',
    words: `its selector ${wanted} matches no Pod.${says} Correct the selector or the labels, or start Pods.`,
    pod: near?.pod ?? null,
  };
}

function nearMiss(
  selector: ReadonlyMap<string, string>,
  pods: readonly Pod[],
): { readonly pod: Pod; readonly says: string } | null {
  for (const pod of pods) {
    const off = [...selector.keys()].filter((key) => pod.labels.get(key) !== selector.get(key));
    const [key = ''] = off;
    const has = pod.labels.get(key);
    // Where one label is all that is asked for, every other value would come near.
    const isNear =
      selector.size > 1 || (has !== undefined && nearest(selector.get(key) ?? '', [has]) !== null);
    if (off.length === 1 && isNear)
      return {
        pod,
        says: ` Pod ${pod.name} ${has === undefined ? `lacks the label ${key}` : `has ${key}=${has}`}.`,
      };
  }
  return null;
}

function notReady(matched: readonly Pod[], waiting: readonly Pod[], objects: KubernetesObjects): EmptyReason {
  const [first] = waiting;
  if (first === undefined) return open('its Pods are not ready.');
  const named = waiting.slice(0, 3).map((pod) => `${pod.name} (${stateOf(pod)})`);
  const more = waiting.length > named.length ? ` and ${waiting.length - named.length} more` : '';
  const why = whyWaiting(first, objects);
  const command =
    why === null && isSafeName(first.name)
      ? ` "kubectl describe pod -n ${first.namespace} ${first.name}" tells which probe or container.`
      : '';
  return {
    code: 'pods-not-ready',
    words: `${countOf(waiting.length, matched.length)} ready: ${named.join(', ')}${more}.${why === null ? '' : ` ${why}`}${command}`,
    pod: first,
  };
}

function countOf(waiting: number, all: number): string {
  if (all === 1) return 'its only Pod is not';
  return waiting === all
    ? `none of its ${plural(all, 'Pod')} is`
    : `${waiting} of its ${plural(all, 'Pod')} ${waiting === 1 ? 'is' : 'are'} not`;
}

function stateOf({ phase, terminating }: Pod): string {
  return terminating ? 'being deleted' : phase;
}

/** A sentence or two on one Pod: what it waits for, and since when it is so; null where its object does not tell. */
function whyWaiting(pod: Pod, objects: KubernetesObjects): string | null {
  const { health, nodeName, name } = pod;
  if (health.unscheduled !== '') return `No node was found for ${name}: ${ended(health.unscheduled)}`;
  const node = objects.nodes.find((each) => each.name === nodeName);
  if (node?.ready === false) return `Its node ${node.name} is not ready or does not answer.`;
  const [container] = health.waiting;
  const said = probeEvent(pod, objects);
  const restarts =
    container !== undefined && container.restarts > 0 ? `, restarted ${times(container.restarts)}` : '';
  if (container?.probe != null) {
    const { kind, asks } = container.probe;
    const seen = said === null ? '' : ` (${said})`;
    return `The ${kind} probe of container ${container.name} fails${restarts}: ${asks}${seen}. Correct the probe, or what it asks.`;
  }
  if (container !== undefined && container.state !== 'running' && container.state !== '') {
    const reason = container.reason === '' ? '' : ` (${container.reason})`;
    return `Container ${container.name} is ${container.state}${reason}${restarts}${endWords(container)}.`;
  }
  if (health.gates.length > 0)
    return `It waits for its readiness gates: ${health.gates.slice(0, 3).join(', ')}.`;
  return said === null ? null : `What was noticed: ${said}.`;
}

/** How it ended before it was started anew: `; it ended last with exit code 137 (OOMKilled)`. */
function endWords({ lastEnd }: Pod['health']['waiting'][number]): string {
  if (lastEnd === null) return '';
  const { exitCode, reason } = lastEnd;
  const told = reason === '' || reason === 'Error' ? '' : ` (${reason})`;
  return `; it ended last with exit code ${exitCode}${told}`;
}

/** The last failed probe that was noticed: `Readiness probe failed: …, 14 times`. */
export function probeEvent(pod: Pod, { events }: KubernetesObjects): string | null {
  const own = events.filter((each) => each.namespace === pod.namespace && each.pod === pod.name);
  const last = own.toSorted((a, b) => (a.last < b.last ? -1 : 1)).at(-1);
  return last === undefined ? null : eventWords(last);
}

const MOST_SAID = 160;

/** A message may hold whatever the application answered. */
function eventWords({ message, count }: PodEvent): string {
  const [line = ''] = message.split('\n');
  const said = line.length > MOST_SAID ? `${line.slice(0, MOST_SAID)}…` : line.replace(/[.\s]+$/, '');
  return count > 1 ? `${said}, ${times(count)}` : said;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** A target port by name has to be a container port of that name and of the Service's protocol (FindPort of k/k). */
function lacksPort(specs: readonly ServicePortSpec[], pods: readonly Pod[]): EmptyReason | null {
  for (const { targetPort, protocol, name } of specs) {
    if (typeof targetPort !== 'string') continue;
    const isIt = (port: Pod['containerPorts'][number]): boolean =>
      port.name === targetPort && port.protocol === protocol;
    const lacking = pods.find((pod) => !pod.containerPorts.some(isIt));
    if (lacking === undefined) continue;
    const other = lacking.containerPorts.find((port) => port.name === targetPort);
    const has = [...new Set(lacking.containerPorts.map((port) => port.name).filter((each) => each !== ''))];
    const names = has.length === 0 ? '' : ` It has ${has.slice(0, 4).join(', ')}.`;
    const which = name === '' ? 'targetPort' : `targetPort of port ${name}`;
    return {
      code: 'target-port-missing',
      words:
        other === undefined
          ? `its ${which} is "${targetPort}", and Pod ${lacking.name} has no container port of that name.${names} Correct the name, or give a number.`
          : `its ${which} is "${targetPort}" at ${protocol.toUpperCase()}, and the container port of that name in Pod ${lacking.name} is one of ${other.protocol.toUpperCase()}. Correct the protocol.`,
      pod: lacking,
    };
  }
  return null;
}
