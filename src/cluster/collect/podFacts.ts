/** What is read of a Pod or a Node from the API, whose JSON may be anything. */
import { isRecord, type JsonRecord } from '../../text/json.ts';

/** `recordAt(pod, 'spec', 'affinity')`: the object there; an empty one where there is none. */
export function recordAt(value: unknown, ...path: readonly string[]): JsonRecord {
  let at = value;
  for (const name of path) at = isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  return isRecord(at) ? at : {};
}

/** The text of a field; null where it holds none. */
export function textAt(value: JsonRecord, name: string): string | null {
  const found = Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof found === 'string' ? found : null;
}

/** The objects of a list; what else is in it is left out, and no list is an empty one. */
export function recordsAt(value: JsonRecord, name: string): readonly JsonRecord[] {
  const found = Object.hasOwn(value, name) ? value[name] : undefined;
  return Array.isArray(found) ? found.filter(isRecord) : [];
}

/** What is asked of a Pod to find a node's rules. */
export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly labels: JsonRecord;
  readonly node: string | null;
  readonly hostNetwork: boolean;
  /** `Running`, `Pending` …; empty where it is not told. */
  readonly phase: string;
  /** Being deleted. */
  readonly leaving: boolean;
  readonly containers: readonly ContainerFacts[];
}

/** A container of the Pod's spec with its status. */
export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  /** Null where the Pod's status does not say. */
  readonly running: boolean | null;
  /** `CrashLoopBackOff`, `ImagePullBackOff` …; null for none. */
  readonly waiting: string | null;
}

/** Null for what has no name. */
export function readPod(pod: JsonRecord): PodFacts | null {
  const metadata = recordAt(pod, 'metadata');
  const [namespace, name] = [textAt(metadata, 'namespace'), textAt(metadata, 'name')];
  if (namespace === null || name === null) return null;
  const spec = recordAt(pod, 'spec');
  const status = recordAt(pod, 'status');
  return {
    namespace,
    name,
    labels: recordAt(metadata, 'labels'),
    node: textAt(spec, 'nodeName'),
    hostNetwork: spec['hostNetwork'] === true,
    phase: textAt(status, 'phase') ?? '',
    leaving: textAt(metadata, 'deletionTimestamp') !== null,
    containers: readContainers(spec, status),
  };
}

function readContainers(spec: JsonRecord, status: JsonRecord): readonly ContainerFacts[] {
  const statuses = recordsAt(status, 'containerStatuses');
  return recordsAt(spec, 'containers').flatMap((container) => {
    const name = textAt(container, 'name');
    if (name === null) return [];
    const state = statuses.find((each) => textAt(each, 'name') === name);
    const states = recordAt(state, 'state');
    return [
      {
        name,
        image: textAt(container, 'image') ?? '',
        running: state === undefined ? null : isRecord(states['running']),
        waiting: textAt(recordAt(states, 'waiting'), 'reason'),
      },
    ];
  });
}
