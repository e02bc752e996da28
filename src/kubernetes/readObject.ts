/** One object of parsed JSON as this product's own type. */
import { isRecord, type JsonRecord } from '../text/json.ts';
import type { JsonReader } from './jsonReader.ts';
import type { EndpointSlice, KubernetesNode, Pod, Service } from './objects.ts';
import { readNodeObject, readPod } from './readPods.ts';
import { readService } from './readService.ts';
import { readSlice } from './readSlice.ts';

/** What is read of a cluster. */
export type KubernetesObject = Service | EndpointSlice | KubernetesNode | Pod;

/** As `kind` names it. */
export type ObjectKind = KubernetesObject['kind'];

const kinds: readonly string[] = ['Service', 'EndpointSlice', 'Node', 'Pod'] satisfies readonly ObjectKind[];

/** Whether objects of this `kind` are read; others are none of ours. */
export function isObjectKind(kind: string): kind is ObjectKind {
  return kinds.includes(kind);
}

/** `default/web`, a node's name: by this an object is told from the others of its kind. */
export function keyOf(object: KubernetesObject): string {
  return object.kind === 'Node' ? object.name : `${object.namespace}/${object.name}`;
}

/** Null, and a problem, for an object without a name. */
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
  reader.subject = `${kind} ${kind === 'Node' ? name : `${namespace}/${name}`}`;
  const identity = { namespace, name, labels: reader.stringMap(metadata, 'labels') ?? new Map() };
  if (kind === 'Service') return readService(object, identity, reader);
  if (kind === 'EndpointSlice') return readSlice(object, identity, reader);
  return kind === 'Node' ? readNodeObject(object, identity, reader) : readPod(object, identity, reader);
}
