/**
 * One typed request helper for both sides of a message channel (the trace panel and the extension). A request map gives
 * each method its params and result; `Caller` asks, `Answerer` answers. Knows neither the DOM nor VS Code: how a message
 * travels is the `post` function that each side gives.
 */

/** `{ trace: { params: …, result: … }, … }`; an interface fits too. */
export type RequestMap<Requests> = {
  readonly [Method in keyof Requests]: { readonly params: unknown; readonly result: unknown };
};

/** What the calling side sends. */
export type CallMessage<Requests extends RequestMap<Requests>> =
  | {
      readonly type: 'request';
      readonly id: number;
      readonly method: keyof Requests & string;
      readonly params: Requests[keyof Requests & string]['params'];
    }
  | { readonly type: 'cancel'; readonly id: number };

/** What the answering side sends. A cancelled request is not answered. */
export type ReplyMessage =
  | { readonly type: 'response'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly message: string };

/** The part of an `AbortSignal` that is needed here. */
export interface AbortSource {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Why a request's promise was rejected when nobody failed: the caller took it back, or the channel was closed. */
export class RequestCancelled extends Error {
  override readonly name = 'RequestCancelled';
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** The asking side. Feed every incoming reply to `accept`. */
export class Caller<Requests extends RequestMap<Requests>> {
  readonly #post: (message: CallMessage<Requests>) => void;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(post: (message: CallMessage<Requests>) => void) {
    this.#post = post;
  }

  /** Rejects with an `Error` that has the other side's message, or with `RequestCancelled`. */
  request<Method extends keyof Requests & string>(
    method: Method,
    params: Requests[Method]['params'],
    signal?: AbortSource,
  ): Promise<Requests[Method]['result']> {
    if (signal?.aborted === true) return Promise.reject(new RequestCancelled());
    const id = ++this.#lastId;
    const abort = (): void => {
      this.#post({ type: 'cancel', id });
      this.#take(id)?.reject(new RequestCancelled());
    };
    signal?.addEventListener('abort', abort);
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#post({ type: 'request', id, method, params });
    }).finally(() => signal?.removeEventListener('abort', abort));
  }

  /** Settles the request that `reply` belongs to; a reply to an unknown or cancelled one is ignored. */
  accept(reply: ReplyMessage): void {
    const waiting = this.#take(reply.id);
    if (reply.type === 'response') waiting?.resolve(reply.result);
    else waiting?.reject(new Error(reply.message));
  }

  /** Nobody will answer any more: rejects all that wait. */
  dispose(): void {
    for (const id of this.#waiting.keys()) this.#take(id)?.reject(new RequestCancelled());
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

/** What a handler gets to notice that its answer is no longer wanted. */
export class Cancellation {
  readonly #listeners: (() => void)[] = [];
  #cancelled = false;

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Called once; at once when it is cancelled already. */
  onCancel(listener: () => void): void {
    if (this.#cancelled) listener();
    else this.#listeners.push(listener);
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    for (const listener of this.#listeners) listener();
  }
}

/** What answers each method. A handler that rejects is answered with the message of its error. */
export type Handlers<Requests extends RequestMap<Requests>> = {
  readonly [Method in keyof Requests & string]: (
    params: Requests[Method]['params'],
    cancellation: Cancellation,
  ) => Promise<Requests[Method]['result']>;
};

/** The answering side. Feed every incoming `request` and `cancel` to `accept`. */
export class Answerer<Requests extends RequestMap<Requests>> {
  readonly #handlers: Handlers<Requests>;
  readonly #post: (reply: ReplyMessage) => void;
  readonly #running = new Map<number, Cancellation>();

  constructor(handlers: Handlers<Requests>, post: (reply: ReplyMessage) => void) {
    this.#handlers = handlers;
    this.#post = post;
  }

  /** Resolves when the message is dealt with; never rejects (a handler's error is sent as `failure`). */
  async accept(message: CallMessage<Requests>): Promise<void> {
    if (message.type === 'cancel') this.#running.get(message.id)?.cancel();
    else await this.#answer(message.id, message.method, message.params);
  }

  /** Cancels what is running; nothing is sent after. */
  dispose(): void {
    for (const cancellation of this.#running.values()) cancellation.cancel();
  }

  async #answer<Method extends keyof Requests & string>(
    id: number,
    method: Method,
    params: Requests[Method]['params'],
  ): Promise<void> {
    const cancellation = new Cancellation();
    this.#running.set(id, cancellation);
    let reply: ReplyMessage;
    try {
      if (!Object.hasOwn(this.#handlers, method)) throw new Error(`There is no request "${method}".`);
      reply = { type: 'response', id, result: await this.#handlers[method](params, cancellation) };
    } catch (error) {
      reply = { type: 'failure', id, message: error instanceof Error ? error.message : String(error) };
    }
    this.#running.delete(id);
    if (!cancellation.cancelled) this.#post(reply);
  }
}
