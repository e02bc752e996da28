/** One object of parsed JSON as this product's own type. */
import { isRecord, type JsonRecord } from '../text/json.ts';
import type { JsonReader } from './jsonReader.ts';
import { type Namespace, type NetworkPolicy, readNetworkPolicy } from './networkPolicy.ts';
import type { EndpointSlice, KubernetesNode, ObjectIdentity, Pod, PodEvent, Service } from './objects.ts';
import { readNodeObject, readPod, readPodEvent } from './readPods.ts';
import { readService } from './readService.ts';
import { readSlice } from './readSlice.ts';

/** What is read of a cluster. */
export type KubernetesObject =
  Service | EndpointSlice | KubernetesNode | Pod | NetworkPolicy | Namespace | PodEvent;

/** As `kind` names it. */
export type ObjectKind = KubernetesObject['kind'];

type Read<Kind extends ObjectKind> = (
  object: JsonRecord,
  identity: ObjectIdentity,
  reader: JsonReader,
) => Extract<KubernetesObject, { readonly kind: Kind }> | null;

const readers: { readonly [Kind in ObjectKind]: Read<Kind> } = {
  Service: readService,
  EndpointSlice: readSlice,
  Node: readNodeObject,
  Pod: readPod,
  NetworkPolicy: readNetworkPolicy,
  Namespace: (_, { name, labels }) => ({ kind: 'Namespace', name, labels }),
  Event: readPodEvent,
};

/** Whether objects of this `kind` are read; others are none of ours. */
export function isObjectKind(kind: string): kind is ObjectKind {
  return Object.hasOwn(readers, kind);
}

/** `default/web`, a node's name: by this an object is told from the others of its kind. */
export function keyOf(object: KubernetesObject): string {
  return 'namespace' in object ? `${object.namespace}/${object.name}` : object.name;
}

/** Null, and a problem, for an object without a name; null for an Event of something else than a Pod. */
export function readObject(
  kind: ObjectKind,
  object: JsonRecord,
  reader: JsonReader,
): KubernetesObject | null {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const name = metadata['name'];
  reader.subject = kind;
  if (typeof name !== 'string' || name === '') {
    reader.report('has no name');
    return null;
  }
  const namespace = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : 'default';
  const isAlone = kind === 'Node' || kind === 'Namespace';
  reader.subject = `${kind} ${isAlone ? name : `${namespace}/${name}`}`;
  const identity = { namespace, name, labels: reader.stringMap(metadata, 'labels') ?? new Map() };
  return readers[kind](object, identity, reader);
}
