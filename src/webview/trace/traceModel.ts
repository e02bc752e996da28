/**
 * What the panel knows and does, without a pixel: the form, the answer shown and which packet it answers, errors, work
 * under way, the walk through earlier traces. Every change gives a new `ModelState`.
 */
import type { Decision } from '../../kernel/trace.ts';
import type { Host } from '../shared/host.ts';
import { isLive } from '../shared/live.ts';
import { messageOf } from '../shared/text.ts';
import { isSavedState, keyOf, sameVisit, visited } from './savedState.ts';
import type { SavedState, Visit } from './savedState.ts';
import { strings } from './strings.ts';
import { RequestCancelled } from '../../protocol/rpc.ts';
import type {
  Guide,
  RecordingShown,
  TracePanelContract,
  TracePanelState,
} from '../../protocol/tracePanel.ts';
import { traceParamsOf } from '../../protocol/tracePanel.ts';
import { emptyForm } from '../../protocol/requests.ts';
import type { FieldError, FlowForm, TraceAnswer } from '../../protocol/requests.ts';

type Answer = Extract<TraceAnswer, { readonly kind: 'answer' }>;

export interface Answered {
  readonly visit: Visit;
  readonly answer: Answer;
}

export interface ModelState extends Omit<SavedState, 'taken' | 'compared' | 'recording' | 'guide'> {
  readonly taken: number | null;
  readonly compared: readonly string[];
  readonly recording: RecordingShown | null;
  readonly guide: Guide | null;
  readonly answered: Answered | null;
  /** How the form as it stands was understood; null while it is not known. */
  readonly notes: { readonly from: string; readonly to: string } | null;
  readonly errors: readonly FieldError[];
  /** Why there is no answer, where that is not about a field. */
  readonly problem: string | null;
  /** `slow`: for longer than 200 ms. */
  readonly work: 'idle' | 'working' | 'slow';
  readonly rulesChanged: boolean;
}

const emptyState: ModelState = {
  uri: '',
  name: '',
  form: emptyForm,
  decisions: [],
  run: false,
  taken: null,
  compared: [],
  recording: null,
  guide: null,
  visits: [],
  position: -1,
  outcome: null,
  step: null,
  more: false,
  answered: null,
  notes: null,
  errors: [],
  problem: null,
  work: 'idle',
  rulesChanged: false,
};

/** Milliseconds after the last key until the form is checked, and until work is shown as such. */
const checkDelay = 250;
const slowDelay = 200;

export class TraceModel {
  readonly #host: Host<TracePanelContract>;
  readonly #changed: () => void;
  #state = emptyState;
  #running: AbortController | null = null;
  #checking: AbortController | null = null;
  #checkTimer = 0;
  #rechecking = false;
  /** What the extension knows of the state, to tell it news only. */
  #told = '';
  /** An answer that checking the form brought; shown when the user asks for it. */
  #ready: Answered | null = null;

  constructor(host: Host<TracePanelContract>, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  get state(): ModelState {
    return this.#state;
  }

  /** The packet that the form describes. */
  get visit(): Visit {
    return { form: this.#state.form, decisions: this.#state.decisions };
  }

  /** Whether the answer shown is for another packet than the form's. */
  get stale(): boolean {
    return this.#state.answered !== null && !sameVisit(this.#state.answered.visit, this.visit);
  }

  /** Opens what the extension says; what was kept of the same packet before a reload comes back with it. */
  open(state: TracePanelState, kept: unknown): void {
    this.#stop();
    const form = { ...emptyForm, ...state.form };
    const restored = isSavedState(kept) && kept.uri === state.uri ? kept : null;
    const { visits, position } = restored ?? (this.#state.uri === state.uri ? this.#state : emptyState);
    const same = restored !== null && sameVisit(restored, { form, decisions: state.decisions });
    const { outcome, step, more } = same ? restored : emptyState;
    const { uri, name, decisions, run, taken = null, recording = null, guide = null } = state;
    const compared = state.compared ?? restored?.compared ?? [];
    const before = { visits, position, outcome, step, more, guide };
    this.#state = { ...emptyState, uri, name, form, decisions, run, taken, compared, recording, ...before };
    this.#changed();
    if (run) void this.run();
    else void this.#check();
  }

  /** Rules changed on the other side: those of this panel, or of a node that the packet was followed to. */
  noteRulesChanged(uri: string): void {
    this.#ready = null;
    const { answered } = this.#state;
    if (answered === null || !restsOn(answered.answer, uri, this.#state.uri)) return;
    if (isLive(this.#state.uri)) void this.#recheck(answered);
    else this.#set({ rulesChanged: true });
  }

  /** The rules were read (again) at this time. */
  noteTaken(taken: number): void {
    this.#set({ taken });
  }

  compare(uris: readonly string[]): void {
    this.#set({ compared: uris });
  }

  /** Traces one of the recorded packets, and shows the outcome that it agrees with. */
  async record(recording: RecordingShown, form: FlowForm, outcome: string | null): Promise<void> {
    this.#stop();
    this.#set({ recording, form: { ...emptyForm, ...form }, decisions: [], notes: null, errors: [] });
    await this.run();
    this.agree(outcome);
  }

  /** Shows an outcome of the answer, if it has it. */
  agree(outcome: string | null): void {
    const groups = this.#state.answered?.answer.narrative.groups ?? [];
    const has = groups.some(({ outcomes }) => outcomes.some(({ id }) => id === outcome));
    if (has) this.select(outcome, null);
  }

  /** The guide, while the packet that it is about is shown. */
  get guide(): Guide | null {
    const { guide, answered } = this.#state;
    const { from, to } = answered?.visit.form ?? this.#state.form;
    return guide?.from === from && guide.to === to ? guide : null;
  }

  closeGuide(): void {
    this.#set({ guide: null });
  }

  closeRecording(): void {
    this.#set({ recording: null });
  }

  /** Traces again, whatever is known already. */
  runAgain(): Promise<void> {
    this.#ready = null;
    return this.run();
  }

  /** A key was typed: check the form when the typing pauses; the answer stays until asked. */
  edit(patch: Partial<FlowForm>): void {
    this.#stop();
    const form = { ...this.#state.form, ...patch };
    // Decisions are about questions of the earlier packet.
    this.#set({ form, decisions: [], notes: null, errors: this.#errorsBut(Object.keys(patch)) });
    this.#checkTimer = window.setTimeout(() => void this.#check(), checkDelay);
  }

  /** Something was chosen from a list: that is a wish to see the answer, once both ends are given. */
  choose(patch: Partial<FlowForm>): void {
    this.edit(patch);
    const { from, to } = this.#state.form;
    if (from !== '' && to !== '') void this.run();
  }

  swap(): void {
    const { from, to } = this.#state.form;
    this.edit({
      from: to,
      to: from.replace(/^(?:pod|external|node):(?=[\d[]|[\da-f]*:)/i, ''),
      interface: '',
    });
  }

  /** `keys`: all that the question is about, of which nothing else stays decided. */
  decide(keys: readonly string[], decisions: readonly Decision[]): void {
    this.#stop();
    const others = this.#state.decisions.filter(({ key }) => !keys.includes(key));
    this.#set({ decisions: [...others, ...decisions] });
    void this.run();
  }

  /** -1: the earlier trace, 1: the later one. */
  go(by: -1 | 1): void {
    const position = this.#state.position + by;
    const visit = this.#state.visits[position];
    if (visit === undefined) return;
    this.#stop();
    this.#set({ ...visit, position, notes: null, errors: [] });
    void this.run();
  }

  select(outcome: string | null, step: string | null): void {
    this.#set({ outcome, step });
  }

  setMore(more: boolean): void {
    this.#set({ more });
  }

  cancel(): void {
    if (this.#running === null) return;
    this.#stop();
    if (this.#state.answered === null) this.#set({ problem: strings.cancelled });
  }

  /** Traces the packet of the form. */
  async run(): Promise<void> {
    this.#stop();
    const visit = this.visit;
    if (this.#ready !== null && sameVisit(this.#ready.visit, visit)) {
      this.#show(this.#ready);
      return;
    }
    const running = new AbortController();
    this.#running = running;
    this.#set({ work: 'working', problem: null });
    const slow = window.setTimeout(() => this.#set({ work: 'slow' }), slowDelay);
    running.signal.addEventListener('abort', () => window.clearTimeout(slow));
    try {
      const answer = await this.#request(visit, running);
      if (this.#running === running) this.#take(visit, answer);
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

  /** In a live cluster something changes all the time: only another answer is worth a word. */
  async #recheck({ visit, answer }: Answered): Promise<void> {
    if (this.#rechecking) return;
    this.#rechecking = true;
    try {
      const now = await this.#request(visit, new AbortController());
      if (now.kind === 'answer' && toldBy(now) === toldBy(answer)) return;
      if (this.#state.answered?.answer === answer) this.#set({ rulesChanged: true });
    } catch {
      // Tracing again will say why.
      this.#set({ rulesChanged: true });
    } finally {
      this.#rechecking = false;
    }
  }

  #request({ form, decisions }: Visit, abort: AbortController): Promise<TraceAnswer> {
    const params = traceParamsOf({ uri: this.#state.uri, form, decisions });
    return this.#host.request('trace', params, abort.signal);
  }

  #take(visit: Visit, answer: TraceAnswer): void {
    if (answer.kind === 'answer') this.#show({ visit, answer });
    else if (answer.kind === 'invalid')
      this.#set({ errors: answer.errors, more: this.#opensMore(answer.errors) });
    else this.#set({ problem: answer.message });
  }

  #show(answered: Answered): void {
    const { narrative, fromNote, toNote } = answered.answer;
    const outcomes = narrative.groups.flatMap((group) => group.outcomes);
    const { outcome, step } = this.#state;
    const keeps = outcomes.some(({ id }) => id === outcome) && !this.#isOther(answered.visit);
    this.#ready = null;
    this.#set({
      ...visited(this.#state, answered.visit),
      answered,
      run: true,
      notes: { from: fromNote, to: toNote },
      errors: [],
      problem: null,
      rulesChanged: false,
      outcome: keeps ? outcome : (outcomes[0]?.id ?? null),
      step: keeps ? step : null,
    });
  }

  /** Whether the outcome and step selected are of another packet. */
  #isOther(visit: Visit): boolean {
    const { answered } = this.#state;
    return answered !== null && keyOf(answered.visit) !== keyOf(visit);
  }

  /** Asks what the server makes of the form, silently; the answer waits until it is asked for. */
  async #check(): Promise<void> {
    const visit = this.visit;
    if (visit.form.from === '' || visit.form.to === '') return;
    const checking = new AbortController();
    this.#checking = checking;
    try {
      const answer = await this.#request(visit, checking);
      if (this.#checking !== checking) return;
      if (answer.kind === 'invalid')
        this.#set({ errors: answer.errors, more: this.#opensMore(answer.errors) });
      if (answer.kind !== 'answer') return;
      this.#ready = { visit, answer };
      this.#set({ errors: [], notes: { from: answer.fromNote, to: answer.toNote } });
    } catch (error) {
      // Checking is a courtesy: when it fails, tracing will say why.
      if (!(error instanceof RequestCancelled)) this.#set({ notes: null });
    }
  }

  /** A field under "More" that is wrong must be seen. */
  #opensMore(errors: readonly FieldError[]): boolean {
    return this.#state.more || errors.some(({ field }) => !['from', 'to', 'protocol'].includes(field));
  }

  #errorsBut(fields: readonly string[]): readonly FieldError[] {
    return this.#state.errors.filter(({ field }) => !fields.includes(field));
  }

  #stop(): void {
    window.clearTimeout(this.#checkTimer);
    this.#checking?.abort();
    this.#checking = null;
    const running = this.#running;
    this.#running = null;
    running?.abort();
    if (running !== null) this.#set({ work: 'idle' });
  }

  #set(patch: Partial<ModelState>): void {
    this.#state = { ...this.#state, ...patch };
    this.#changed();
    this.#keep();
  }

  #keep(): void {
    const { uri, name, form, decisions, run, compared, recording, guide } = this.#state;
    const { visits, position, outcome, step, more } = this.#state;
    const state: TracePanelState = {
      uri,
      name,
      form,
      decisions,
      run,
      ...(compared.length === 0 ? {} : { compared }),
      ...(recording === null ? {} : { recording }),
      ...(guide === null ? {} : { guide }),
    };
    const kept: SavedState = { ...state, visits, position, outcome, step, more };
    this.#host.keep(kept);
    const told = keyOf(this.visit) + String(run) + compared.join(' ') + JSON.stringify([recording, guide]);
    if (told === this.#told) return;
    this.#told = told;
    this.#host.tellState(state);
  }
}

/** Whether an answer was worked out from the rules in `uri`; `own` is the panel's document. */
function restsOn({ uris, nodeUris }: Answer, uri: string, own: string): boolean {
  const others = [uris, ...Object.values(nodeUris)].flatMap((each) => Object.values(each));
  return uri === own || others.includes(uri);
}

function toldBy({ narrative, continuations, uris }: Answer): string {
  return JSON.stringify([narrative, continuations, uris]);
}
