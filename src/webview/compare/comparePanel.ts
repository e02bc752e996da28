import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { CompareAnswer } from '../../protocol/comparison.ts';
import type { ComparePanelContract } from '../../protocol/comparePanel.ts';
import { AskedAgain } from '../shared/askedAgain.ts';
import { Host } from '../shared/host.ts';
import { icon } from '../shared/icon.ts';
import { pageStyles } from '../shared/pageStyles.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean, cleanLines } from '../shared/text.ts';
import { compareStyles } from './compareStyles.ts';
import { listen } from './events.ts';
import { strings } from './strings.ts';

type Comparison = Extract<CompareAnswer, { readonly kind: 'comparison' }>;
type State = ComparePanelContract['state'];

const nowhere: State = { before: { uri: '', name: '' }, after: { uri: '', name: '' }, saved: false };

/** What changed between two states of rules: the whole page. */
export class ComparePanel extends LitElement {
  readonly #host = new Host<ComparePanelContract>({
    open: (opened) => this.#open(opened),
    hear: () => this.#asked.soon(),
  });
  readonly #asked: AskedAgain<Comparison> = new AskedAgain(
    async (signal) => {
      const answer = await this.#host.request('compare', null, signal);
      if (answer.kind === 'comparison') return answer;
      throw new Error(answer.message);
    },
    strings.cancelled,
    () => this.requestUpdate(),
  );
  #state = nowhere;

  static override styles = [baseStyles, pageStyles, compareStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    listen(this, 'place-reveal', (location) => this.#host.tell({ type: 'reveal', location }));
    listen(this, 'packet-trace', (form) => this.#host.tell({ type: 'trace', form }));
    listen(this, 'copy-as', ({ done }) => void this.#copy(done));
    window.addEventListener('keydown', this.#key);
    this.#host.ready();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.#key);
  }

  #open(opened: State): void {
    if (JSON.stringify(opened) !== JSON.stringify(this.#state)) this.#asked.forget();
    this.#state = opened;
    this.#host.keep(opened);
    void this.#asked.run();
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
        ${problem === null || answer === null ? nothing : this.#banner(problem)}
        ${answer === null ? this.#withoutAnswer() : this.#answer(answer)}
      </main>
      <div class="unseen" role="status" aria-live="polite">${this.#announcement()}</div>
    </div>`;
  }

  #header(): TemplateResult {
    const { before, after, saved } = this.#state;
    const { answer } = this.#asked.state;
    return html`<header class="form top">
      <span class="what">
        <span class="name">${clean(before.name)}${saved ? html` <i>${strings.saved}</i>` : nothing}</span>
        ${icon('arrow-right', 'dim')}<span class="name">${clean(after.name)}</span>
      </span>
      <span class="tools">
        <button class="button secondary" @click=${() => this.#host.tell({ type: 'showDiff' })}>
          ${strings.showDiff}
        </button>
        ${saved ? nothing : this.#tool('arrow-swap', strings.swap, () => this.#swap())}
        ${this.#tool('refresh', strings.again, () => void this.#asked.run())}
        <copy-menu .formats=${['markdown']} ?disabled=${answer === null}></copy-menu>
      </span>
    </header>`;
  }

  #tool(glyph: 'arrow-swap' | 'refresh', label: string, run: () => void): TemplateResult {
    return html`<button type="button" class="tool" title=${label} aria-label=${label} @click=${run}>
      ${icon(glyph)}
    </button>`;
  }

  #swap(): void {
    const { before, after, saved } = this.#state;
    const state = { before: after, after: before, saved };
    this.#host.tellState(state);
    this.#open(state);
  }

  #banner(problem: string): TemplateResult {
    return html`<div class="banner">
      ${icon('error', 'verdict-drop')}<span>${cleanLines(problem)}</span>
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
      <h1>${icon('error', 'verdict-drop')}${strings.failed}</h1>
      <p>${cleanLines(problem)}</p>
      <button class="button" @click=${() => void this.#asked.run()}>${strings.retry}</button>
    </section>`;
  }

  #answer({ isSame, headline, ways, sections, notes }: Comparison): TemplateResult {
    const said = isSame ? strings.same : strings.differs;
    return html`<div class="summary">
        ${isSame ? icon('pass-filled', 'verdict-forward') : icon('edit', 'verdict-mixed')}
        <h1><span class="unseen">${said}: </span>${clean(headline)}</h1>
      </div>
      ${ways.length === 0 ? nothing : html`<way-list .ways=${ways}></way-list>`}
      <change-list .sections=${sections}></change-list>
      <div class="notes">${notes.map((note) => html`<p class="dim">${clean(note)}</p>`)}</div>`;
  }

  /** What a screen reader hears when it changes. */
  #announcement(): string {
    const { answer, work, problem } = this.#asked.state;
    if (work === 'slow') return strings.working;
    if (problem !== null) return cleanLines(problem);
    return answer === null || work !== 'idle' ? '' : clean(answer.headline);
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.#asked.cancel();
  };

  async #copy(done: () => void): Promise<void> {
    const { answer } = this.#asked.state;
    if (answer === null) return;
    await this.#host.request('copy', { text: answer.markdown });
    done();
  }
}
