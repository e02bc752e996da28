/** The ClusterApi of one context over HTTP. */
import { isRecord, type JsonRecord } from '../../text/json.ts';
import type {
  ClusterApi,
  ExecOptions,
  ExecResult,
  ExecTarget,
  ListQuery,
  ObjectName,
  WatchedResource,
  WatchListener,
} from '../clusterApi.ts';
import { type BackoffLimits, usualBackoff } from './backoff.ts';
import { execInPod } from './execSocket.ts';
import { listParts } from './pages.ts';
import { collectionPath, objectPath } from './paths.ts';
import { Reflector } from './reflector.ts';
import type { Transport } from './transport.ts';

/** Every request goes through one `Transport`, an exec through a stream of its own. */
export class HttpClusterApi implements ClusterApi {
  readonly #transport: Transport;
  readonly #backoff: BackoffLimits;

  constructor(transport: Transport, backoff: BackoffLimits = usualBackoff) {
    this.#transport = transport;
    this.#backoff = backoff;
  }

  async serverVersion(signal: AbortSignal): Promise<string> {
    const answer = await this.#transport.json({
      method: 'GET',
      path: '/version',
      asked: { verb: 'get', resource: '/version', namespace: null },
      signal,
    });
    return typeof answer['gitVersion'] === 'string' ? answer['gitVersion'] : '';
  }

  async get({ resource, namespace, name }: ObjectName, signal: AbortSignal): Promise<JsonRecord> {
    return this.#transport.json({
      method: 'GET',
      path: objectPath(resource, namespace, name),
      asked: { verb: 'get', resource, namespace, name },
      signal,
    });
  }

  /** A list that had to begin again gives what it gave before only once. */
  async *list(query: ListQuery, signal: AbortSignal): AsyncGenerator<readonly JsonRecord[]> {
    const given = new Set<string>();
    for await (const part of listParts(this.#transport, query, signal)) {
      if (part.kind !== 'page') continue;
      yield part.objects.filter((object) => {
        const id = uidOf(object);
        if (given.has(id)) return false;
        given.add(id);
        return true;
      });
    }
  }

  watch(resource: WatchedResource, listener: WatchListener, namespace?: string): { stop(): void } {
    const of = { resource, namespace: namespace ?? null };
    const reflector = new Reflector(this.#transport, of, listener, this.#backoff);
    void reflector.run();
    return { stop: () => reflector.stop() };
  }

  async exec(target: ExecTarget, argv: readonly string[], options: ExecOptions): Promise<ExecResult> {
    return execInPod(this.#transport, target, argv, options);
  }

  async createPod(namespace: string, manifest: JsonRecord, signal: AbortSignal): Promise<void> {
    await this.#transport.json({
      method: 'POST',
      path: collectionPath('pods', namespace),
      body: manifest,
      asked: { verb: 'create', resource: 'pods', namespace },
      signal,
    });
  }

  async deletePod(namespace: string, name: string, signal: AbortSignal): Promise<void> {
    await this.#transport.json({
      method: 'DELETE',
      path: objectPath('pods', namespace, name),
      asked: { verb: 'delete', resource: 'pods', namespace, name },
      signal,
    });
  }
}

/** Of the object, where it says; its name otherwise. */
function uidOf(object: JsonRecord): string {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const { uid, namespace, name } = metadata;
  return typeof uid === 'string' ? uid : JSON.stringify([namespace, name]);
}
