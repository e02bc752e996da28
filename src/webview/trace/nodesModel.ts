/** What the panel knows of the other nodes of its cluster: rules being got, and the same packet asked of several nodes. */
import type { Host } from '../shared/host.ts';
import { messageOf } from '../shared/text.ts';
import type { Visit } from './savedState.ts';
import { RequestCancelled } from '../../protocol/rpc.ts';
import type { TracePanelContract } from '../../protocol/tracePanel.ts';
import type { NodeAnswer, WantedRules } from '../../protocol/requests.ts';

/** A node's rules are being read, or could not be. */
export type Getting = { readonly kind: 'working' } | { readonly kind: 'failed'; readonly message: string };

export interface NodesState {
  /** By the node's name. */
  readonly getting: ReadonlyMap<string, Getting>;
  /** Null before the first answer. */
  readonly answers: readonly NodeAnswer[] | null;
  readonly work: 'idle' | 'choosing' | 'asking';
  readonly problem: string | null;
}

const emptyNodes: NodesState = {
  getting: new Map(),
  answers: null,
  work: 'idle',
  problem: null,
};

interface Asked {
  readonly uris: readonly string[];
  readonly visit: Visit | null;
}

const nothing: Asked = { uris: [], visit: null };

/** Milliseconds: in a live cluster several nodes change at once. */
const againDelay = 500;

export class NodesModel {
  readonly #host: Host<TracePanelContract>;
  readonly #changed: () => void;
  #state = emptyNodes;
  #asking: AbortController | null = null;
  /** What was asked last. */
  #asked: Asked = nothing;
  #againTimer = 0;

  constructor(host: Host<TracePanelContract>, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  get state(): NodesState {
    return this.#state;
  }

  /** Another document is shown. */
  reset(): void {
    window.clearTimeout(this.#againTimer);
    this.#asked = nothing;
    this.#asking?.abort();
    this.#asking = null;
    this.#set(emptyNodes);
  }

  /** True once the rules are had. */
  async get(wanted: WantedRules): Promise<boolean> {
    const { node } = wanted;
    if (this.#state.getting.get(node)?.kind === 'working') return false;
    this.#note(node, { kind: 'working' });
    try {
      const { problem } = await this.#host.request('getRules', wanted);
      this.#note(node, problem === null ? null : { kind: 'failed', message: problem });
      return problem === null;
    } catch (error) {
      this.#note(node, { kind: 'failed', message: messageOf(error) });
      return false;
    }
  }

  /** The documents that the user chose; null where nothing was. */
  async choose(uri: string): Promise<readonly string[] | null> {
    if (this.#state.work !== 'idle') return null;
    this.#set({ work: 'choosing', problem: null });
    try {
      const { uris, problem } = await this.#host.request('chooseNodes', { uri });
      this.#set({ work: 'idle', problem });
      return uris;
    } catch (error) {
      this.#set({ work: 'idle', problem: messageOf(error) });
      return null;
    }
  }

  /** Asks all of them about one packet; an earlier question that still runs is taken back. */
  async ask(uris: readonly string[], visit: Visit): Promise<void> {
    this.#asking?.abort();
    window.clearTimeout(this.#againTimer);
    const asking = new AbortController();
    this.#asking = asking;
    this.#asked = { uris, visit };
    if (uris.length === 0) {
      this.#set({ answers: null, work: 'idle' });
      return;
    }
    this.#set({ work: 'asking' });
    try {
      const answers = await this.#host.request('traceOnNodes', { uris, ...visit }, asking.signal);
      if (this.#asking === asking) this.#set({ answers, work: 'idle', problem: null });
    } catch (error) {
      if (this.#asking === asking && !(error instanceof RequestCancelled)) {
        this.#set({ work: 'idle', problem: messageOf(error) });
      }
    }
  }

  /** The rules of one of the nodes that were asked may say something else now: all are asked again, soon. */
  noteRulesChanged(uri: string): void {
    const { uris, visit } = this.#asked;
    if (visit === null || !uris.includes(uri)) return;
    window.clearTimeout(this.#againTimer);
    this.#againTimer = window.setTimeout(() => void this.ask(uris, visit), againDelay);
  }

  #note(node: string, getting: Getting | null): void {
    const all = new Map(this.#state.getting);
    if (getting === null) all.delete(node);
    else all.set(node, getting);
    this.#set({ getting: all });
  }

  #set(patch: Partial<NodesState>): void {
    this.#state = { ...this.#state, ...patch };
    this.#changed();
  }
}
