/**
 * A list and then a watch of one resource, for as long as it is wanted. Instead of client-node's: its Watch drops what is
 * no JSON, holds a line of any length and keeps the server's words to itself; its ListWatch holds all objects whole.
 *
 * The watch goes on after the last event that was delivered; where that cannot be (410, an error event, a broken line),
 * all is listed again, and whoever listens finds what is gone by comparing.
 */
import { isRecord, type JsonRecord } from '../../text/json.ts';
import type { WatchedResource, WatchListener } from '../clusterApi.ts';
import { ClusterFailure } from '../failure.ts';
import { AnsweredFailure, type Asked, statusFailure } from './answers.ts';
import { Backoff, type BackoffLimits } from './backoff.ts';
import { connectionFailure } from './connectionFailures.ts';
import { LineSplitter } from './lines.ts';
import { listParts } from './pages.ts';
import { collectionPath, selectors, withQuery } from './paths.ts';
import { pieces, type Request, type Transport } from './transport.ts';

/** The watch cannot go on from where it was. */
class Lost extends Error {
  override readonly name = 'Lost';
}

const MAX_LINE = 64 << 20;
/** Milliseconds. */
const SHORT_WATCH = 1000;

/** Answers after which a watch is tried again from where it was: a missing right is no lost history. */
const saysNothingOfHistory: ReadonlySet<number> = new Set([401, 403, 404, 405, 429, 502, 503]);

/** Seconds after which the server ends a watch, as client-go asks: between this and its double. */
const WATCH_SECONDS = 300;

/** One resource for one listener, until `stop`. After a failure it begins again by itself, with growing pauses. */
export class Reflector {
  readonly #transport: Transport;
  readonly #resource: WatchedResource;
  readonly #namespace: string | null;
  readonly #listener: WatchListener;
  readonly #stop = new AbortController();
  readonly #backoff: Backoff;
  /** Null = everything has to be listed. */
  #version: string | null = null;
  #failing = false;

  constructor(
    transport: Transport,
    of: { readonly resource: WatchedResource; readonly namespace: string | null },
    listener: WatchListener,
    backoff: BackoffLimits,
  ) {
    this.#transport = transport;
    this.#resource = of.resource;
    this.#namespace = of.namespace;
    this.#listener = listener;
    this.#backoff = new Backoff(backoff);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Ends when it is stopped; never rejects. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        if (this.#version === null) await this.#list(signal);
        const began = performance.now();
        await this.#watch(signal);
        // A server that ends every watch at once must not be asked in a loop.
        if (performance.now() - began < SHORT_WATCH) await this.#backoff.pause(signal);
      } catch (error) {
        await this.#failed(error, signal);
      }
    }
  }

  async #failed(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (error instanceof Lost) this.#version = null;
    else {
      if (error instanceof AnsweredFailure && !saysNothingOfHistory.has(error.status)) this.#version = null;
      this.#failing = true;
      this.#listener.failed(error instanceof Error ? error : new Error(String(error)));
    }
    try {
      await this.#backoff.pause(signal);
    } catch (aborted) {
      if (!signal.aborted) throw aborted;
    }
  }

  #worked(): void {
    this.#backoff.reset();
    if (!this.#failing) return;
    this.#failing = false;
    this.#listener.failed(null);
  }

  async #list(signal: AbortSignal): Promise<void> {
    const query = { resource: this.#resource, namespace: this.#namespace };
    for await (const part of listParts(this.#transport, query, signal)) {
      if (signal.aborted) return;
      if (part.kind === 'begin') this.#listener.listing();
      else if (part.kind === 'page') this.#listener.page(part.objects);
      else {
        this.#listener.listed();
        this.#version = part.resourceVersion;
      }
    }
  }

  /** Until the server ends it. A connection that is cut is no failure yet: opening the next one tells. */
  async #watch(signal: AbortSignal): Promise<void> {
    const { response, connection } = await this.#open(signal);
    this.#worked();
    const lines = new LineSplitter(MAX_LINE);
    try {
      for await (const piece of pieces(response, this.#transport.limits.watchSilence)) {
        for (const line of lines.push(piece)) {
          if (signal.aborted) return;
          this.#take(line, connection.server);
        }
      }
    } catch (error) {
      if (error instanceof Lost || error instanceof ClusterFailure) throw error;
      if (error instanceof RangeError) throw new Lost(error.message, { cause: error });
      // The connection was cut, or was silent for too long.
      const cut = connectionFailure(error, connection, signal);
      if (cut.kind === 'cancelled') throw cut;
    } finally {
      response.destroy();
    }
  }

  /** A version that the server knows no more is no failure: 410, here or as the watch's first event. */
  async #open(signal: AbortSignal): ReturnType<Transport['open']> {
    const request: Request = {
      method: 'GET',
      path: withQuery(collectionPath(this.#resource, this.#namespace), {
        ...selectors({ resource: this.#resource }),
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: this.#version ?? '',
        timeoutSeconds: String(Math.round(WATCH_SECONDS * (1 + Math.random()))),
      }),
      asked: this.#asked,
      signal,
    };
    try {
      return await this.#transport.open(request);
    } catch (error) {
      if (error instanceof AnsweredFailure && error.status === 410) {
        throw new Lost(error.message, { cause: error });
      }
      throw error;
    }
  }

  get #asked(): Asked {
    return { verb: 'watch', resource: this.#resource, namespace: this.#namespace };
  }

  #take(line: string, server: string): void {
    const { type, object } = readEvent(line);
    if (type === 'ERROR') {
      const code = typeof object['code'] === 'number' ? object['code'] : 0;
      if (code === 410) throw new Lost('the watch expired');
      throw statusFailure(code, object, this.#asked, server);
    }
    if (type === 'ADDED' || type === 'MODIFIED') this.#listener.changed(object);
    if (type === 'DELETED') this.#listener.deleted(object);
    const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
    const version = metadata['resourceVersion'];
    if (typeof version === 'string' && version !== '') this.#version = version;
  }
}

/** `{"type":"MODIFIED","object":{…}}` */
function readEvent(line: string): { readonly type: string; readonly object: JsonRecord } {
  try {
    const event: unknown = JSON.parse(line);
    if (isRecord(event) && typeof event['type'] === 'string' && isRecord(event['object'])) {
      return { type: event['type'], object: event['object'] };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Lost('an event of the watch is not JSON');
}
