/** One open context: connects, follows its objects, knows its nodes, collects from them. */
import { ciliumConfigName, ciliumSettingIn, type CiliumSetting } from '../kubernetes/ciliumConfig.ts';
import type { ObjectChanges } from '../kubernetes/objectChanges.ts';
import type { JsonRecord } from '../text/json.ts';
import { Bunch } from './bunch.ts';
import type { ClusterApi, WatchedResource } from './clusterApi.ts';
import { removeLeftovers } from './collect/debugPod.ts';
import { collectNode } from './collect/collectNode.ts';
import { modeOfConfigMap, type ParseYaml } from './collect/proxyMode.ts';
import { Collections, type CollectionWork } from './collections.ts';
import type { ClusterContext } from './contexts.ts';
import { ClusterFailure, isClusterFailure } from './failure.ts';
import { Informers } from './informers.ts';
import { Listeners } from './listeners.ts';
import type { CollectedNode, LiveNode } from './liveNode.ts';
import { NodeRows } from './nodeRows.ts';
import { ObjectFeed, watchedResources } from './objectFeed.ts';
import { objectList } from './objectList.ts';
import type {
  ClusterSession,
  CollectOptions,
  ObjectSubscription,
  SessionState,
  Subscription,
} from './session.ts';

/** How a session reaches its cluster; adapters/ make one. */
export interface ClusterAccess {
  readonly api: ClusterApi;
  readonly parseYaml: ParseYaml;
  /** Reads the kubeconfig, and nothing else; rejects where it has no such context. */
  context(): Promise<ClusterContext>;
  /** Reads kubeconfig and credentials anew with the next request; with `files`, from those that are chosen then. */
  forget(options: { readonly files: boolean }): void;
  close(): void;
}

/** Milliseconds in which changes of rows are bunched. */
const BUNCH = 200;

/**
 * One context: `access` reaches its cluster, with `watch` its objects are followed, without it they are listed once.
 */
export class LiveSession implements ClusterSession {
  readonly #access: ClusterAccess;
  readonly #watch: boolean;
  readonly #rows = new NodeRows();
  readonly #feed = new ObjectFeed((stored) => {
    this.#rows.take(stored);
    if (stored.resource === 'nodes' || stored.resource === 'pods') this.#changes.add();
  });
  readonly #changed = new Listeners<void>();
  readonly #changes = new Bunch(BUNCH, () => this.#changed.tell());
  readonly #didCollect = new Listeners<CollectedNode>();
  readonly #collected = new Map<string, CollectedNode>();
  readonly #collections: Collections;
  /** Of thousands of nodes that are asked once, what they said would only fill the memory. */
  readonly #keeps: boolean;
  #context: ClusterContext;
  #attempt: Attempt;

  constructor(name: string, access: ClusterAccess, watch: boolean, atOnce?: number) {
    this.#collections = new Collections((node, words) => {
      this.#rows.progress(node, words);
      this.#changes.add();
    }, atOnce);
    this.#access = access;
    this.#watch = watch;
    this.#keeps = atOnce === undefined;
    this.#context = { name, cluster: '', user: '', namespace: null, server: '', current: false };
    this.#attempt = this.#connect();
  }

  /** Only the name until the kubeconfig was read, which is the first thing that happens. */
  get context(): ClusterContext {
    return this.#context;
  }

  get state(): SessionState {
    const { state, informers } = this.#attempt;
    if (state.kind !== 'ready') return state;
    return { ...state, stale: new Map(informers.stale), loading: [...informers.loading] };
  }

  get nodes(): readonly LiveNode[] {
    return this.#rows.rows;
  }

  onDidChange(listener: () => void): Subscription {
    return this.#changed.add(listener);
  }

  onDidChangeObjects(listener: (changes: ObjectChanges) => void): ObjectSubscription {
    return this.#feed.follow(listener);
  }

  onDidCollect(listener: (collected: CollectedNode) => void): Subscription {
    return this.#didCollect.add(listener);
  }

  collected(node: string): CollectedNode | null {
    return this.#collected.get(node) ?? null;
  }

  async collect(node: string, options: CollectOptions): Promise<CollectedNode> {
    const { signal, onProgress } = options;
    const call = onProgress === undefined ? { signal } : { signal, onProgress };
    return this.#collections.collect(node, call, (work) => this.#collect(node, options, work));
  }

  async objects(signal: AbortSignal): Promise<string> {
    await this.#ready(watchedResources, signal);
    return objectList(this.#feed, this.#attempt.informers.stale, signal);
  }

  async read(
    resource: WatchedResource,
    namespace: string | null,
    name: string,
    signal: AbortSignal,
  ): Promise<JsonRecord> {
    return this.#access.api.get({ resource, namespace, name }, signal);
  }

  async removeLeftovers(signal: AbortSignal): Promise<number> {
    return removeLeftovers(this.#access.api, signal);
  }

  retry(): void {
    const { kind } = this.#attempt.state;
    if (kind === 'closed') return;
    this.#attempt.end();
    // Other files may name another cluster, of which what is held here is not.
    this.#access.forget({ files: kind === 'failed' && this.#rows.rows.length === 0 });
    this.#attempt = this.#connect();
    this.#changes.add();
  }

  close(): void {
    if (this.#attempt.state.kind === 'closed') return;
    this.#attempt.end();
    this.#attempt.state = { kind: 'closed' };
    this.#feed.close();
    this.#changes.close();
    this.#changed.tell();
    this.#changed.clear();
    // A debug Pod is deleted before the connections go.
    void this.#collections.close().then(() => this.#access.close());
  }

  #connect(): Attempt {
    const attempt = new Attempt(this.#access.api, this.#feed, () => {
      this.#rows.allPods(this.#feed.isComplete('pods'));
      this.#rows.listsNodes(!attempt.informers.stale.has('nodes') || this.#feed.isComplete('nodes'));
      this.#changes.add();
    });
    void this.#run(attempt);
    return attempt;
  }

  async #run(attempt: Attempt): Promise<void> {
    const { signal } = attempt;
    try {
      this.#context = await this.#access.context();
      const version = await versionOf(this.#access.api, signal);
      attempt.ready(version);
      this.#changes.add();
      if (this.#watch) attempt.informers.watch();
      attempt.configRead = this.#readConfig(attempt, signal);
      await Promise.all([attempt.configRead, ...(this.#watch ? [] : [attempt.informers.list(signal)])]);
    } catch (error) {
      if (signal.aborted) return;
      attempt.fail(isClusterFailure(error) ? error : unexpected(error));
      this.#changes.add();
    }
  }

  /** The mode of all nodes, and whether Cilium does their work, where the user may read it; it is no failure where not. */
  async #readConfig(attempt: Attempt, signal: AbortSignal): Promise<void> {
    const [ofProxy, ofCilium] = await Promise.all([
      this.#configMap(['kube-proxy', 'kube-proxy-config'], signal),
      this.#configMap([ciliumConfigName.name], signal),
    ]);
    attempt.cilium = ofCilium === null ? null : ciliumSettingIn(ofCilium);
    if (ofProxy === null) return;
    this.#rows.configure(modeOfConfigMap(ofProxy, this.#access.parseYaml));
    this.#changes.add();
  }

  /** The first of these names that is there; null where none is, or may be read. */
  async #configMap(names: readonly string[], signal: AbortSignal): Promise<JsonRecord | null> {
    for (const name of names) {
      try {
        const object = { resource: 'configmaps', namespace: 'kube-system', name } as const;
        return await this.#access.api.get(object, signal);
      } catch (error) {
        if (!isClusterFailure(error)) throw error;
        if (error.kind !== 'notFound') return null;
      }
    }
    return null;
  }

  async #collect(node: string, options: CollectOptions, work: CollectionWork): Promise<CollectedNode> {
    try {
      await this.#ready(['nodes', 'pods'], work.signal);
      const nodeObject = this.#rows.object(node);
      if (nodeObject === null && this.#feed.isComplete('nodes')) {
        throw new ClusterFailure(
          'notFound',
          `There is no node ${node} in the context ${this.#context.name}.`,
        );
      }
      const pods = this.#rows.pods(node);
      // Where no Pod may be listed, "no kube-proxy runs here" would be a guess.
      const unlisted = this.#feed.isComplete('pods') ? undefined : this.#attempt.informers.stale.get('pods');
      if (options.command === null && pods.length === 0 && unlisted !== undefined) throw unlisted;
      const { api } = this.#access;
      const { command, confirmDebugPod, debugImage: image = null } = options;
      const context = this.#context.name;
      const request = { api, context, node, pods, nodeObject, command, confirmDebugPod, image, ...work };
      const reading = await collectNode(request);
      await this.#attempt.configRead;
      const { cilium } = this.#attempt;
      const collected = { ...reading, configured: this.#rows.configuredOn(node), cilium };
      this.#took(node, collected);
      return collected;
    } catch (error) {
      const failure = isClusterFailure(error) ? error : unexpected(error);
      if (failure.kind !== 'cancelled') this.#rows.failed(node, failure);
      throw failure;
    }
  }

  #took(node: string, collected: CollectedNode): void {
    if (this.#keeps) this.#collected.set(node, collected);
    this.#rows.collected(node, collected);
    this.#changes.add();
    this.#didCollect.tell(collected);
  }

  /** Waits for the connection and the first lists of `resources`; rejects where there is no connection. */
  async #ready(resources: readonly WatchedResource[], signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
    for (;;) {
      const attempt = this.#attempt;
      await Promise.race([aborted, attempt.connected]);
      if (attempt.state.kind === 'ready') await Promise.race([aborted, attempt.informers.ready(resources)]);
      if (signal.aborted || this.#attempt.state.kind === 'closed') {
        throw new ClusterFailure('cancelled', 'It was cancelled.');
      }
      // Another attempt may have begun meanwhile.
      if (attempt === this.#attempt) {
        if (attempt.state.kind === 'failed') throw attempt.state.failure;
        return;
      }
    }
  }
}

/** From opening or retrying to the next retry. */
class Attempt {
  state: SessionState = { kind: 'connecting' };
  readonly informers: Informers;
  /** Resolves when it is known whether there is a connection. */
  readonly connected: Promise<void>;
  /** Settles when the ConfigMaps were read, or may not be; nothing before the connection stands. */
  configRead: Promise<void> = Promise.resolve();
  cilium: CiliumSetting | null = null;
  readonly #stop = new AbortController();
  #settle: () => void = () => undefined;

  constructor(api: ClusterApi, feed: ObjectFeed, onChange: () => void) {
    this.informers = new Informers(api, feed, onChange);
    this.connected = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  ready(version: string): void {
    this.state = { kind: 'ready', version, stale: new Map(), loading: [] };
    this.#settle();
  }

  fail(failure: ClusterFailure): void {
    this.informers.stop();
    this.state = { kind: 'failed', failure };
    this.#settle();
  }

  end(): void {
    this.#stop.abort();
    this.informers.stop();
    this.#settle();
  }
}

/** Every user may ask for it, as a rule; one who may not can still use the rest. */
async function versionOf(api: ClusterApi, signal: AbortSignal): Promise<string> {
  try {
    return await api.serverVersion(signal);
  } catch (error) {
    if (isClusterFailure(error) && (error.kind === 'forbidden' || error.kind === 'notFound')) return '';
    throw error;
  }
}

function unexpected(error: unknown): ClusterFailure {
  const message = error instanceof Error ? error.message : String(error);
  return new ClusterFailure('other', message, { cause: error });
}
