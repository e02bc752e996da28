/** A question that a page asks again whenever what it stands on changes; the last answer stays meanwhile. */
import { RequestCancelled } from '../../protocol/rpc.ts';
import { messageOf } from './text.ts';

/** Work that takes longer, in milliseconds, shows progress. */
const slowDelay = 200;
/** What changes is asked about again once it has not changed for so long, in milliseconds. */
const changeDelay = 400;

export interface AskedState<Answer> {
  /** The last one. */
  readonly answer: Answer | null;
  /** Why there is no newer one, in a sentence. */
  readonly problem: string | null;
  readonly work: 'idle' | 'working' | 'slow';
}

export class AskedAgain<Answer> {
  readonly #ask: (signal: AbortSignal) => Promise<Answer>;
  readonly #cancelled: string;
  readonly #changed: () => void;
  #state: AskedState<Answer> = { answer: null, problem: null, work: 'idle' };
  #running: AbortController | null = null;
  #timer = 0;

  /** `ask` rejects with what the user is told. `cancelled`: that they took the first question back. */
  constructor(ask: (signal: AbortSignal) => Promise<Answer>, cancelled: string, changed: () => void) {
    this.#ask = ask;
    this.#cancelled = cancelled;
    this.#changed = changed;
  }

  get state(): AskedState<Answer> {
    return this.#state;
  }

  /** The question is another one now: its answer is not that of the last. */
  forget(): void {
    this.#stop();
    this.#set({ answer: null, problem: null, work: 'idle' });
  }

  /** What it stands on has changed, and may change again at once. */
  soon(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.run(), changeDelay);
  }

  cancel(): void {
    if (this.#running === null) return;
    this.#stop();
    this.#set({ work: 'idle', ...(this.#state.answer === null ? { problem: this.#cancelled } : {}) });
  }

  async run(): Promise<void> {
    this.#stop();
    const running = new AbortController();
    this.#running = running;
    this.#set({ work: 'working' });
    const slow = window.setTimeout(() => this.#set({ work: 'slow' }), slowDelay);
    running.signal.addEventListener('abort', () => window.clearTimeout(slow));
    try {
      const answer = await this.#ask(running.signal);
      if (this.#running === running) this.#set({ answer, problem: null });
    } catch (error) {
      if (!(error instanceof RequestCancelled) && this.#running === running)
        this.#set({ problem: messageOf(error) });
    } finally {
      window.clearTimeout(slow);
      if (this.#running === running) {
        this.#running = null;
        this.#set({ work: 'idle' });
      }
    }
  }

  #stop(): void {
    window.clearTimeout(this.#timer);
    const running = this.#running;
    this.#running = null;
    running?.abort();
  }

  #set(patch: Partial<AskedState<Answer>>): void {
    this.#state = { ...this.#state, ...patch };
    this.#changed();
  }
}
