/** One opened context: its session, the Services that rows show, and what is being read from its nodes. */
import * as vscode from 'vscode';
import type { ClusterContext } from '../../cluster/contexts.ts';
import { ClusterFailure } from '../../cluster/failure.ts';
import type { CollectedNode, LiveNode } from '../../cluster/liveNode.ts';
import type { ClusterSession, CollectOptions, ObjectSubscription } from '../../cluster/session.ts';
import type { ObjectChanges } from '../../kubernetes/objectChanges.ts';
import { ServiceIndex } from './serviceIndex.ts';

/** An opened context. Disposing of it closes the session: connections end, what is being read is given up. */
export class OpenContext implements vscode.Disposable {
  readonly session: ClusterSession;
  readonly services = new ServiceIndex();
  readonly #changed = new vscode.EventEmitter<void>();
  /** The session's state, a node or the Services. */
  readonly onDidChange = this.#changed.event;
  readonly #objects = new vscode.EventEmitter<ObjectChanges>();
  /** What changes from now on. */
  readonly onDidChangeObjects = this.#objects.event;
  readonly #followers = new Set<ObjectSubscription>();
  readonly #told = new vscode.EventEmitter<void>();
  /** Who follows the objects was told more of them. */
  readonly onDidTellObjects = this.#told.event;
  /** Node → what takes its collection back. */
  readonly #collecting = new Map<string, AbortController>();
  readonly #subscriptions: vscode.Disposable;
  #nodes: ReadonlyMap<string, LiveNode> | null = null;

  constructor(session: ClusterSession, onDidCollect: (collected: CollectedNode) => void) {
    this.session = session;
    const subscriptions = [
      session.onDidChange(() => {
        this.#nodes = null;
        this.#changed.fire();
      }),
      this.followObjects((changes) => this.#apply(changes)),
      session.onDidCollect(onDidCollect),
    ];
    this.#subscriptions = vscode.Disposable.from(...subscriptions, this.#changed, this.#objects, this.#told);
  }

  get context(): ClusterContext {
    return this.session.context;
  }

  get name(): string {
    return this.session.context.name;
  }

  /** Null for a node that the cluster does not have. */
  node(name: string): LiveNode | null {
    this.#nodes ??= new Map(this.session.nodes.map((node) => [node.name, node]));
    return this.#nodes.get(name) ?? null;
  }

  /** Calls `listener` with all that is known, then with what changes. */
  followObjects(listener: (changes: ObjectChanges) => void): vscode.Disposable {
    const follower = this.session.onDidChangeObjects((changes) => {
      listener(changes);
      this.#told.fire();
    });
    this.#followers.add(follower);
    return new vscode.Disposable(() => {
      this.#followers.delete(follower);
      follower.dispose();
    });
  }

  /**
   * Resolves when all objects were read once, as far as they can be, and who follows them was told; rejects with a
   * `ClusterFailure` when nothing can be read.
   */
  async listed(token?: vscode.CancellationToken): Promise<void> {
    await this.#read(token);
    await Promise.all([...this.#followers].map((follower) => follower.told()));
  }

  #read(token?: vscode.CancellationToken): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): boolean => {
        const { state } = this.session;
        if (state.kind === 'failed') reject(state.failure);
        else if (state.kind === 'ready' && state.loading.length === 0) resolve();
        else return false;
        return true;
      };
      if (settle()) return;
      const subscription = vscode.Disposable.from(
        this.onDidChange(() => {
          if (settle()) subscription.dispose();
        }),
        ...(token === undefined
          ? []
          : [
              token.onCancellationRequested(() => {
                subscription.dispose();
                reject(new ClusterFailure('cancelled', vscode.l10n.t('Cancelled')));
              }),
            ]),
      );
    });
  }

  /** Reads a node; `cancel`, or `token`, takes it back. Rejects with a `ClusterFailure`. */
  async collect(
    node: string,
    options: Omit<CollectOptions, 'signal'>,
    token?: vscode.CancellationToken,
  ): Promise<CollectedNode> {
    const running = this.#collecting.get(node) ?? new AbortController();
    this.#collecting.set(node, running);
    const cancelled = token?.onCancellationRequested(() => running.abort());
    try {
      return await this.session.collect(node, { ...options, signal: running.signal });
    } finally {
      cancelled?.dispose();
      if (this.#collecting.get(node) === running) this.#collecting.delete(node);
    }
  }

  isCollecting(node: string): boolean {
    return this.#collecting.has(node);
  }

  cancel(node: string): void {
    this.#collecting.get(node)?.abort();
    this.#collecting.delete(node);
  }

  dispose(): void {
    for (const running of this.#collecting.values()) running.abort();
    this.#subscriptions.dispose();
    this.session.close();
  }

  #apply(changes: ObjectChanges): void {
    if (this.services.apply(changes)) this.#changed.fire();
    this.#objects.fire(changes);
  }
}
