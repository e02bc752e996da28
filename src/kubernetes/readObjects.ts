/**
 * Reads `kubectl get services,endpointslices,nodes,pods -A -o json` output, and whatever else holds such objects: a
 * `List`, a `ServiceList` as the API answers it, single objects, several documents one after the other; the same as YAML,
 * and what tables and `kubectl describe` tell. Never throws.
 */
import { readJsonDocuments } from '../text/jsonDocuments.ts';
import { ciliumSettingIn, type CiliumSetting } from './ciliumConfig.ts';
import type { FormRead } from './forms/formRead.ts';
import { readForms } from './forms/objectForms.ts';
import { isRecord, type JsonRecord } from '../text/json.ts';
import { JsonReader } from './jsonReader.ts';
import type { KubernetesObjects } from './objects.ts';
import { isObjectResource, type ObjectResource } from './slim.ts';
import { isObjectKind, keyOf, type KubernetesObject, readObject } from './readObject.ts';

/** What a text held. */
export interface ObjectsRead {
  readonly objects: KubernetesObjects;
  /** What could not be read, in plain text; objects of other kinds are no problem. */
  readonly problems: readonly string[];
  /** Of which resources what was read does not tell all, whatever it holds. */
  readonly partial: ReadonlySet<ObjectResource>;
  /** Of which all are here, as a list that this product wrote says (`metadata.complete`). */
  readonly complete: ReadonlySet<ObjectResource>;
}

/** Reads every object of a kind that is read in `text`; of one given twice the last counts. */
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
    complete: new Set(documents.values.flatMap(completeIn)),
  };
}

function completeIn(value: unknown): readonly ObjectResource[] {
  const metadata = isRecord(value) && value['kind'] === 'List' ? value['metadata'] : null;
  const complete = isRecord(metadata) ? metadata['complete'] : null;
  return Array.isArray(complete) ? complete.filter(isObjectResource) : [];
}

interface KindedObject {
  /** `NetworkPolicy`; of an API group that has the same word for something else `NetworkPolicy.projectcalico.org`. */
  readonly kind: string;
  readonly object: JsonRecord;
}

/** Lists opened, however deep; the items of a `PodList` need not name their kind. */
function* objectsIn(values: readonly unknown[], reader: JsonReader): Generator<KindedObject> {
  const open: { readonly value: unknown; readonly kind: string; readonly api: string }[] = values
    .toReversed()
    .map((value) => ({ value, kind: '', api: '' }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next.value)) {
      for (const value of next.value.toReversed()) open.push({ ...next, value });
      continue;
    }
    if (!isRecord(next.value)) {
      reader.report('an object was expected');
      continue;
    }
    const own = next.value['kind'];
    const kind = typeof own === 'string' ? own : next.kind;
    const ownApi = next.value['apiVersion'];
    const api = typeof ownApi === 'string' ? ownApi : next.api;
    if (!kind.endsWith('List') || !Array.isArray(next.value['items'])) {
      yield { kind: kindIn(kind, api), object: next.value };
      continue;
    }
    const itemKind = kind.slice(0, -'List'.length);
    for (const value of next.value['items'].toReversed()) open.push({ value, kind: itemKind, api });
  }
}

/** The groups of the API whose kinds are read; the core has no name. */
const READ_GROUPS: ReadonlySet<string> = new Set([
  '',
  'discovery.k8s.io',
  'networking.k8s.io',
  'extensions',
  'events.k8s.io',
]);

/** Calico has a NetworkPolicy of its own, Knative a Service: such a one is of another kind. */
function kindIn(kind: string, api: string): string {
  const group = api.includes('/') ? api.slice(0, api.indexOf('/')) : '';
  return READ_GROUPS.has(group) ? kind : `${kind}.${group}`;
}

/** Cilium’s, Calico’s, an administrator’s: whatever group it is of, its kind says so. */
const POLICY = /^[A-Za-z]{0,40}NetworkPolicy(?:\.[a-z\d.-]{1,80})?$/;

class Collected {
  readonly #unread = new Map<string, number>();
  readonly #found = new Map<string, KubernetesObject>();
  #cilium: CiliumSetting | null = null;

  add({ kind, object }: KindedObject, reader: JsonReader): void {
    if (kind === 'ConfigMap') this.#cilium = ciliumSettingIn(object) ?? this.#cilium;
    if (!isObjectKind(kind)) {
      if (POLICY.test(kind)) this.#unread.set(kind, (this.#unread.get(kind) ?? 0) + 1);
      return;
    }
    const read = readObject(kind, object, reader);
    if (read !== null) this.#found.set(`${kind} ${keyOf(read)}`, read);
  }

  objects(): KubernetesObjects {
    const all = [...this.#found.values()];
    return {
      services: all.filter((each) => each.kind === 'Service'),
      slices: all.filter((each) => each.kind === 'EndpointSlice'),
      nodes: all.filter((each) => each.kind === 'Node'),
      pods: all.filter((each) => each.kind === 'Pod'),
      policies: all.filter((each) => each.kind === 'NetworkPolicy'),
      namespaces: all.filter((each) => each.kind === 'Namespace'),
      events: all.filter((each) => each.kind === 'Event'),
      ...(this.#unread.size === 0 ? {} : { unreadPolicies: this.#unread }),
      ...(this.#cilium === null ? {} : { cilium: this.#cilium }),
    };
  }
}
