/**
 * The objects of an open context, slimmed as they come, and who follows them. A follower is told the state of what
 * changed, in pages of some hundred with the event loop free in between, never a log: what it missed it needs no more.
 */
import type { ObjectChanges } from '../kubernetes/objectChanges.ts';
import { sameValue } from '../kubernetes/sameValue.ts';
import { slimObject } from '../kubernetes/slim.ts';
import { isRecord, type JsonRecord } from '../text/json.ts';
import { Bunch } from './bunch.ts';
import type { WatchedResource, WatchListener } from './clusterApi.ts';
import type { ObjectSubscription } from './session.ts';

/** In the order in which a follower is told of them. */
export const watchedResources = [
  'services',
  'endpointslices',
  'nodes',
  'pods',
  'networkpolicies',
  'namespaces',
  'events',
] as const;

/** Milliseconds in which changes are collected into one message. */
const BUNCH = 200;
const PAGE = 500;

/** Is told one page of changes; it may take its time with it. */
export type ObjectListener = (changes: ObjectChanges) => void;

interface Shelf {
  readonly objects: Map<string, JsonRecord>;
  /** All objects are known; it stays so while a watch is broken. */
  complete: boolean;
}

/** What changed: the object as it is kept, null for one that is gone. */
export interface Stored {
  readonly resource: WatchedResource;
  readonly key: string;
  readonly object: JsonRecord | null;
}

/** Holds of each object what this product reads (kubernetes/slim.ts), by its key. */
export class ObjectFeed {
  readonly #shelves: Readonly<Record<WatchedResource, Shelf>> = {
    services: newShelf(),
    endpointslices: newShelf(),
    nodes: newShelf(),
    pods: newShelf(),
    networkpolicies: newShelf(),
    namespaces: newShelf(),
    events: newShelf(),
  };
  readonly #followers = new Set<Follower>();
  readonly #onStored: (stored: Stored) => void;

  /** `onStored` hears of every change at once, before the followers. */
  constructor(onStored: (stored: Stored) => void) {
    this.#onStored = onStored;
  }

  objects(resource: WatchedResource): ReadonlyMap<string, JsonRecord> {
    return this.#shelves[resource].objects;
  }

  isComplete(resource: WatchedResource): boolean {
    return this.#shelves[resource].complete;
  }

  /** First all that is known, then what changes. */
  follow(listener: ObjectListener): ObjectSubscription {
    const follower = new Follower(this, listener);
    this.#followers.add(follower);
    return {
      dispose: () => {
        this.#followers.delete(follower);
        follower.close();
      },
      told: () => follower.told(),
    };
  }

  /** What a watch of `resource` tells; of one `namespace`, it says nothing of what is gone elsewhere. */
  listener(
    resource: WatchedResource,
    namespace: string | null,
    on: { readonly listed: () => void; readonly failed: (failure: Error | null) => void },
  ): WatchListener {
    let seen = new Set<string>();
    return {
      listing: () => {
        seen = new Set();
      },
      page: (objects) => {
        for (const object of objects) {
          const key = this.#put(resource, object);
          if (key !== null) seen.add(key);
        }
      },
      listed: () => {
        this.#keepOnly(resource, namespace, seen);
        seen = new Set();
        if (namespace === null) this.#complete(resource);
        on.listed();
      },
      changed: (object) => void this.#put(resource, object),
      deleted: (object) => {
        const key = keyOf(object);
        if (key !== null) this.#remove(resource, key);
      },
      failed: on.failed,
    };
  }

  close(): void {
    for (const follower of this.#followers) follower.close();
    this.#followers.clear();
  }

  #put(resource: WatchedResource, raw: JsonRecord): string | null {
    const key = keyOf(raw);
    if (key === null) return null;
    const object = slimObject(resource, raw);
    const { objects } = this.#shelves[resource];
    const known = objects.get(key);
    // Heartbeats and the like change nothing that is kept.
    if (known !== undefined && sameValue(known, object)) return key;
    objects.set(key, object);
    this.#changed(resource, key, object);
    return key;
  }

  #remove(resource: WatchedResource, key: string): void {
    if (this.#shelves[resource].objects.delete(key)) this.#changed(resource, key, null);
  }

  #keepOnly(resource: WatchedResource, namespace: string | null, seen: ReadonlySet<string>): void {
    for (const key of this.#shelves[resource].objects.keys()) {
      const asked = namespace === null || key.startsWith(`${namespace}/`);
      if (asked && !seen.has(key)) this.#remove(resource, key);
    }
  }

  #changed(resource: WatchedResource, key: string, object: JsonRecord | null): void {
    this.#onStored({ resource, key, object });
    for (const follower of this.#followers) follower.changed(resource, key);
  }

  #complete(resource: WatchedResource): void {
    this.#shelves[resource].complete = true;
    for (const follower of this.#followers) follower.completed();
  }
}

function newShelf(): Shelf {
  return { objects: new Map(), complete: false };
}

/** `default/web`, `node-1`; null for what has no name. */
function keyOf(object: JsonRecord): string | null {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const { name, namespace } = metadata;
  if (typeof name !== 'string') return null;
  return typeof namespace === 'string' && namespace !== '' ? `${namespace}/${name}` : name;
}

class Follower {
  readonly #feed: ObjectFeed;
  readonly #listener: ObjectListener;
  readonly #waiting = new Map<WatchedResource, Set<string>>();
  /** Told that it begins, told that it is complete. */
  readonly #begun = new Set<WatchedResource>();
  readonly #ended = new Set<WatchedResource>();
  readonly #bunch = new Bunch(BUNCH, () => this.#tell());
  #next: NodeJS.Immediate | null = null;
  #closed = false;
  /** Who waits until all is told. */
  #waiters: (() => void)[] = [];

  constructor(feed: ObjectFeed, listener: ObjectListener) {
    this.#feed = feed;
    this.#listener = listener;
    for (const resource of watchedResources) {
      this.#waiting.set(resource, new Set(feed.objects(resource).keys()));
    }
    this.#bunch.add();
  }

  changed(resource: WatchedResource, key: string): void {
    this.#waiting.get(resource)?.add(key);
    this.#bunch.add();
  }

  completed(): void {
    this.#bunch.add();
  }

  told(): Promise<void> {
    if (this.#closed || !this.#isBehind()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.#bunch.flush();
    });
  }

  close(): void {
    this.#closed = true;
    this.#bunch.close();
    if (this.#next !== null) clearImmediate(this.#next);
    this.#next = null;
    this.#release();
  }

  #tell(): void {
    if (this.#next !== null || !this.#isBehind()) return;
    const changes = this.#take();
    const more = this.#isBehind();
    if (more) {
      this.#next = setImmediate(() => {
        this.#next = null;
        this.#tell();
      });
    }
    this.#listener(changes);
    if (!more) this.#release();
  }

  /** Something is known that was not told. */
  #isBehind(): boolean {
    return watchedResources.some(
      (resource) => (this.#waiting.get(resource)?.size ?? 0) > 0 || this.#endsNow(resource),
    );
  }

  /** All of it is there, which was not told yet. */
  #endsNow(resource: WatchedResource): boolean {
    return this.#feed.isComplete(resource) && !this.#ended.has(resource);
  }

  #release(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  /** The next page: one resource after the other, each ended before the next begins where all of it is there. */
  #take(): ObjectChanges {
    const replaced: WatchedResource[] = [];
    const complete: WatchedResource[] = [];
    const changes = [];
    for (const resource of watchedResources) {
      const keys = this.#waiting.get(resource) ?? new Set();
      const objects = this.#feed.objects(resource);
      for (const key of keys) {
        if (changes.length >= PAGE) break;
        keys.delete(key);
        changes.push({ resource, key, object: objects.get(key) ?? null });
        if (!this.#begun.has(resource)) replaced.push(resource);
        this.#begun.add(resource);
      }
      if (keys.size === 0 && this.#endsNow(resource)) {
        if (!this.#begun.has(resource)) replaced.push(resource);
        this.#begun.add(resource);
        this.#ended.add(resource);
        complete.push(resource);
      }
    }
    return { replaced, changes, complete };
  }
}
