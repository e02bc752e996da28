/** The resources of a context: each listed and watched, or listed once; which are still read, which are broken. */
import type { ClusterApi, WatchedResource, WatchListener } from './clusterApi.ts';
import { ClusterFailure, isClusterFailure } from './failure.ts';
import { type ObjectFeed, watchedResources } from './objectFeed.ts';

/**
 * What they tell is beside the rules, and many users may not read it: without them nothing is stale, and who looks finds
 * that not all are known.
 */
const beside: ReadonlySet<WatchedResource> = new Set(['networkpolicies', 'namespaces', 'events']);

/** Where kube-proxy's Pods are, which a user who may not list all Pods may perhaps list. */
const PROXY_NAMESPACE = 'kube-system';

/**
 * One attempt to read a context's objects. `stale` holds why a resource cannot be read now, `loading` those whose
 * first list is not there yet; each change of them calls `onChange`.
 */
export class Informers {
  readonly stale = new Map<WatchedResource, ClusterFailure>();
  readonly loading = new Set<WatchedResource>(watchedResources);
  readonly #api: ClusterApi;
  readonly #feed: ObjectFeed;
  readonly #onChange: () => void;
  readonly #watches = new Set<{ stop(): void }>();
  readonly #waiting: (() => void)[] = [];
  #proxyPods: { stop(): void } | null = null;
  #stopped = false;

  constructor(api: ClusterApi, feed: ObjectFeed, onChange: () => void) {
    this.#api = api;
    this.#feed = feed;
    this.#onChange = onChange;
  }

  watch(): void {
    for (const resource of watchedResources) {
      this.#watches.add(this.#api.watch(resource, this.#listener(resource)));
    }
  }

  /** One list of each, and no watch. */
  async list(signal: AbortSignal): Promise<void> {
    await Promise.all(watchedResources.map((resource) => this.#list(resource, null, signal)));
  }

  stop(): void {
    for (const watch of this.#watches) watch.stop();
    this.#watches.clear();
    this.#proxyPods?.stop();
    this.#proxyPods = null;
    this.#stopped = true;
    this.#settled();
  }

  /** Resolves once these were read, or are known not to be readable; also when all is stopped. */
  async ready(resources: readonly WatchedResource[]): Promise<void> {
    while (!this.#stopped && resources.some((resource) => this.loading.has(resource))) {
      await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    }
  }

  #listener(resource: WatchedResource): WatchListener {
    return this.#feed.listener(resource, null, {
      listed: () => this.#read(resource),
      failed: (failure) => this.#failed(resource, failure),
    });
  }

  async #list(resource: WatchedResource, namespace: string | null, signal: AbortSignal): Promise<void> {
    const listener =
      namespace === null ? this.#listener(resource) : this.#feed.listener(resource, namespace, unheard);
    try {
      listener.listing();
      for await (const page of this.#api.list({ resource, namespace }, signal)) listener.page(page);
      listener.listed();
    } catch (error) {
      if (!isClusterFailure(error)) throw error;
      if (mayBeNarrower(resource, error) && namespace === null) {
        await this.#list(resource, PROXY_NAMESPACE, signal);
      }
      if (namespace === null) this.#failed(resource, error);
    }
  }

  #read(resource: WatchedResource): void {
    this.loading.delete(resource);
    this.stale.delete(resource);
    if (resource === 'pods') {
      this.#proxyPods?.stop();
      this.#proxyPods = null;
    }
    this.#settled();
    this.#onChange();
  }

  #failed(resource: WatchedResource, error: Error | null): void {
    if (error === null) this.stale.delete(resource);
    else if (beside.has(resource)) this.loading.delete(resource);
    else {
      const failure = isClusterFailure(error)
        ? error
        : new ClusterFailure('other', error.message, { cause: error });
      this.stale.set(resource, failure);
      this.loading.delete(resource);
      if (this.#watches.size > 0 && mayBeNarrower(resource, failure) && !this.#feed.isComplete(resource)) {
        this.#watchProxyPods();
      }
    }
    this.#settled();
    this.#onChange();
  }

  #watchProxyPods(): void {
    this.#proxyPods ??= this.#api.watch(
      'pods',
      this.#feed.listener('pods', PROXY_NAMESPACE, { ...unheard, listed: this.#onChange }),
      PROXY_NAMESPACE,
    );
  }

  #settled(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function mayBeNarrower(resource: WatchedResource, failure: ClusterFailure): boolean {
  return resource === 'pods' && failure.kind === 'forbidden';
}

/** What is missing was said of all namespaces already. */
const unheard = { listed: () => undefined, failed: () => undefined };
