/**
 * Reads `kubectl get services,endpointslices,nodes,pods -A -o json` output, and whatever else holds such objects: a
 * `List`, a `ServiceList` as the API answers it, single objects, several documents one after the other. Never throws.
 */
import { readJsonDocuments } from '../text/jsonDocuments.ts';
import { isRecord, type JsonRecord } from '../text/json.ts';
import { JsonReader } from './jsonReader.ts';
import type { EndpointSlice, KubernetesNode, KubernetesObjects, Pod, Service } from './objects.ts';
import { isObjectKind, keyOf, readObject } from './readObject.ts';

/** What a text held. */
export interface ObjectsRead {
  readonly objects: KubernetesObjects;
  /** What could not be read, in plain text; objects of other kinds are no problem. */
  readonly problems: readonly string[];
}

/** Reads every Service, EndpointSlice, Node and Pod in `text`; of an object given twice the last counts. */
export function readObjects(text: string): ObjectsRead {
  const documents = readJsonDocuments(text);
  const reader = new JsonReader();
  const found = new Collected();
  for (const object of objectsIn(documents.values, reader)) found.add(object, reader);
  reader.subject = '';
  return { objects: found.objects(), problems: [...documents.problems, ...reader.problems] };
}

interface KindedObject {
  readonly kind: string;
  readonly object: JsonRecord;
}

/** Lists opened, however deep; the items of a `PodList` need not name their kind. */
function* objectsIn(values: readonly unknown[], reader: JsonReader): Generator<KindedObject> {
  const open: { readonly value: unknown; readonly kind: string }[] = values
    .toReversed()
    .map((value) => ({ value, kind: '' }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next.value)) {
      for (const value of next.value.toReversed()) open.push({ value, kind: next.kind });
      continue;
    }
    if (!isRecord(next.value)) {
      reader.report('an object was expected');
      continue;
    }
    const own = next.value['kind'];
    const kind = typeof own === 'string' ? own : next.kind;
    if (!kind.endsWith('List') || !Array.isArray(next.value['items'])) {
      yield { kind, object: next.value };
      continue;
    }
    const itemKind = kind.slice(0, -'List'.length);
    for (const value of next.value['items'].toReversed()) open.push({ value, kind: itemKind });
  }
}

class Collected {
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, EndpointSlice>();
  readonly #nodes = new Map<string, KubernetesNode>();
  readonly #pods = new Map<string, Pod>();

  add({ kind, object }: KindedObject, reader: JsonReader): void {
    if (!isObjectKind(kind)) return;
    const read = readObject(kind, object, reader);
    if (read === null) return;
    const key = keyOf(read);
    if (read.kind === 'Service') this.#services.set(key, read);
    else if (read.kind === 'EndpointSlice') this.#slices.set(key, read);
    else if (read.kind === 'Node') this.#nodes.set(key, read);
    else this.#pods.set(key, read);
  }

  objects(): KubernetesObjects {
    return {
      services: [...this.#services.values()],
      slices: [...this.#slices.values()],
      nodes: [...this.#nodes.values()],
      pods: [...this.#pods.values()],
    };
  }
}
