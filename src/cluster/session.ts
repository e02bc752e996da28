/**
 * The façade of cluster/: one open context. The extension and the command line call nothing else of it; what they import
 * beside are plain types and values (contexts.ts, failure.ts, liveNode.ts, kubeconfigPaths.ts and, of collect/, the table
 * of commands, the names of a snapshot's files and what rules show of the mode). Opening a session is the first thing that
 * contacts anybody.
 */
import type { ObjectChanges } from '../kubernetes/objectChanges.ts';
import type { JsonRecord } from '../text/json.ts';
import type { WatchedResource } from './clusterApi.ts';
import type { ClusterContext, Contexts } from './contexts.ts';
import type { ClusterFailure } from './failure.ts';
import type { CollectedNode, LiveNode } from './liveNode.ts';

/** Ends with `dispose`; a second time does nothing. */
export interface Subscription {
  dispose(): void;
}

/** Of who follows the objects. */
export interface ObjectSubscription extends Subscription {
  /** Resolves when all that is known by now was told; also when nothing is told any more. */
  told(): Promise<void>;
}

/** Kubeconfig files; null = $KUBECONFIG (several), ~/.kube/config, else the Pod's own service account. */
export type KubeconfigFiles = readonly string[] | null;

/** Which files are read. */
export interface ClusterOptions {
  readonly kubeconfig: KubeconfigFiles;
}

/** A function is asked when a session begins, and again when one that never had an answer is told to try again. */
export type KubeconfigSource = KubeconfigFiles | (() => Promise<KubeconfigFiles>);

/** How a context is opened. */
export interface SessionOptions {
  readonly kubeconfig: KubeconfigSource;
  /** With informers, or, for the command line, with one list of everything and no watch. */
  readonly watch: boolean;
  /** How many nodes are asked at one time, of which nothing is kept then; 4 where it is left out. */
  readonly atOnce?: number;
}

/** How far the connection is. */
export type SessionState =
  | { readonly kind: 'connecting' }
  /** `stale`: the resources whose watch is broken now, each with why; what is held of them may be old. */
  | {
      readonly kind: 'ready';
      readonly version: string;
      readonly stale: ReadonlyMap<WatchedResource, ClusterFailure>;
      /** Still reading the first list of these. */
      readonly loading: readonly WatchedResource[];
    }
  | { readonly kind: 'failed'; readonly failure: ClusterFailure }
  | { readonly kind: 'closed' };

/** `signal`: the answer is of no use any more. */
export type ConfirmDebugPod = (node: string, manifest: JsonRecord, signal: AbortSignal) => Promise<boolean>;

/** How a node may be asked. */
export interface CollectOptions {
  readonly signal: AbortSignal;
  /** The user's own command for this context (a setting), argv with `{node}` for the node's name; null = none. */
  readonly command: readonly string[] | null;
  /** Asked when only a debug Pod is left; true creates it. It is deleted before `collect` settles. */
  readonly confirmDebugPod: ConfirmDebugPod;
  /** The image of a debug Pod, instead of the one that the node's kube-proxy has; null or left out = that one. */
  readonly debugImage?: string | null;
  readonly onProgress?: (words: string) => void;
}

/** One open context. Every promise of it rejects with a `ClusterFailure`. */
export interface ClusterSession {
  readonly context: ClusterContext;
  readonly state: SessionState;
  /** Sorted by name. */
  readonly nodes: readonly LiveNode[];
  /** The state or a node's row changed. Bunched: at most some times a second. */
  onDidChange(listener: () => void): Subscription;
  /** First all that is known, then what changes; bunched. */
  onDidChangeObjects(listener: (changes: ObjectChanges) => void): ObjectSubscription;
  /** A node was collected. */
  onDidCollect(listener: (collected: CollectedNode) => void): Subscription;
  /** What was last collected from a node; null = nothing yet. */
  collected(node: string): CollectedNode | null;
  /** Asks a node for its rules and its state; a call while one runs for the node joins it. At most `atOnce` nodes at a time. */
  collect(node: string, options: CollectOptions): Promise<CollectedNode>;
  /** All objects that are followed as a `List`, slimmed: the snapshot's `objects.json`. */
  objects(signal: AbortSignal): Promise<string>;
  /** One object as the API has it now, in full. */
  read(
    resource: WatchedResource,
    namespace: string | null,
    name: string,
    signal: AbortSignal,
  ): Promise<JsonRecord>;
  /** Debug Pods of ours that an earlier window left; deletes them and tells how many. */
  removeLeftovers(signal: AbortSignal): Promise<number>;
  retry(): void;
  close(): void;
}

/** What dist/cluster.js exports: loaded when a kubeconfig is first read. */
export interface ClusterModule {
  readContexts(options: ClusterOptions): Promise<Contexts>;
  openSession(context: string, options: SessionOptions): ClusterSession;
  /** For reading: the object without what only the API server needs (`metadata.managedFields`). */
  toYaml(object: JsonRecord): string;
}
