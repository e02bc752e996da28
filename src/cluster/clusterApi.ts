/**
 * What this product asks of a cluster, and nothing else: get, list, watch, exec of a fixed argv, and, for the one action
 * that a user confirms, the debug Pod. adapters/ answers it over HTTP, with TLS, proxies and exec by
 * @kubernetes/client-node; tests with whatever they need. Every method rejects with a `ClusterFailure`, and with kind `cancelled` once `signal` has fired.
 */
import type { ObjectResource } from '../kubernetes/slim.ts';
import type { JsonRecord } from '../text/json.ts';

/** As in the paths of the API: `services`, `endpointslices` … */
export type Resource = ObjectResource | 'configmaps';

/** Those that are watched. */
export type WatchedResource = ObjectResource;

/** Of these not all objects are asked for: failed probes tell why a Pod is not ready, and other Events are many. */
export const narrowed: Readonly<Partial<Record<Resource, string>>> = {
  events: 'involvedObject.kind=Pod,reason=Unhealthy',
};

/** Which objects: a whole resource, or what its selectors leave. */
export interface ListQuery {
  readonly resource: Resource;
  /** Null for all namespaces, and for nodes. */
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** One object. */
export interface ObjectName {
  readonly resource: Resource;
  readonly namespace: string | null;
  readonly name: string;
}

/** Who is told by a watch: `listing`, `page` …, `listed`, then changes. A watch holds no object that it has told. */
export interface WatchListener {
  /** A (new) list begins; its objects come page by page. It may begin again before it was `listed`. */
  listing(): void;
  page(objects: readonly JsonRecord[]): void;
  /** What was known before and was in none of the pages since `listing` is gone. */
  listed(): void;
  changed(object: JsonRecord): void;
  deleted(object: JsonRecord): void;
  /** Called when the watch fails, and with null when it runs again. It retries by itself until `stop`. */
  failed(failure: Error | null): void;
}

/** Where a program is run. */
export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  /** Null for the Pod's only or first container. */
  readonly container: string | null;
}

/** What bounds an exec. */
export interface ExecOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes so far, for progress. */
  readonly onProgress?: (bytes: number) => void;
  /** More than this on stdout ends it with `tooLarge`. */
  readonly maxBytes: number;
  /** Milliseconds without an end; then `timedOut`. */
  readonly timeout: number;
}

/** A program that ended, with or without an error of its own. */
export interface ExecResult {
  readonly stdout: Uint8Array;
  /** Cut to 64 KiB. */
  readonly stderr: string;
  readonly exitCode: number;
}

/** One API server as one user. */
export interface ClusterApi {
  /** `v1.36.3` */
  serverVersion(signal: AbortSignal): Promise<string>;
  get(name: ObjectName, signal: AbortSignal): Promise<JsonRecord>;
  /** Page by page, so that no answer is larger than some hundred objects. */
  list(query: ListQuery, signal: AbortSignal): AsyncIterable<readonly JsonRecord[]>;
  /** Of all namespaces, or of one. */
  watch(resource: WatchedResource, listener: WatchListener, namespace?: string): { stop(): void };
  /** Runs `argv` as it is: never a shell. A program that ends with an error is a result, one that is not there a failure. */
  exec(target: ExecTarget, argv: readonly string[], options: ExecOptions): Promise<ExecResult>;
  /** Only debugPod.ts may call these two. */
  createPod(namespace: string, manifest: JsonRecord, signal: AbortSignal): Promise<void>;
  deletePod(namespace: string, name: string, signal: AbortSignal): Promise<void>;
}
