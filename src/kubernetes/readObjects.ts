/**
 * Reads `kubectl get services,endpointslices,nodes,pods -A -o json` output, and whatever else holds such objects: a
 * `List`, a `ServiceList` as the API answers it, single objects, several documents one after the other; the same as YAML,
 * and what tables and `kubectl describe` tell. Never throws.
 */
import { readJsonDocuments } from '../text/jsonDocuments.ts';
import type { FormRead } from './forms/formRead.ts';
import { readForms } from './forms/objectForms.ts';
import { isRecord, type JsonRecord } from '../text/json.ts';
import { JsonReader } from './jsonReader.ts';
import type { EndpointSlice, KubernetesNode, KubernetesObjects, Pod, Service } from './objects.ts';
import type { ObjectResource } from './slim.ts';
import { isObjectKind, keyOf, readObject } from './readObject.ts';

/** What a text held. */
export interface ObjectsRead {
  readonly objects: KubernetesObjects;
  /** What could not be read, in plain text; objects of other kinds are no problem. */
  readonly problems: readonly string[];
  /** Of which resources what was read does not tell all, whatever it holds. */
  readonly partial: ReadonlySet<ObjectResource>;
}

/** Reads every Service, EndpointSlice, Node and Pod in `text`; of an object given twice the last counts. */
export function readObjects(text: string): ObjectsRead {
  const documents: FormRead = readForms(text) ?? { ...readJsonDocuments(text), partial: [] };
  const reader = new JsonReader();
  const found = new Collected();
  for (const object of objectsIn(documents.values, reader)) found.add(object, reader);
  reader.subject = '';
  return {
    objects: found.objects(),
    problems: [...documents.problems, ...reader.problems],
    partial: new Set(documents.partial),
  };
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
