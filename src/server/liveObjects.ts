/** The objects of the open contexts, as the client forwards them from the cluster's informers. */
import { type Coverage, coverageOfResources } from '../kubernetes/coverage.ts';
import { ObjectStore } from '../kubernetes/objectStore.ts';
import type { ObjectResource } from '../kubernetes/slim.ts';
import type { ClusterObjects } from '../kubeproxy/clusterObjects.ts';
import type { LiveObjectsParams } from '../protocol/requests.ts';

/** The soonest that documents are told of a change: what comes at once is told at once. */
const SOONEST_MILLISECONDS = 100;

/**
 * With 10,000 Services and as many slices a change costs some 0.12 s until the tree is answered, in a cluster with 50,000
 * Pods hardly more: so much of the server's time as one change a second would take is left to others.
 */
const MILLISECONDS_PER_OBJECT = 0.05;

interface LiveContext {
  readonly store: ObjectStore;
  /** What answers stand on; lags behind the store until documents are told. */
  published: ClusterObjects | null;
  /** The same coverage while the same resources are complete: what was concluded from it may be kept. */
  covered: { readonly complete: ReadonlySet<ObjectResource>; readonly coverage: Coverage } | null;
  timer: ReturnType<typeof setTimeout> | null;
  stale: boolean;
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
    return known === undefined ? null : objectsIn(known);
  }

  apply({ context, replaced, changes, complete, stale, closed }: LiveObjectsParams): void {
    if (closed) {
      this.#close(context);
      return;
    }
    const known = this.#open(context);
    const changed = known.store.apply({ replaced, changes, complete }) || known.stale !== stale;
    known.stale = stale;
    if (!changed || known.timer !== null) return;
    const wait = Math.max(SOONEST_MILLISECONDS, known.toldAt + pauseFor(known.store) - this.#clock.now());
    known.timer = setTimeout(() => this.#publish(context, known), wait);
  }

  #open(context: string): LiveContext {
    let known = this.#contexts.get(context);
    if (known === undefined) {
      known = {
        store: new ObjectStore(),
        published: null,
        covered: null,
        timer: null,
        stale: false,
        toldAt: Number.NEGATIVE_INFINITY,
      };
      this.#contexts.set(context, known);
    }
    return known;
  }

  #publish(context: string, known: LiveContext): void {
    known.timer = null;
    known.toldAt = this.#clock.now();
    known.published = objectsIn(known);
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

function objectsIn(context: LiveContext): ClusterObjects {
  const { objects, problems, complete } = context.store;
  if (context.covered?.complete !== complete) {
    context.covered = { complete, coverage: coverageOfResources(complete) };
  }
  return { objects, problems, coverage: context.covered.coverage, stale: context.stale };
}
