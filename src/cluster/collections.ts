/** Collections of nodes: one a node at a time, which later calls join, and some nodes at once. */
import { ClusterFailure } from './failure.ts';
import type { CollectedNode } from './liveNode.ts';

const USUALLY_AT_ONCE = 4;

/** What the work of a collection is given: `signal` fires when nobody waits for it any more. */
export interface CollectionWork {
  readonly signal: AbortSignal;
  readonly onProgress: (words: string) => void;
}

/** One caller who waits for a node; its signal ends its own waiting only. */
export interface CollectionCall {
  readonly signal: AbortSignal;
  readonly onProgress?: (words: string) => void;
}

interface Job {
  readonly result: Promise<CollectedNode>;
  readonly stop: AbortController;
  readonly calls: Set<CollectionCall>;
}

/** The collections of one context. `onProgress` is told words while a node is worked on, and null when it is not. */
export class Collections {
  readonly #jobs = new Map<string, Job>();
  readonly #all = new Set<Promise<CollectedNode>>();
  readonly #queue: (() => void)[] = [];
  readonly #onProgress: (node: string, words: string | null) => void;
  readonly #atOnce: number;
  #running = 0;

  constructor(onProgress: (node: string, words: string | null) => void, atOnce = USUALLY_AT_ONCE) {
    this.#onProgress = onProgress;
    this.#atOnce = atOnce;
  }

  /** Ends early for a call whose signal fires; the work itself when nobody waits for it any more. */
  async collect(
    node: string,
    call: CollectionCall,
    work: (work: CollectionWork) => Promise<CollectedNode>,
  ): Promise<CollectedNode> {
    if (call.signal.aborted) throw cancelled();
    const job = this.#jobs.get(node) ?? this.#start(node, work);
    job.calls.add(call);
    return new Promise((resolve, reject) => {
      const leave = () => {
        job.calls.delete(call);
        if (job.calls.size === 0) this.#end(node, job);
        reject(cancelled());
      };
      call.signal.addEventListener('abort', leave, { once: true });
      job.result.then(resolve, reject).finally(() => call.signal.removeEventListener('abort', leave));
    });
  }

  /** Ends all, and resolves when nothing runs any more: a debug Pod is deleted by then. */
  async close(): Promise<void> {
    for (const [node, job] of this.#jobs) this.#end(node, job);
    await Promise.allSettled(this.#all);
  }

  #start(node: string, work: (work: CollectionWork) => Promise<CollectedNode>): Job {
    const stop = new AbortController();
    const calls = new Set<CollectionCall>();
    const tell = (words: string) => {
      if (this.#jobs.get(node)?.stop !== stop) return;
      this.#onProgress(node, words);
      for (const call of calls) call.onProgress?.(words);
    };
    const result = this.#inTurn(stop.signal, tell, () => work({ signal: stop.signal, onProgress: tell }));
    const job = { result, stop, calls };
    this.#jobs.set(node, job);
    this.#all.add(result);
    result
      .catch(() => undefined)
      .finally(() => {
        this.#all.delete(result);
        this.#forget(node, job);
      });
    return job;
  }

  #end(node: string, job: Job): void {
    this.#forget(node, job);
    job.stop.abort();
  }

  #forget(node: string, job: Job): void {
    if (this.#jobs.get(node) !== job) return;
    this.#jobs.delete(node);
    this.#onProgress(node, null);
  }

  async #inTurn(
    signal: AbortSignal,
    tell: (words: string) => void,
    work: () => Promise<CollectedNode>,
  ): Promise<CollectedNode> {
    // The caller has to be known before it is told anything.
    await Promise.resolve();
    if (this.#running >= this.#atOnce) {
      tell('waiting for other nodes');
      await this.#turn(signal);
    } else this.#running++;
    try {
      if (signal.aborted) throw cancelled();
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const take = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(take), 1);
        reject(cancelled());
      };
      this.#queue.push(take);
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
    });
  }
}

function cancelled(): ClusterFailure {
  return new ClusterFailure('cancelled', 'It was cancelled.');
}
