import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ToldStep } from '../../kubeproxy/diagnose/told.ts';
import type { DiagnoseAnswer, ShownDiagnosis } from '../../protocol/diagnosis.ts';
import type { DiagnosePanelContract, DiagnosePanelState } from '../../protocol/diagnosePanel.ts';
import type { TextLocation } from '../../protocol/requests.ts';
import { AskedAgain } from '../shared/askedAgain.ts';
import type { CopyFormat } from '../shared/copyMenu.ts';
import { Host } from '../shared/host.ts';
import { icon } from '../shared/icon.ts';
import { ageWords, clockTime, isLive } from '../shared/live.ts';
import { pageStyles } from '../shared/pageStyles.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean, cleanLines } from '../shared/text.ts';
import { diagnoseStyles } from './diagnoseStyles.ts';
import { listen } from './events.ts';
import { stateIcon, stateStyles } from './stateIcon.ts';
import { strings } from './strings.ts';

/** How often the age is said anew, in milliseconds. */
const agePause = 10_000;

type Diagnosed = Extract<DiagnoseAnswer, { readonly kind: 'diagnosis' }>;

/** Why a Service does not answer: the whole page. */
export class DiagnosePanel extends LitElement {
  readonly #host = new Host<DiagnosePanelContract>({
    open: (opened) => this.#open(opened),
    hear: (news) => {
      if (news.type === 'rulesChanged') this.#asked.soon();
      else this.#note(news.taken);
    },
  });
  readonly #asked: AskedAgain<Diagnosed> = new AskedAgain(
    async (signal) => {
      const answer = await this.#host.request('diagnose', null, signal);
      if (answer.kind === 'diagnosis') return answer;
      throw new Error(answer.message);
    },
    strings.cancelled,
    () => this.requestUpdate(),
  );
  #about: DiagnosePanelState = { uri: '', name: '', service: '' };
  /** Of a live node: when its rules were taken. */
  #taken: number | null = null;
  #timer = 0;

  static override styles = [baseStyles, pageStyles, stateStyles, diagnoseStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    const host = this.#host;
    listen(this, 'place-reveal', (location) => host.tell({ type: 'reveal', location }));
    listen(this, 'packet-trace', (form) => host.tell({ type: 'trace', form }));
    listen(this, 'object-open', (object) => host.tell({ type: 'openObject', object }));
    listen(this, 'command-copy', ({ command, done }) => void this.#toClipboard(command, done));
    listen(this, 'copy-as', ({ format, done }) => void this.#copy(format, done));
    window.addEventListener('keydown', this.#key);
    this.#timer = window.setInterval(() => this.requestUpdate(), agePause);
    host.ready();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.#key);
    window.clearInterval(this.#timer);
  }

  #open(opened: DiagnosePanelState): void {
    const { uri, service } = this.#about;
    if (uri !== opened.uri || service !== opened.service) this.#asked.forget();
    this.#about = opened;
    this.#host.keep(opened);
    void this.#asked.run();
  }

  #note(taken: number): void {
    this.#taken = taken;
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const { work, answer, problem } = this.#asked.state;
    return html`<div class="page">
      ${this.#header()}
      <div
        class="progress ${work === 'slow' ? 'on' : ''}"
        role=${work === 'slow' ? 'progressbar' : 'presentation'}
        aria-label=${work === 'slow' ? strings.working : nothing}
      ></div>
      <main class="answer">
        ${answer === null ? this.#withoutAnswer() : html`${this.#banner(problem)}${this.#answer(answer.told)}`}
      </main>
      <div class="unseen" role="status" aria-live="polite">${this.#announcement()}</div>
    </div>`;
  }

  #header(): TemplateResult {
    const taken = this.#taken;
    const about = this.#about;
    const { answer } = this.#asked.state;
    const age = taken === null ? '' : strings.rulesOf(clockTime(taken), ageWords(taken, Date.now()));
    return html`<header class="form top">
      <span class="what">
        ${icon('pulse')}<span class="service">${clean(answer?.told.service ?? about.service)}</span>
        <span class="dim">${clean(about.name)}</span>
        ${age === '' ? nothing : html`<span class="dim">${age}</span>`}
      </span>
      <span class="tools">
        <button
          type="button"
          class="tool"
          title=${strings.again}
          aria-label=${strings.again}
          @click=${() => void this.#asked.run()}
        >
          ${icon('refresh')}
        </button>
        <copy-menu .formats=${['markdown', 'command', 'json']} ?disabled=${answer === null}></copy-menu>
      </span>
    </header>`;
  }

  #banner(problem: string | null): TemplateResult | typeof nothing {
    if (problem === null) return nothing;
    return html`<div class="banner">
      ${icon('error', 'state-fail')}<span>${cleanLines(problem)}</span>
      <button class="button secondary" @click=${() => void this.#asked.run()}>${strings.retry}</button>
    </div>`;
  }

  #withoutAnswer(): TemplateResult {
    const { problem, work } = this.#asked.state;
    if (problem === null || work !== 'idle')
      return html`<section class="message">
        <p class="dim">${work === 'slow' ? strings.working : ''}</p>
      </section>`;
    return html`<section class="message">
      <h1>${icon('error', 'state-fail')}${strings.failed}</h1>
      <p>${cleanLines(problem)}</p>
      <button class="button" @click=${() => void this.#asked.run()}>${strings.retry}</button>
    </section>`;
  }

  #answer({ state, headline, more, steps, ways }: ShownDiagnosis): TemplateResult {
    return html`<div class="summary">
        ${stateIcon(state)}
        <div class="words">
          <h1><span class="unseen">${strings.answers[state]}: </span>${clean(headline)}</h1>
          ${more.length === 0 ? nothing : html`<p>${clean(more.join(' '))}</p>`}
        </div>
      </div>
      <ol class="steps" aria-label=${strings.steps}>
        ${steps.map((step) => this.#step(step, ways))}
      </ol>`;
  }

  #step(step: ToldStep<TextLocation>, ways: ShownDiagnosis['ways']): TemplateResult {
    const { id, state, title, message, isSaid, evidence } = step;
    const isPaths = id === 'paths' && ways.rows.length > 0;
    const live = isLive(this.#about.uri);
    return html`<li class="step">
      ${stateIcon(state)}
      <h2>${title}<span class="unseen">: ${strings.states[state]}</span></h2>
      <div class="said">
        ${isSaid ? html`<p class="dim">${strings.said}</p>` : html`<p>${clean(message)}</p>`}
        ${isPaths ? this.#ways(ways) : nothing}
        ${
          isPaths || evidence.length === 0
            ? nothing
            : html`<evidence-list .evidence=${evidence} ?live=${live}></evidence-list>`
        }
      </div>
    </li>`;
  }

  #ways(ways: ShownDiagnosis['ways']): TemplateResult {
    return html`<way-table .ways=${ways}></way-table>
      ${ways.causes.length === 0 ? nothing : html`<evidence-list .evidence=${ways.causes}></evidence-list>`}`;
  }

  /** What a screen reader hears when it changes. */
  #announcement(): string {
    const { answer, work, problem } = this.#asked.state;
    if (work === 'slow') return strings.working;
    if (problem !== null) return cleanLines(problem);
    return answer === null || work !== 'idle'
      ? ''
      : clean([answer.told.headline, ...answer.told.more].join(' '));
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.#asked.cancel();
  };

  async #copy(format: CopyFormat, done: () => void): Promise<void> {
    const { answer } = this.#asked.state;
    if (answer === null) return;
    if (format === 'markdown' || format === 'command' || format === 'json') {
      await this.#toClipboard(answer.copies[format], done);
    }
  }

  async #toClipboard(text: string, done: () => void): Promise<void> {
    await this.#host.request('copy', { text });
    done();
  }
}
