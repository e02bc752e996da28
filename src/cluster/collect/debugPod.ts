/** The debug Pod's life: created once the user agreed, asked, and deleted whatever happens in between. */
import type { JsonRecord } from '../../text/json.ts';
import type { ClusterApi } from '../clusterApi.ts';
import { ClusterFailure } from '../failure.ts';
import { debugNamespace, debugPodSource, debugSelector, isLeftover } from './debugPodManifest.ts';
import { readPod, recordAt, recordsAt, textAt } from './podFacts.ts';
import type { PodSource } from './runner.ts';
import { append } from '../../text/lists.ts';

/** Debug Pods that this process uses now. */
const inUse = new Set<string>();

/** Pulling kube-proxy's image may take a while; most nodes have it. */
const START_TIMEOUT = 120_000;
const POLL_INTERVAL = 500;
const DELETE_TIMEOUT = 10_000;
const DELETE_ATTEMPTS = 3;

/** What came of a debug Pod, and whether it is gone. */
export interface DebugPodUse<T> {
  readonly value: T;
  /** A sentence: the Pod could not be deleted; null = it was. */
  readonly left: string | null;
}

/**
 * Creates the Pod, waits until it runs, and hands it to `use`; afterwards it is deleted, also when `use` fails or `signal`
 * fires. Rejects with what `use` rejects with, or with why the Pod does not run.
 */
export async function withDebugPod<T>(
  api: ClusterApi,
  manifest: JsonRecord,
  options: { readonly signal: AbortSignal; readonly onProgress: (words: string) => void },
  use: (source: PodSource) => Promise<T>,
): Promise<DebugPodUse<T>> {
  const source = debugPodSource(manifest);
  inUse.add(source.pod);
  try {
    options.onProgress(`creating the debug Pod ${source.namespace}/${source.pod}`);
    await create(api, manifest, options.signal);
    await untilRunning(api, source, options);
    const value = await use(source);
    return { value, left: await remove(api, source) };
  } catch (error) {
    const left = error instanceof PodRefused ? null : await remove(api, source);
    const failure = error instanceof PodRefused ? error.failure : error;
    if (left === null || !(failure instanceof ClusterFailure)) throw failure;
    throw new ClusterFailure(failure.kind, `${failure.message} ${left}`, { cause: failure });
  } finally {
    inUse.delete(source.pod);
  }
}

/** The API server's no: there is no Pod to delete. */
class PodRefused extends Error {
  readonly failure: ClusterFailure;

  constructor(failure: ClusterFailure) {
    super(failure.message, { cause: failure });
    this.failure = failure;
  }
}

async function create(api: ClusterApi, manifest: JsonRecord, signal: AbortSignal): Promise<void> {
  try {
    await api.createPod(debugNamespace, manifest, signal);
  } catch (error) {
    if (!(error instanceof ClusterFailure)) throw error;
    if (error.kind !== 'forbidden' && error.kind !== 'unauthorized') throw error;
    const words = `The cluster refused the debug Pod: ${error.message}`;
    const right = error.right === null ? {} : { right: error.right };
    throw new PodRefused(new ClusterFailure(error.kind, words, { ...right, cause: error }));
  }
}

async function untilRunning(
  api: ClusterApi,
  source: PodSource,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (words: string) => void },
): Promise<void> {
  const name = `${source.namespace}/${source.pod}`;
  const object = { resource: 'pods', namespace: source.namespace, name: source.pod } as const;
  const deadline = AbortSignal.timeout(START_TIMEOUT);
  let last = 'nothing is known of it yet';
  while (!deadline.aborted) {
    const pod = await api.get(object, signal);
    const state = stateOf(pod);
    if (state.kind === 'running') return;
    if (state.kind === 'failed') {
      throw new ClusterFailure('execRefused', `The debug Pod ${name} does not run: ${state.words}.`);
    }
    last = state.words;
    onProgress(`waiting for the debug Pod ${name} (${last})`);
    await pause(signal);
  }
  const seconds = START_TIMEOUT / 1000;
  throw new ClusterFailure(
    'timedOut',
    `The debug Pod ${name} did not start within ${seconds} seconds (${last}).`,
  );
}

/** Rejects as soon as `signal` fires. */
function pause(signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      clearTimeout(timer);
      reject(new ClusterFailure('cancelled', 'Cancelled.'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', cancel);
      resolve();
    }, POLL_INTERVAL);
    if (signal?.aborted === true) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
  });
}

/** The kubelet goes on trying after these, but nothing changes within a collection. */
const HOPELESS: ReadonlySet<string> = new Set([
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

type PodState =
  | { readonly kind: 'running' }
  | { readonly kind: 'waiting'; readonly words: string }
  | { readonly kind: 'failed'; readonly words: string };

function stateOf(pod: JsonRecord): PodState {
  const facts = readPod(pod);
  const status = recordAt(pod, 'status');
  const [container] = recordsAt(status, 'containerStatuses');
  const waiting = recordAt(container, 'state', 'waiting');
  const reason = textAt(waiting, 'reason') ?? textAt(status, 'reason');
  const said = [reason, textAt(waiting, 'message') ?? textAt(status, 'message')].filter(
    (each) => each !== null,
  );
  const words = said.join(': ').slice(0, 500);
  if (facts?.phase === 'Failed' || facts?.phase === 'Succeeded') {
    const ended = recordAt(container, 'state', 'terminated');
    const why = [textAt(ended, 'reason'), textAt(ended, 'message')]
      .filter((each) => each !== null)
      .join(': ');
    return { kind: 'failed', words: words || why || 'its program ended at once' };
  }
  if (reason !== null && HOPELESS.has(reason)) return { kind: 'failed', words };
  const running = facts?.phase === 'Running' && facts.containers[0]?.running !== false;
  return running
    ? { kind: 'running' }
    : { kind: 'waiting', words: words || (facts?.phase ?? '') || 'Pending' };
}

/** Null, or a sentence that the Pod is still there, and for how long. A fired signal does not stop this. */
async function remove(api: ClusterApi, source: PodSource): Promise<string | null> {
  let why = '';
  for (let attempt = 1; attempt <= DELETE_ATTEMPTS; attempt++) {
    try {
      await api.deletePod(source.namespace, source.pod, AbortSignal.timeout(DELETE_TIMEOUT));
      return null;
    } catch (error) {
      if (!(error instanceof ClusterFailure)) throw error;
      if (error.kind === 'notFound') return null;
      why = error.message.replace(/\.$/, '');
      if (error.kind === 'forbidden') break;
      if (attempt < DELETE_ATTEMPTS) await pause(null);
    }
  }
  const name = `${source.namespace}/${source.pod}`;
  return `The debug Pod ${name} could not be deleted (${why}); it ends by itself after 10 minutes.`;
}

/** Debug Pods of ours that nobody uses any more, by name; those in use by other windows and machines are left out. */
export async function findLeftovers(api: ClusterApi, signal: AbortSignal): Promise<readonly string[]> {
  const names: string[] = [];
  const query = { resource: 'pods', namespace: debugNamespace, labelSelector: debugSelector } as const;
  for await (const page of api.list(query, signal)) {
    const left = page.filter((pod) => isLeftover(pod, inUse, Date.now()));
    append(
      names,
      left.flatMap((pod) => readPod(pod)?.name ?? []),
    );
  }
  return names;
}

/** Deletes what an earlier window left, and tells how many. */
export async function removeLeftovers(api: ClusterApi, signal: AbortSignal): Promise<number> {
  const names = await findLeftovers(api, signal);
  let removed = 0;
  for (const name of names) {
    try {
      await api.deletePod(debugNamespace, name, signal);
      removed++;
    } catch (error) {
      if (!(error instanceof ClusterFailure) || error.kind !== 'notFound') throw error;
    }
  }
  return removed;
}
