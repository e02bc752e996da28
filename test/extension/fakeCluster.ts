/** A cluster without a server: what a session tells is what a test says. */
import { ClusterFailure } from '../../src/cluster/failure.ts';
import type { CollectedNode, LiveNode } from '../../src/cluster/liveNode.ts';
import type { ClusterModule, ClusterSession, SessionState, Subscription } from '../../src/cluster/session.ts';
import type { ObjectChanges } from '../../src/kubernetes/objectChanges.ts';

/** A node of which nothing was read. */
export function liveNode(name: string, more: Partial<LiveNode> = {}): LiveNode {
  return {
    name,
    ready: true,
    addresses: ['10.0.0.1'],
    mode: 'iptables',
    version: 'v1.36.3',
    proxy: { kind: 'running' },
    held: null,
    failure: null,
    progress: null,
    ...more,
  };
}

export function collectedNode(files: Readonly<Record<string, string>>, takenAt: number): CollectedNode {
  return {
    context: 'fake',
    node: 'node-1',
    takenAt,
    source: { kind: 'proxyPod', namespace: 'kube-system', pod: 'kube-proxy-abc', container: null },
    files: new Map(Object.entries(files)),
    missing: [{ file: 'conntrack.txt', reason: 'the Pod has no conntrack' }],
    warnings: [],
    configured: null,
    cilium: null,
  };
}

export const ready: SessionState = { kind: 'ready', version: 'v1.36.3', stale: new Map(), loading: [] };

async function refuse(): Promise<never> {
  throw new ClusterFailure('other', 'this cluster is not there');
}

/** One context; `tell` draws its rows again. */
export class FakeCluster {
  readonly name: string;
  state: SessionState = ready;
  nodes: readonly LiveNode[] = [];
  /** How often a session was opened. */
  opened = 0;
  closed = 0;
  #changed: (() => void) | null = null;
  #objects: ((changes: ObjectChanges) => void) | null = null;

  constructor(name: string) {
    this.name = name;
  }

  tell(changes?: ObjectChanges): void {
    if (changes !== undefined) this.#objects?.(changes);
    this.#changed?.();
  }

  get module(): ClusterModule {
    const context = {
      name: this.name,
      cluster: 'c',
      user: 'u',
      namespace: null,
      server: 'https://10.0.0.9',
      current: true,
    };
    return {
      readContexts: async () => ({ contexts: [context], files: ['/config'], problems: [] }),
      openSession: () => {
        this.opened++;
        return this.#session(context);
      },
      toYaml: (object) => JSON.stringify(object),
    };
  }

  #session(context: ClusterSession['context']): ClusterSession {
    const state = (): SessionState => this.state;
    const nodes = (): readonly LiveNode[] => this.nodes;
    const nothing: Subscription = { dispose: () => undefined };
    return {
      context,
      get state() {
        return state();
      },
      get nodes() {
        return nodes();
      },
      onDidChange: (listener) => {
        this.#changed = listener;
        return nothing;
      },
      onDidChangeObjects: (listener) => {
        this.#objects ??= listener;
        return { ...nothing, told: () => Promise.resolve() };
      },
      onDidCollect: () => nothing,
      collected: () => null,
      collect: refuse,
      objects: refuse,
      read: refuse,
      removeLeftovers: async () => 0,
      retry: () => undefined,
      close: () => {
        this.closed++;
      },
    };
  }
}
