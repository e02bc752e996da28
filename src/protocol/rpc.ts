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

/**
 * What the answering side sends. A cancelled request is not answered. `ahead`: the answer to the first request of a method,
 * before it is asked; it is nobody's once another one was asked.
 */
export type ReplyMessage =
  | { readonly type: 'ahead'; readonly method: string; readonly params: unknown; readonly result: unknown }
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

/** Plain JSON is the same where its text is. */
function sameParams(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** The asking side. Feed every incoming reply to `accept`. */
export class Caller<Requests extends RequestMap<Requests>> {
  readonly #post: (message: CallMessage<Requests>) => void;
  readonly #waiting = new Map<number, Waiting>();
  /** By method; null where one was asked. */
  readonly #ahead = new Map<string, { readonly params: unknown; readonly result: unknown } | null>();
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
    const ahead = this.#ahead.get(method) ?? null;
    this.#ahead.set(method, null);
    if (ahead !== null && sameParams(ahead.params, params)) return Promise.resolve(ahead.result);
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
    if (reply.type === 'ahead') {
      if (!this.#ahead.has(reply.method)) this.#ahead.set(reply.method, reply);
      return;
    }
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

/** An answer that nobody asked for yet. */
interface Ahead {
  readonly params: unknown;
  readonly result: Promise<unknown>;
  readonly cancellation: Cancellation;
}

/** The answering side. Feed every incoming `request` and `cancel` to `accept`. */
export class Answerer<Requests extends RequestMap<Requests>> {
  readonly #handlers: Handlers<Requests>;
  readonly #post: (reply: ReplyMessage) => void;
  readonly #running = new Map<number, Cancellation>();
  /** By method, while they are worked out. */
  readonly #ahead = new Map<string, Ahead>();

  constructor(handlers: Handlers<Requests>, post: (reply: ReplyMessage) => void) {
    this.#handlers = handlers;
    this.#post = post;
  }

  /** Resolves when the message is dealt with; never rejects (a handler's error is sent as `failure`). */
  async accept(message: CallMessage<Requests>): Promise<void> {
    if (message.type === 'cancel') this.#running.get(message.id)?.cancel();
    else await this.#answer(message.id, message.method, message.params);
  }

  /** Works out what the other side will surely ask first, and sends it; never rejects: whoever asks hears of a failure. */
  async answerAhead<Method extends keyof Requests & string>(
    method: Method,
    params: Requests[Method]['params'],
  ): Promise<void> {
    const cancellation = new Cancellation();
    const ahead: Ahead = { params, cancellation, result: this.#handlers[method](params, cancellation) };
    this.#ahead.set(method, ahead);
    const reply = await ahead.result.then(
      (result): ReplyMessage => ({ type: 'ahead', method, params, result }),
      () => null,
    );
    if (this.#ahead.get(method) !== ahead) return;
    this.#ahead.delete(method);
    if (reply !== null && !cancellation.cancelled) this.#post(reply);
  }

  /** Cancels what is running; nothing is sent after. */
  dispose(): void {
    for (const cancellation of this.#running.values()) cancellation.cancel();
    for (const { cancellation } of this.#ahead.values()) cancellation.cancel();
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
      const ahead = this.#takeAhead(method, params, cancellation);
      reply = { type: 'response', id, result: await (ahead ?? this.#handlers[method](params, cancellation)) };
    } catch (error) {
      reply = { type: 'failure', id, message: error instanceof Error ? error.message : String(error) };
    }
    this.#running.delete(id);
    if (!cancellation.cancelled) this.#post(reply);
  }

  /** What is worked out ahead is of use to the first request of its method only. */
  #takeAhead(method: string, params: unknown, by: Cancellation): Promise<unknown> | null {
    const ahead = this.#ahead.get(method);
    if (ahead === undefined) return null;
    this.#ahead.delete(method);
    if (!sameParams(ahead.params, params)) {
      ahead.cancellation.cancel();
      return null;
    }
    by.onCancel(() => ahead.cancellation.cancel());
    return ahead.result;
  }
}
