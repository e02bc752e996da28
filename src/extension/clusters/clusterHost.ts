/**
 * The clusters as the rest of the extension sees them. dist/cluster.js is loaded when contexts are first read; nobody is
 * contacted before a context is opened, and none is opened in a workspace that is not trusted.
 */
import * as vscode from 'vscode';
import type { Contexts } from '../../cluster/contexts.ts';
import { ClusterFailure } from '../../cluster/failure.ts';
import { kubeconfigPaths } from '../../cluster/kubeconfigPaths.ts';
import type { CollectedNode } from '../../cluster/liveNode.ts';
import type { ClusterModule, CollectOptions } from '../../cluster/session.ts';
import type { ClusterLog } from './clusterLog.ts';
import { commandFor, debugImage } from './clusterSettings.ts';
import { mayHaveContexts } from './kubeconfigFiles.ts';
import { KubeconfigWatch } from './kubeconfigWatch.ts';
import { OpenContext } from './openContext.ts';

/** What the host needs from outside; a test gives its own. */
export interface ClusterSources {
  /** Loads dist/cluster.js. */
  readonly load: () => Promise<ClusterModule>;
  /** The kubeconfig files to read; null = where kubectl looks. */
  readonly kubeconfig: () => Promise<readonly string[] | null>;
  readonly confirmDebugPod: (context: string, ...asked: ConfirmArguments) => Promise<boolean>;
  readonly log: ClusterLog;
}

type ConfirmArguments = Parameters<CollectOptions['confirmDebugPod']>;

const noContexts: Contexts = { contexts: [], files: [], problems: [] };

/** The contexts that the kubeconfig files name, and those of them that are open. */
export class ClusterHost implements vscode.Disposable {
  readonly #sources: ClusterSources;
  readonly #opened = new Map<string, OpenContext>();
  readonly #opening = new Map<string, Promise<OpenContext>>();
  readonly #changed = new vscode.EventEmitter<string | null>();
  /** The context whose rows changed; null for the list of contexts. */
  readonly onDidChange = this.#changed.event;
  readonly #read = new vscode.EventEmitter<Contexts>();
  /** The kubeconfig files were read. */
  readonly onDidReadContexts = this.#read.event;
  readonly #didOpen = new vscode.EventEmitter<OpenContext>();
  readonly onDidOpen = this.#didOpen.event;
  readonly #didClose = new vscode.EventEmitter<string>();
  readonly onDidClose = this.#didClose.event;
  readonly #collected = new vscode.EventEmitter<CollectedNode>();
  readonly onDidCollect = this.#collected.event;
  readonly #watch = new KubeconfigWatch(() => this.reload());
  #contexts: Promise<Contexts> | null = null;
  #module: Promise<ClusterModule> | null = null;

  constructor(sources: ClusterSources) {
    this.#sources = sources;
  }

  get opened(): readonly OpenContext[] {
    return [...this.#opened.values()];
  }

  /** Null for a context that is not open. */
  context(name: string): OpenContext | null {
    return this.#opened.get(name) ?? null;
  }

  module(): Promise<ClusterModule> {
    this.#module ??= this.#sources.load();
    return this.#module;
  }

  /** The kubeconfig files that are read; null = where kubectl looks. */
  kubeconfig(): Promise<readonly string[] | null> {
    return this.#sources.kubeconfig();
  }

  /** Reads the kubeconfig files, once until they change or `reload`. None in a workspace that is not trusted. */
  contexts(): Promise<Contexts> {
    if (!vscode.workspace.isTrusted) return Promise.resolve(noContexts);
    if (this.#contexts === null) {
      const reading = this.#readContexts();
      this.#contexts = reading;
      // A failure is told to who asks.
      const tell = (read: Contexts): void => {
        if (this.#contexts === reading) this.#read.fire(read);
      };
      reading.then(tell, () => undefined);
    }
    return this.#contexts;
  }

  /** Reads the kubeconfig files again. What is open stays so. */
  reload(): void {
    this.#contexts = null;
    this.#changed.fire(null);
  }

  /** Opens a context, or gives the open one. Rejects with a `ClusterFailure` where that cannot be. */
  open(name: string): Promise<OpenContext> {
    const known = this.#opened.get(name);
    if (known !== undefined) return Promise.resolve(known);
    const opening = this.#opening.get(name) ?? this.#open(name).finally(() => this.#opening.delete(name));
    this.#opening.set(name, opening);
    return opening;
  }

  close(name: string): void {
    const context = this.#opened.get(name);
    if (context === undefined) return;
    this.#opened.delete(name);
    context.dispose();
    this.#sources.log.info(`${name}: closed`);
    this.#didClose.fire(name);
    this.#changed.fire(name);
  }

  /** Reads a node's rules and state, and opens its context for it. Rejects with a `ClusterFailure`. */
  async collect(
    name: string,
    node: string,
    options: {
      readonly token?: vscode.CancellationToken;
      readonly onProgress?: (words: string) => void;
      /** Nobody asked for it: no question is asked either. */
      readonly quiet?: boolean;
    } = {},
  ): Promise<CollectedNode> {
    const { log, confirmDebugPod } = this.#sources;
    const context = await this.open(name);
    const { token, onProgress, quiet = false } = options;
    const asked = {
      command: commandFor(name),
      debugImage: debugImage(),
      confirmDebugPod: async (...about: ConfirmArguments) => !quiet && confirmDebugPod(name, ...about),
      ...(onProgress === undefined ? {} : { onProgress }),
    };
    try {
      return await context.collect(node, asked, token);
    } catch (error) {
      log.failure(`${name}, ${node}`, error);
      throw error;
    }
  }

  dispose(): void {
    for (const context of this.#opened.values()) context.dispose();
    this.#opened.clear();
    const events = [this.#changed, this.#read, this.#didOpen, this.#didClose, this.#collected];
    vscode.Disposable.from(this.#watch, ...events).dispose();
  }

  async #readContexts(): Promise<Contexts> {
    const kubeconfig = await this.#sources.kubeconfig();
    this.#watch.follow(kubeconfigPaths(kubeconfig));
    if (!mayHaveContexts(kubeconfig)) return noContexts;
    const read = await (await this.module()).readContexts({ kubeconfig });
    for (const problem of read.problems) this.#sources.log.failure('kubeconfig', problem);
    return read;
  }

  async #open(name: string): Promise<OpenContext> {
    if (!vscode.workspace.isTrusted) {
      const message = vscode.l10n.t('A cluster is contacted only in a trusted workspace: trust it first.');
      throw new ClusterFailure('badConfiguration', message);
    }
    const module = await this.module();
    const { kubeconfig } = this.#sources;
    const session = module.openSession(name, { kubeconfig, watch: true });
    const context = new OpenContext(session, (collected) => this.#collected.fire(collected));
    this.#opened.set(name, context);
    this.#sources.log.info(`${name}: opened ${session.context.server}`);
    let failure: ClusterFailure | null = null;
    context.onDidChange(() => {
      const { state } = session;
      const now = state.kind === 'failed' ? state.failure : null;
      if (now !== null && now !== failure) this.#sources.log.failure(name, now);
      failure = now;
      this.#changed.fire(name);
    });
    this.#didOpen.fire(context);
    this.#changed.fire(name);
    return context;
  }
}
