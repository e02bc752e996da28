/** The objects of the open contexts, as the client forwards them from the cluster's informers. */
import { coverageOfResources } from '../kubernetes/coverage.ts';
import { ObjectStore } from '../kubernetes/objectStore.ts';
import type { ClusterObjects } from '../kubeproxy/clusterObjects.ts';
import type { LiveObjectsParams } from '../protocol/requests.ts';

/** The soonest that documents are told of a change: what comes at once is told at once. */
const SOONEST_MILLISECONDS = 100;

/**
 * A document's catalog and findings are worked out anew after each change: with 10,000 Services (some 75,000 objects)
 * that takes up to a second, which may be a tenth of the server's time.
 */
const MILLISECONDS_PER_OBJECT = 0.1;

interface LiveContext {
  readonly store: ObjectStore;
  /** What answers stand on; lags behind the store until documents are told. */
  published: ClusterObjects | null;
  timer: ReturnType<typeof setTimeout> | null;
  /** When documents were told last, by `now`. */
  toldAt: number;
}

/** How time passes; a test has its own. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
}

export class LiveObjects {
  readonly #contexts = new Map<string, LiveContext>();
  readonly #told: (context: string) => void;
  readonly #clock: Clock;

  /** `told` is called when answers about a context's documents changed. */
  constructor(told: (context: string) => void, clock: Clock = { now: () => performance.now() }) {
    this.#told = told;
    this.#clock = clock;
  }

  /**
   * What answers about the documents of a context stand on; null for one that is not open. The same value until `told`
   * was called, however often the cluster changes.
   */
  of(context: string): ClusterObjects | null {
    return this.#contexts.get(context)?.published ?? null;
  }

  /** All that is known now, for questions about the cluster itself. */
  latest(context: string): ClusterObjects | null {
    const known = this.#contexts.get(context);
    return known === undefined ? null : objectsIn(known.store);
  }

  apply({ context, replaced, changes, complete, closed }: LiveObjectsParams): void {
    if (closed) {
      this.#close(context);
      return;
    }
    const known = this.#open(context);
    if (!known.store.apply({ replaced, changes, complete }) || known.timer !== null) return;
    const wait = Math.max(SOONEST_MILLISECONDS, known.toldAt + pauseFor(known.store) - this.#clock.now());
    known.timer = setTimeout(() => this.#publish(context, known), wait);
  }

  #open(context: string): LiveContext {
    let known = this.#contexts.get(context);
    if (known === undefined) {
      known = { store: new ObjectStore(), published: null, timer: null, toldAt: Number.NEGATIVE_INFINITY };
      this.#contexts.set(context, known);
    }
    return known;
  }

  #publish(context: string, known: LiveContext): void {
    known.timer = null;
    known.toldAt = this.#clock.now();
    known.published = objectsIn(known.store);
    this.#told(context);
  }

  #close(context: string): void {
    const known = this.#contexts.get(context);
    if (known === undefined) return;
    if (known.timer !== null) clearTimeout(known.timer);
    this.#contexts.delete(context);
    this.#told(context);
  }
}

function pauseFor(store: ObjectStore): number {
  return store.size * MILLISECONDS_PER_OBJECT;
}

function objectsIn(store: ObjectStore): ClusterObjects {
  return {
    objects: store.objects,
    problems: store.problems,
    coverage: coverageOfResources(store.complete),
  };
}
