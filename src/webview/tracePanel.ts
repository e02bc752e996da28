import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import type { LoadChoices } from './choiceBox.ts';
import { listen } from './events.ts';
import type { CopyFormat } from './events.ts';
import { Host } from './host.ts';
import { icon } from './icon.ts';
import { PanelModel } from './panelModel.ts';
import type { Answered } from './panelModel.ts';
import { panelStyles } from './panelStyles.ts';
import { changeText } from './pathRow.ts';
import { decisiveStep, wayTo } from './pathRows.ts';
import type { LoadConsidered } from './pathTree.ts';
import { isSavedState } from './savedState.ts';
import { strings } from './strings.ts';
import { baseStyles } from './styles.ts';
import { choiceText, clean, cleanLines, percent } from './text.ts';
import type { NarrativeLocation, NarrativeOutcome } from '../kubeproxy/narrative/narrative.ts';
import type { Choice, DestinationChoice, TextLocation } from '../protocol/requests.ts';

const choicesLimit = 80;
/** How many Services the empty panel offers to start with. */
const fewStarts = 6;

/** The trace panel: the whole page. Knows the model and the host; its parts know neither. */
export class TracePanel extends LitElement {
  readonly #host = new Host((message) => {
    if (message.type === 'open') this.#model.open(message.state, this.#host.kept);
    else this.#model.noteRulesChanged(message.uri);
  });
  readonly #model: PanelModel = new PanelModel(this.#host, () => this.requestUpdate());

  /** Services to start with, offered while there is no answer. */
  @state() private starts: readonly DestinationChoice[] = [];
  #startsFor = '';

  static override styles = [baseStyles, panelStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#listen();
    const kept = this.#host.kept;
    this.#host.tell({ type: 'ready', restored: isSavedState(kept) ? kept : null });
  }

  #listen(): void {
    const model = this.#model;
    listen(this, 'form-edit', (patch) => model.edit(patch));
    listen(this, 'form-choose', (patch) => model.choose(patch));
    listen(this, 'form-swap', () => model.swap());
    listen(this, 'form-more', (more) => model.setMore(more));
    listen(this, 'trace-run', () => void model.run());
    listen(this, 'trace-cancel', () => model.cancel());
    listen(this, 'history-go', (by) => model.go(by));
    listen(this, 'copy-as', ({ format, done }) => void this.#copy(format, done));
    listen(this, 'assumption-decide', ({ key, value }) => model.decide(key, value));
    listen(this, 'outcome-select', (id) => model.select(id, null));
    listen(this, 'outcome-reveal', (id) => this.#revealOutcome(id));
    listen(this, 'step-select', ({ id, location }) => this.#selectStep(id, location));
    listen(this, 'location-reveal', (location) => this.#tell('reveal', location));
    // On the window: keys count wherever the focus is, also nowhere.
    window.addEventListener('keydown', (event) => this.#key(event));
  }

  override render(): TemplateResult {
    const { answered, work, uri } = this.#model.state;
    return html`<div class="page">
      <header class="form">
        <flow-form .model=${this.#model.state} .load=${this.#loadChoices}></flow-form>
      </header>
      <div
        class="progress ${work === 'slow' ? 'on' : ''}"
        role=${work === 'slow' ? 'progressbar' : 'presentation'}
        aria-label=${work === 'slow' ? strings.tracing : nothing}
      ></div>
      <main class="answer">
        ${this.#banner()}
        ${answered === null ? (uri === '' ? nothing : this.#withoutAnswer()) : this.#answer(answered)}
      </main>
      <div class="unseen" role="status" aria-live="polite">${this.#announcement()}</div>
    </div>`;
  }

  protected override updated(): void {
    const { uri, answered, work, run } = this.#model.state;
    if (uri === '' || uri === this.#startsFor || answered !== null || work !== 'idle' || run) return;
    this.#startsFor = uri;
    void this.#fetchStarts();
  }

  /** What a screen reader hears when it changes: the headline, or why there is none. */
  #announcement(): string {
    const { answered, work, problem } = this.#model.state;
    if (work === 'slow') return strings.tracing;
    if (problem !== null) return cleanLines(problem);
    return answered === null || work !== 'idle' ? '' : clean(answered.answer.narrative.headline);
  }

  #banner(): TemplateResult | typeof nothing {
    const { answered, problem, errors, rulesChanged } = this.#model.state;
    if (answered === null) return nothing;
    const { from, to } = answered.visit.form;
    if (problem !== null)
      return this.#bannerOf(
        html`${icon('error', 'verdict-drop')}<span>${cleanLines(problem)}</span>`,
        strings.retry,
      );
    if (this.#model.stale) {
      const text = errors.length > 0 ? strings.invalidStale(from, to) : strings.stale(from, to);
      return this.#bannerOf(html`${icon('info')}<span>${clean(text)}</span>`, null);
    }
    if (rulesChanged)
      return this.#bannerOf(
        html`${icon('warning', 'warn')}<span>${strings.rulesChanged}</span>`,
        strings.traceAgain,
      );
    return nothing;
  }

  #bannerOf(text: TemplateResult, action: string | null): TemplateResult {
    return html`<div class="banner">
      ${text}
      ${
        action === null
          ? nothing
          : html`<button class="button secondary" @click=${() => void this.#model.run()}>${action}</button>`
      }
    </div>`;
  }

  #withoutAnswer(): TemplateResult {
    const { problem, work, run, errors } = this.#model.state;
    if (problem !== null)
      return html`<section class="message">
        <h1>${icon('error', 'verdict-drop')}${strings.failed}</h1>
        <p>${cleanLines(problem)}</p>
        <button class="button" @click=${() => void this.#model.run()}>${strings.retry}</button>
      </section>`;
    if (work !== 'idle' || (run && errors.length === 0))
      return html`<section class="message">
        <p class="dim">${work === 'slow' ? strings.tracing : ''}</p>
      </section>`;
    return html`<section class="message">
      <h1>${strings.emptyTitle}</h1>
      <p class="dim">${strings.emptyText}</p>
      ${this.starts.length === 0 ? nothing : this.#startList()}
    </section>`;
  }

  #startList(): TemplateResult {
    return html`<p>${strings.emptyStarts}</p>
      <ul class="starts">
        ${this.starts.map(
          (choice) =>
            html`<li>
              <button @click=${() => this.#start(choice)}>
                <span>${clean(choice.label)}</span><span class="dim">${clean(choice.description)}</span>
              </button>
            </li>`,
        )}
      </ul>`;
  }

  #start(choice: DestinationChoice): void {
    this.#model.choose({ to: choiceText(choice), protocol: choice.protocol });
    if (this.#model.state.form.from !== '') return;
    const boxes = this.renderRoot.querySelector('flow-form')?.renderRoot.querySelectorAll('choice-box');
    boxes?.[0]?.focus();
  }

  #answer({ answer }: Answered): TemplateResult {
    const { narrative } = answer;
    const { step, rulesChanged } = this.#model.state;
    const outcome = this.#outcome();
    const count = narrative.groups.reduce((sum, group) => sum + group.outcomes.length, 0);
    const one = count === 1 && narrative.groups.every(({ condition }) => condition === '');
    const stale = this.#model.stale || rulesChanged ? 'stale' : '';
    return html`<answer-summary class=${stale} .narrative=${narrative}></answer-summary> ${
        outcome === null
          ? nothing
          : html`<stage-strip class=${stale} .stages=${outcome.stages} .selected=${step}></stage-strip>
              <div class="panes ${stale} ${one ? 'one' : ''}">
                ${
                  one
                    ? nothing
                    : html`<section class="pane outcomes" aria-label=${strings.outcomes}>
                        <h2>${strings.outcomes} <span class="count">${count}</span></h2>
                        <outcome-list .groups=${narrative.groups} .selected=${outcome.id}></outcome-list>
                      </section>`
                }
                ${this.#pathPane(outcome, one)}
              </div>`
      }`;
  }

  #pathPane(outcome: NarrativeOutcome, one: boolean): TemplateResult {
    const title = one ? nothing : html`<span class="count">${percent(outcome.share)}</span>`;
    return html`<section class="pane path" aria-label=${strings.path}>
      <h2>${strings.path} ${title}</h2>
      ${this.#facts(outcome)}
      <path-tree
        .outcome=${outcome}
        .selected=${this.#model.state.step}
        .load=${this.#loadConsidered}
      ></path-tree>
    </section>`;
  }

  #facts({
    sourceChange,
    destinationChange,
    marks,
    notices,
  }: NarrativeOutcome): TemplateResult | typeof nothing {
    const news = notices.filter((notice) => !this.#isSaid(notice));
    const changes = [
      [strings.source, sourceChange],
      [strings.destination, destinationChange],
    ] as const;
    const rows = changes.map(([label, change]) =>
      change === null
        ? nothing
        : html`<dt>${label}</dt>
            <dd>${changeText(change, false)}</dd>`,
    );
    const empty = sourceChange === null && destinationChange === null && marks.length + news.length === 0;
    if (empty) return nothing;
    return html`<dl class="facts">
      ${rows}
      ${
        marks.length === 0
          ? nothing
          : html`<dt>${strings.marks}</dt>
              <dd>${marks.map(clean).join(', ')}</dd>`
      }
      ${news.map((notice) => html`<dd class="notice">${clean(notice)}</dd>`)}
    </dl>`;
  }

  /** Whether the sentences on top say it already. */
  #isSaid(notice: string): boolean {
    const { headline, details } = this.#model.state.answered?.answer.narrative ?? {
      headline: '',
      details: [],
    };
    const said = [headline, ...details].join(' ').toLowerCase();
    return said.includes(notice.toLowerCase().replace(/\.$/, ''));
  }

  #outcome(): NarrativeOutcome | null {
    const { answered, outcome } = this.#model.state;
    const all = answered?.answer.narrative.groups.flatMap(({ outcomes }) => outcomes) ?? [];
    return all.find(({ id }) => id === outcome) ?? all[0] ?? null;
  }

  #selectStep(id: string | null, location: NarrativeLocation | null): void {
    const outcome = this.#outcome();
    if (outcome === null) return;
    this.#model.select(outcome.id, id);
    const step = id === null ? null : wayTo(outcome.path, id)?.at(-1);
    const place = location ?? step?.location ?? null;
    if (place !== null) this.#tell('highlight', place);
  }

  #revealOutcome(id: string): void {
    this.#model.select(id, this.#model.state.step);
    const location = decisiveStep(this.#outcome()?.path ?? [])?.location;
    if (location !== null && location !== undefined) this.#tell('reveal', location);
  }

  #tell(type: 'highlight' | 'reveal', { family, ...range }: NarrativeLocation): void {
    const uri = this.#model.state.answered?.answer.uris[family] ?? null;
    if (uri === null) return;
    const { line, startCharacter, endCharacter } = range;
    const location: TextLocation = { uri, line, startCharacter, endCharacter };
    this.#host.tell({ type, location });
  }

  async #copy(format: CopyFormat, done: () => void): Promise<void> {
    const { answered } = this.#model.state;
    if (answered === null) return;
    await this.#host.request('copy', { text: answered.answer.copies[format] });
    done();
  }

  readonly #loadChoices: LoadChoices = (side, query, signal) =>
    this.#host.request('choices', { uri: this.#model.state.uri, side, query, limit: choicesLimit }, signal);

  readonly #loadConsidered: LoadConsidered = ({ id }, skipped, limit) => {
    const { uri, answered } = this.#model.state;
    const { form, decisions } = answered?.visit ?? this.#model.visit;
    return this.#host.request('considered', { uri, form, decisions, outcome: id, ...skipped, limit });
  };

  async #fetchStarts(): Promise<void> {
    const { uri } = this.#model.state;
    const params = { uri, side: 'destination', query: '', limit: choicesLimit } as const;
    const choices = await this.#host.request('choices', params).catch((): readonly Choice[] => []);
    const first = new Map<string, DestinationChoice>();
    for (const choice of choices) {
      if (choice.side === 'destination' && !first.has(choice.label)) first.set(choice.label, choice);
    }
    this.starts = [...first.values()].slice(0, fewStarts);
  }

  #key(event: KeyboardEvent): void {
    const back = { ArrowLeft: -1, ArrowRight: 1 } as const;
    if (event.key === 'Escape') this.#model.cancel();
    else if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault();
      this.#model.go(back[event.key]);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trace-panel': TracePanel;
  }
}
