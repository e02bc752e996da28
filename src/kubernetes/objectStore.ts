/**
 * The objects of a live cluster, kept by what changes: an object is read once, when it comes, and the lists are made
 * again only for the kinds that changed and only when they are asked for.
 */
import { JsonReader } from './jsonReader.ts';
import type { KubernetesObjects } from './objects.ts';
import type { ObjectChange, ObjectChanges } from './objectChanges.ts';
import { type KubernetesObject, readObject } from './readObject.ts';
import { sameValue } from './sameValue.ts';
import { kindOfResource, type ObjectResource } from './slim.ts';
import { SortedByKey } from './sortedByKey.ts';

/** More problems than this are counted, not listed. */
const MAX_PROBLEMS = 100;

type Kept<Kind extends KubernetesObject['kind']> = SortedByKey<
  Extract<KubernetesObject, { readonly kind: Kind }>
>;

type Shelves = {
  readonly [Resource in ObjectResource]: Kept<(typeof kindOfResource)[Resource]>;
};

/** The objects of one context. An object that cannot be read is a problem and is not kept. */
export class ObjectStore {
  readonly #shelves: Shelves = {
    services: new SortedByKey(),
    endpointslices: new SortedByKey(),
    nodes: new SortedByKey(),
    pods: new SortedByKey(),
    networkpolicies: new SortedByKey(),
    namespaces: new SortedByKey(),
    events: new SortedByKey(),
  };
  /** By resource and key; only of objects that have any. */
  readonly #problems = new Map<string, readonly string[]>();
  #complete: ReadonlySet<ObjectResource> = new Set();
  #objects: KubernetesObjects | null = null;

  /** How many objects there are. */
  get size(): number {
    return Object.values(this.#shelves).reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * All objects, each kind ordered by key. The same value until something that is read of them changes, and of the
   * lists in it the same for kinds that did not: who keeps what was worked out from one can compare.
   */
  get objects(): KubernetesObjects {
    const { services, endpointslices, nodes, pods, networkpolicies, namespaces, events } = this.#shelves;
    return (this.#objects ??= {
      services: services.list,
      slices: endpointslices.list,
      nodes: nodes.list,
      pods: pods.list,
      policies: networkpolicies.list,
      namespaces: namespaces.list,
      events: events.list,
    });
  }

  /** The resources of which all objects are known; the same value until that changes. */
  get complete(): ReadonlySet<ObjectResource> {
    return this.#complete;
  }

  /** What could not be read in the objects, in plain text. */
  get problems(): readonly string[] {
    const all = [...this.#problems.values()].flat();
    const more = all.length - MAX_PROBLEMS;
    return more > 0 ? [...all.slice(0, MAX_PROBLEMS), `${more} more problems`] : all;
  }

  /** False where nothing changed that is read of an object: heartbeats of nodes and the like. Never throws. */
  apply({ replaced, changes, complete }: ObjectChanges): boolean {
    const before = this.#problems.size;
    let changed = this.#note(replaced, complete);
    for (const resource of new Set(replaced)) {
      const keys = changes.filter((each) => each.resource === resource).map((each) => each.key);
      if (this.#keepOnly(resource, new Set(keys))) changed = true;
    }
    for (const change of changes) {
      if (this.#change(change)) changed = true;
    }
    if (changed) this.#objects = null;
    return changed || this.#problems.size !== before;
  }

  #note(begun: readonly ObjectResource[], complete: readonly ObjectResource[]): boolean {
    const now = new Set([...this.#complete].filter((each) => !begun.includes(each)).concat(complete));
    if (now.size === this.#complete.size && complete.every((each) => this.#complete.has(each))) return false;
    this.#complete = now;
    return true;
  }

  #keepOnly(resource: ObjectResource, keys: ReadonlySet<string>): boolean {
    for (const id of this.#problems.keys()) {
      const [of, key] = splitId(id);
      if (of === resource && !keys.has(key)) this.#problems.delete(id);
    }
    return this.#shelves[resource].keepOnly(keys);
  }

  #change({ resource, key, object }: ObjectChange): boolean {
    const reader = new JsonReader();
    const read = object === null ? null : readObject(kindOfResource[resource], object, reader);
    const id = `${resource} ${key}`;
    if (reader.problems.length > 0) this.#problems.set(id, reader.problems);
    else this.#problems.delete(id);
    if (read === null) return this.#shelves[resource].delete(key);
    return this.#put(key, read);
  }

  #put(key: string, object: KubernetesObject): boolean {
    const shelves = this.#shelves;
    switch (object.kind) {
      case 'Service':
        return shelves.services.set(key, object, sameValue);
      case 'EndpointSlice':
        return shelves.endpointslices.set(key, object, sameValue);
      case 'Node':
        return shelves.nodes.set(key, object, sameValue);
      case 'NetworkPolicy':
        return shelves.networkpolicies.set(key, object, sameValue);
      case 'Namespace':
        return shelves.namespaces.set(key, object, sameValue);
      case 'Event':
        return shelves.events.set(key, object, sameValue);
      case 'Pod':
        break;
    }
    return shelves.pods.set(key, object, sameValue);
  }
}

function splitId(id: string): readonly [string, string] {
  const blank = id.indexOf(' ');
  return [id.slice(0, blank), id.slice(blank + 1)];
}
