/** What the panel knows: the Service, the last answer, and whether another is being asked for. */
import { RequestCancelled } from '../../protocol/rpc.ts';
import type { DiagnoseAnswer } from '../../protocol/diagnosis.ts';
import type { DiagnosePanelContract, DiagnosePanelState } from '../../protocol/diagnosePanel.ts';
import type { Host } from '../shared/host.ts';
import { messageOf } from '../shared/text.ts';
import { strings } from './strings.ts';

/** Work that takes longer, in milliseconds, shows progress. */
const slowDelay = 200;
/** Rules that change are asked about again once they have not changed for so long, in milliseconds. */
const changeDelay = 400;

export type Diagnosed = Extract<DiagnoseAnswer, { readonly kind: 'diagnosis' }>;

interface ModelState {
  readonly about: DiagnosePanelState;
  /** The last diagnosis; it stays while another is made. */
  readonly answer: Diagnosed | null;
  /** Why there is no newer one, in a sentence. */
  readonly problem: string | null;
  readonly work: 'idle' | 'working' | 'slow';
  /** Of a live node: when its rules were taken. */
  readonly taken: number | null;
}

const nothing: ModelState = {
  about: { uri: '', name: '', service: '' },
  answer: null,
  problem: null,
  work: 'idle',
  taken: null,
};

export class DiagnosisModel {
  readonly #host: Host<DiagnosePanelContract>;
  readonly #changed: () => void;
  #state = nothing;
  #running: AbortController | null = null;
  #timer = 0;

  constructor(host: Host<DiagnosePanelContract>, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  get state(): ModelState {
    return this.#state;
  }

  open(about: DiagnosePanelState): void {
    const { uri, service } = this.#state.about;
    const isSame = uri === about.uri && service === about.service;
    this.#set(isSame ? { about } : { ...nothing, about });
    this.#host.keep(about);
    void this.run();
  }

  noteRulesChanged(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.run(), changeDelay);
  }

  noteTaken(taken: number): void {
    this.#set({ taken });
  }

  cancel(): void {
    if (this.#running === null) return;
    this.#stop();
    this.#set({ work: 'idle', ...(this.#state.answer === null ? { problem: strings.cancelled } : {}) });
  }

  async run(): Promise<void> {
    this.#stop();
    const running = new AbortController();
    this.#running = running;
    this.#set({ work: 'working' });
    const slow = window.setTimeout(() => this.#set({ work: 'slow' }), slowDelay);
    running.signal.addEventListener('abort', () => window.clearTimeout(slow));
    try {
      const answer = await this.#host.request('diagnose', null, running.signal);
      if (this.#running === running) this.#take(answer);
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

  #take(answer: DiagnoseAnswer): void {
    if (answer.kind === 'diagnosis') this.#set({ answer, problem: null });
    else this.#set({ problem: answer.message });
  }

  #stop(): void {
    window.clearTimeout(this.#timer);
    const running = this.#running;
    this.#running = null;
    running?.abort();
  }

  #set(patch: Partial<ModelState>): void {
    this.#state = { ...this.#state, ...patch };
    this.#changed();
  }
}
